"""Files of records: what is read of them, and what is said of those that cannot be used."""

import json
from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from lrs_client import layouts, output
from lrs_client.get_batch_output import BatchOutput, OutputLearner
from lrs_client.get_verify_batch_output import VerifiedBatchLearner, VerifyBatchOutput
from lrs_client.record_files import Layout, RecordsError, read_records
from lrs_client.submit_achievements import Achievement
from lrs_client.submit_batch import BatchLearner
from lrs_client.submit_verify_batch import LearnerToVerify
from lrs_soap.batch_files.layout import COLUMNS
from tests.unit.clients.test_batches import WHOLE

MAEVE = LearnerToVerify(uln="9276308686", family_name="Okafor", given_name="Maeve")
VERIFY_HEADING = "MISIdentifier,ULN,FamilyName,GivenName,DateOfBirth,Gender"


def written(folder: Path, text: str | bytes, name: str = "records.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def problems(folder: Path, text: str | bytes, layout: Layout[Any], name: str = "records.csv") -> list[str]:
    """Return what is said of a file, without the folder."""
    with pytest.raises(RecordsError) as caught:
        read_records(written(folder, text, name), layout)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_a_batch_file_is_read_with_every_column(tmp_path: Path) -> None:
    names = {heading.casefold(): name for name, heading in {**layouts.LEARNERS.headings, **layouts.FILE_NAMES}.items()}
    first = {"FileVersion": "2A", "FileName": "LRB.CSV", "UKPRN": "TEST0101", "LearnerRecordCount": "1"}
    row = [first.get(column) or str(getattr(WHOLE, names[column.casefold()])) for column in COLUMNS]
    file = written(tmp_path, "\ufeff" + ",".join(COLUMNS) + "\r\n" + ",".join(row) + "\r\n")
    assert read_records(file, layouts.LEARNERS) == [WHOLE]


def test_columns_may_come_in_any_order_and_empty_values_say_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, 'familyname,Given_Name,Notes\nOkafor,Maeve,\n\n,,\nQuill,Ada,"one,\ntwo"\n')
    assert read_records(file, layouts.LEARNERS) == [
        BatchLearner(given_name="Maeve", family_name="Okafor"),
        BatchLearner(given_name="Ada", family_name="Quill", notes="one,\ntwo"),
    ]


def test_identities_and_achievements_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, f"{VERIFY_HEADING}\na,9276308686,Okafor,Maeve,2004-02-29,2\n,9276308686,Okafor,Maeve,,\n")
    whole = replace(MAEVE, mis_identifier="a", date_of_birth=date(2004, 2, 29), gender="2")
    assert read_records(file, layouts.LEARNERS_TO_VERIFY) == [whole, MAEVE]
    mandatory = "Uln,FamilyName,GivenName,ProviderUkprn,UnitOrQualificationReferenceNumber"
    heading = f"{mandatory},Action,AchievementAwardDate,ActionDate,DateofBirth,Gender"
    values = "9276308686,Okafor,Maeve,TEST0101,60012345,2,2024-08-22,2024-08-23T10:30:00,2004-02-29,2"
    assert read_records(written(tmp_path, f"{heading}\n{values}\n"), layouts.ACHIEVEMENTS) == [
        Achievement(
            uln="9276308686",
            family_name="Okafor",
            given_name="Maeve",
            provider_ukprn="TEST0101",
            unit_or_qualification_reference_number="60012345",
            action=2,
            achievement_award_date=date(2024, 8, 22),
            action_date=datetime(2024, 8, 23, 10, 30),  # noqa: DTZ001
            date_of_birth=date(2004, 2, 29),
            gender=2,
        )
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["records.csv:1: GivenName: the heading is missing", "records.csv:1: FamilyName: the heading is missing"]),
        ("GivenName,FamilyName\n", ["records.csv: there is no learner in it"]),
        (
            "GivenName,FamilyName,Gander,Shoe,Notes,,NOTES\nA,B,,,,,\n",
            [
                "records.csv:1: Gander: there is no such field; did you mean Gender?",
                "records.csv:1: Shoe: there is no such field",
                "records.csv:1: column 6 has no heading",
                "records.csv:1: NOTES: the heading stands there twice",
            ],
        ),
        (
            "GivenName,FamilyName\nAda,Quill,Quill\nAda\nAda,Quill\n",
            [
                "records.csv:2: the row has 3 values, the heading 2; check commas and quotes",
                "records.csv:3: the row has 1 values, the heading 2; check commas and quotes",
            ],
        ),
        (
            'GivenName,FamilyName\nAda,"Qu"ill\n',
            [
                (
                    "records.csv:2: this is not CSV: ',' expected after '\"'; "
                    "check the quotes of this row, and double those within a value"
                )
            ],
        ),
        (
            b"GivenName,FamilyName,Notes\nAda,Quill,\nZo\xeb,Quill,\x01\n",
            [
                "records.csv:3: GivenName: it holds bytes that are not UTF-8; save the file as UTF-8",
                "records.csv:3: Notes: it holds a character that XML cannot carry: '\\x01'",
            ],
        ),
        (
            (
                'ULN,GivenName,FamilyName,DateOfBirth,Gender,AbilityToShare,VerificationType\n9.27631E+09,"A\nB",'
                "C,29/02/2004,F,3,8\n927630868,,,20040229,,,\n"
            ),
            [
                "records.csv:2: ULN: '9.27631E+09' should be ten digits, such as 9276308686",
                "records.csv:2: DateOfBirth: '29/02/2004' should be a date as YYYY-MM-DD, such as 2006-03-14",
                "records.csv:2: Gender: 'F' should be 0, 1, 2 or 9",
                "records.csv:2: AbilityToShare: '3' should be 0, 1 or 2",
                "records.csv:2: VerificationType: '8' should be 0 to 7, or 999",
                "records.csv:4: ULN: '927630868' should be ten digits, such as 9276308686",
                "records.csv:4: DateOfBirth: '20040229' should be a date as YYYY-MM-DD, such as 2006-03-14",
                "records.csv:4: GivenName: it is mandatory",
                "records.csv:4: FamilyName: it is mandatory",
            ],
        ),
        (
            "LearnerRecordCount,GivenName,FamilyName\n3,Ada,Quill\n,Mae,Quill\n",
            ["records.csv:2: LearnerRecordCount: '3', but there are 2 rows"],
        ),
    ],
)
def test_every_problem_of_a_table_is_told(tmp_path: Path, text: str | bytes, told: list[str]) -> None:
    assert problems(tmp_path, text, layouts.LEARNERS) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[\n{", ["records.json:2: this is not JSON: Expecting property name enclosed in double quotes at column 2"]),
        ('{"GivenName": "Ada"}', ["records.json: it should be a list of objects, one for each learner"]),
        ('["Ada"]', ["records.json: it should be a list of objects, one for each learner"]),
        ("[]", ["records.json: there is no learner in it"]),
        (
            '[{"GivenName": "Ada", "FamilyName": null}, {"given_name": ["A"], "family_name": true, "Shoe": 9}]',
            [
                "records.json: learner 1: FamilyName: it is mandatory",
                "records.json: learner 2: Shoe: there is no such field",
                "records.json: learner 2: given_name: ['A'] should be a text",
                "records.json: learner 2: family_name: True should be a text",
            ],
        ),
        (
            '[{"GivenName": "\\ud800", "FamilyName": "Quill"}]',
            ["records.json: learner 1: GivenName: it holds a character that XML cannot carry: '\\ud800'"],
        ),
    ],
)
def test_every_problem_of_a_list_is_told(tmp_path: Path, text: str, told: list[str]) -> None:
    assert problems(tmp_path, text, layouts.LEARNERS, "records.json") == told


