"""What is wrong with single records: told with the return code that the job would answer, without refusing the file."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.batch_files.layout import ELEMENTS
from lrs_soap.domain import batch
from lrs_soap.domain.jobs import Source
from tests.factories import uln_of
from tests.unit.batch_files.conftest import Told
from tests.unit.batch_files.making import CSV_NAME, TODAY, XML_NAME, check_of, csv_file, learner, write, xml_file

FULL = "a learner without a ULN needs both names, date of birth, gender and postcode"


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"GivenName": ""}, [f"GivenName: mandatory-empty: missing: {FULL} (RC010)"]),
        (
            {"Gender": " ", "LastKnownPostCode": ""},
            [
                f"Gender: mandatory-empty: missing: {FULL} (RC010)",
                f"LastKnownPostCode: mandatory-empty: missing: {FULL} (RC010)",
            ],
        ),
        ({"ULN": "9276308686", "Gender": "", "DateOfBirth": ""}, []),
        (
            {"ULN": "9276308686", "FamilyName": ""},
            ["FamilyName: mandatory-empty: missing: a learner with a ULN needs both names (RC010)"],
        ),
        (
            {"Gender": "F", "FamilyNameAt16": "x" * 36, "DateOfBirth": "2003-02-29"},
            [
                f"FamilyNameAt16: incorrect-format: '{'x' * 36}' should be at most 35 characters. (RC011)",
                "DateOfBirth: no-such-day: '2003-02-29' is a day that never was. Check the date. (RC011)",
                "Gender: incorrect-format: 'F' should be 0 not known, 1 male, 2 female or 9 not specified. (RC011)",
            ],
        ),
        (
            {"ULN": "1234567894"},
            [
                (
                    "ULN: uln-check-digit: '1234567894' is not a ULN: its check digit is wrong. "
                    "Check the ten digits. (RC011)"
                )
            ],
        ),
        (
            {"LastKnownAddressCountyorCity": "HM Prison"},
            [
                (
                    "LastKnownAddressCountyorCity: prohibited-text: 'hm prison' may not stand in a learner's record. "
                    "Leave it out. (RC011)"
                )
            ],
        ),
        (
            {"DateOfBirth": "2013-03-03"},
            [
                (
                    "DateOfBirth: permitted-age: '2013-03-03' is outside the permitted age of 13 to 110 years. "
                    "Check the year. (RC013)"
                )
            ],
        ),
        ({"DateOfBirth": "2013-03-02"}, []),
        (
            {"VerificationType": "999"},
            [
                (
                    "OtherVerificationDescription: other-verification-description: it is mandatory when "
                    "VerificationType is 999. Say how the learner was verified. (RC010)"
                )
            ],
        ),
        (
            {"GivenName": "--"},
            ["GivenName: name-without-letters: '--' holds no letter or digit. Send the learner's name. (RC006)"],
        ),
    ],
)
def test_what_is_wrong_with_a_record(values: dict[str, str], problems: list[str], rejections: Told) -> None:
    row = learner(1, **values)
    assert rejections(csv_file(learner(2), row, learner(3))) == [f"3: {problem}" for problem in problems]
    told = rejections(xml_file(learner(2), row, learner(3)), XML_NAME)
    assert told == [f"14: {problem}" for problem in problems]


def test_the_same_learner_twice_is_told_with_both_lines(rejections: Told) -> None:
    one = uln_of(1)
    rows = [learner(1), learner(2, ULN=one), learner(3, Notes="a\nb"), learner(1), learner(4, ULN=one), learner(1)]
    again = "the same learner stands on line {}; leave one of the two out (RC012)"
    assert rejections(csv_file(*rows)) == [
        f"6: FamilyName: repeated-learner: {again.format(2)}",
        f"7: ULN: repeated-learner: {again.format(3)}",
        f"8: FamilyName: repeated-learner: {again.format(2)}",
    ]


def test_the_same_learner_twice_on_one_line(rejections: Told) -> None:
    text = xml_file(learner(1), learner(1)).replace("\n", "")
    assert rejections(text, XML_NAME) == [
        "1: FamilyName: repeated-learner: the same learner stands on line 1; leave one of the two out (RC012)"
    ]


def test_rejected_counts_learners_not_problems(tmp_path: Path) -> None:
    text = csv_file(learner(1, Gender="F", ULN="1"), learner(2), learner(2), learner(3, GivenName=""))
    check, records, _ = check_of(write(tmp_path / CSV_NAME, text))
    assert (check.learners, check.rejected, len(records), len(check.problems.found)) == (4, 3, 4, 4)


VALUES = {
    "ULN": st.sampled_from(["", "9276308686", "1234567894", "12"]),
    "GivenName": st.sampled_from(["Maeve", "", "--", "x" * 36, "an inmate"]),
    "FamilyName": st.sampled_from(["Okafor", "", "'"]),
    "DateOfBirth": st.sampled_from(["2004-02-29", "", "2003-02-29", "2020-01-01", "1900-01-01", "today"]),
    "Gender": st.sampled_from(["2", "", "F"]),
    "LastKnownPostCode": st.sampled_from(["LS2 9AB", "", "X", "ZZ99 9AA"]),
    "VerificationType": st.sampled_from(["1", "", "999", "8"]),
    "OtherVerificationDescription": st.sampled_from(["", "ILR", "A letter"]),
    "EmailAddress": st.sampled_from(["", "none", "none@example.org", "a@example.org"]),
}


@given(st.fixed_dictionaries(VALUES))
def test_the_first_code_told_is_what_the_job_will_answer(values: dict[str, str]) -> None:
    with TemporaryDirectory() as directory:
        check, (record,), _ = check_of(write(Path(directory) / CSV_NAME, csv_file(values)))
    expected = batch.unfitness(record, Source.FILE, TODAY)
    told = [problem.code for problem in check.problems.found]
    assert (told[0] if told else None) == (expected.code if expected else None)
    assert {ELEMENTS[problem.column] for problem in check.problems.found} <= set(ELEMENTS.values())