def test_a_date_and_time_that_is_none_is_told(tmp_path: Path) -> None:
    row = {name: "x" for name in layouts.ACHIEVEMENTS.mandatory if "date" not in name}
    row |= {"uln": "9276308686", "action": "4"}
    row |= {"achievement_award_date": "2024-13-01", "action_date": "2024-08-22 noon"}
    assert problems(tmp_path, json.dumps([row]), layouts.ACHIEVEMENTS, "records.json") == [
        "records.json: achievement 1: action: '4' should be 1, 2 or 3",
        (
            "records.json: achievement 1: achievement_award_date: '2024-13-01' should be a date as YYYY-MM-DD, "
            "such as 2006-03-14"
        ),
        (
            "records.json: achievement 1: action_date: '2024-08-22 noon' should be a date as YYYY-MM-DD, "
            "or a date and time as YYYY-MM-DDTHH:MM:SS"
        ),
    ]


def test_the_first_problems_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    told = problems(tmp_path, "GivenName,FamilyName,Gender\n" + "A,B,x\n" * 61, layouts.LEARNERS)
    assert len(told) == 51
    assert told[-1] == "… and 11 more problems"


def test_a_long_value_is_cut_in_a_message(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, f"GivenName,FamilyName,Gender\nA,B,{'x' * 500}\n", layouts.LEARNERS)
    assert len(told) < 120


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="cannot be read: Is a directory"):
        read_records(tmp_path, layouts.LEARNERS)


def test_an_output_has_the_layout_of_batch_files_and_can_be_submitted_again(tmp_path: Path) -> None:
    values = {each.name: getattr(WHOLE, each.name) for each in fields(WHOLE)}
    learners = (OutputLearner(**values, return_code="RC003"), OutputLearner(**values, return_code="RC012"))
    outputs = [BatchOutput(code="WSRC0009", job_id=12, learners=(learner,)) for learner in learners]
    text = layouts.batch_file(outputs, "TEST0101")
    heading, first, second = text.splitlines()
    assert tuple(heading.split(",")) == (*COLUMNS, "ReturnCode")
    assert first.startswith("2A,,TEST0101,2,9276308686,MIS-1,")
    assert second.startswith(",,,,9276308686,MIS-1,")
    assert (first.rpartition(",")[2], second.rpartition(",")[2]) == ("RC003", "RC012")
    assert read_records(written(tmp_path, text), layouts.LEARNERS) == [WHOLE, WHOLE]
    as_json = written(tmp_path, output.as_json(learners), "records.json")
    assert read_records(as_json, layouts.LEARNERS) == [WHOLE, WHOLE]


def test_verifications_are_written_as_a_table() -> None:
    learner = VerifiedBatchLearner(
        mis_identifier="a",
        searched_uln="9276308686",
        searched_given_name="Meave",
        searched_family_name="Okafor",
        searched_date_of_birth=date(2004, 2, 29),
        code="WSVRC005",
        failure_flags=("VRF1", "VRF2"),
    )
    text = layouts.verify_batch_file([VerifyBatchOutput(code="WSRC0009", job_id=1, learners=(learner,))])
    assert text == (
        "MISIdentifier,SearchedULN,SearchedGivenName,SearchedFamilyName,SearchedDateOfBirth,SearchedGender,"
        "ResponseCode,ULN,GivenName,FamilyName,DateOfBirth,Gender,FailureFlag\n"
        "a,9276308686,Meave,Okafor,2004-02-29,,WSVRC005,,,,,,VRF1 VRF2\n"
    )
