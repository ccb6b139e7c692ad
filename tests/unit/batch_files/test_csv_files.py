"""Batch files in CSV: what is read, and for what a file is refused as a whole."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lrs_soap.batch_files import Check, csv_reading
from lrs_soap.batch_files.layout import COLUMNS
from tests.factories import uln_of
from tests.unit.batch_files.conftest import Told
from tests.unit.batch_files.making import CSV_NAME, TODAY, check_of, csv_file, learner, write

SPREADSHEET = "A spreadsheet program does this when it saves a file; send the file as it was exported"


def changed(heading: dict[str, str]) -> Sequence[str]:
    """Return the columns, some of them called otherwise."""
    return [heading.get(column, column) for column in COLUMNS]


def test_rows_become_records_of_the_contracts_elements(tmp_path: Path) -> None:
    row = learner(
        ULN="9276308686",
        MISIdentifier="é-1",
        FamilyNameAt16="Berg",
        LastKnownAddressCountyorCity="Leeds",
        Title="  ",
        Notes='two\nlines, "quoted"',
    )
    check, records, refused = check_of(write(tmp_path / CSV_NAME, csv_file(row, learner(1))))
    expected = row | {"FamilyNameAtAge16": "Berg", "LastKnownAddressCountyOrCity": "Leeds"}
    del expected["FamilyNameAt16"], expected["LastKnownAddressCountyorCity"], expected["Title"]
    assert (records, check.learners, check.rejected, refused) == ([expected, learner(1)], 2, 0, False)


def test_the_file_name_may_be_stated(rejections: Told, refusal: Told) -> None:
    assert rejections(csv_file(learner(), of_file={"FileName": CSV_NAME})) == []
    other = "LRB_TEST0101_020320261016.CSV"
    assert refusal(csv_file(learner(), of_file={"FileName": other})) == [
        f"2: FileName: name: '{other}' should be the file's own name, {CSV_NAME}"
    ]


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_any_end_of_line_and_blank_lines_do(ends: str, rejections: Told) -> None:
    text = csv_file(learner(1), learner(2)).replace("\r\n", ends)
    assert rejections(text + ends) == []
    assert rejections(text.removesuffix(ends)) == []


@pytest.mark.parametrize(
    ("of_file", "problem"),
    [
        ({"FileVersion": "2a"}, "2: FileVersion: version: '2a' should be 2A"),
        ({"FileVersion": ""}, "2: FileVersion: version: missing: should be 2A"),
        ({"UKPRN": "TEST0102"}, "2: UKPRN: sender: 'TEST0102' should be TEST0101"),
        ({"UKPRN": ""}, "2: UKPRN: sender: missing: should be TEST0101"),
        ({"LearnerRecordCount": ""}, "2: LearnerRecordCount: count: missing: should be 2, the number of rows"),
        ({"LearnerRecordCount": "3"}, "2: LearnerRecordCount: count: '3' should be 2, the number of rows"),
        ({"LearnerRecordCount": "two"}, "2: LearnerRecordCount: count: 'two' should be 2, the number of rows"),
    ],
)
def test_what_the_first_row_says_of_the_file(of_file: dict[str, str], problem: str, refusal: Told) -> None:
    assert refusal(csv_file(learner(1), learner(2), of_file=of_file)) == [problem]


def test_the_first_four_stand_in_the_first_row_alone(refusal: Told) -> None:
    text = csv_file(learner(1), learner(2), learner(3, FileVersion="2A", UKPRN="TEST0101"), learner(4, UKPRN="X"))
    assert refusal(text) == [
        "4: FileVersion: first-row-alone: '2A' should stand in the first row alone; leave it empty here",
        "5: UKPRN: first-row-alone: 'X' should stand in the first row alone; leave it empty here",
    ]


@pytest.mark.parametrize("text", [csv_file(), csv_file() + "\r\n\r\n"])
def test_a_file_without_learners(text: str, refusal: Told) -> None:
    assert refusal(text) == ["no-learners: there is no learner in the file"]


def test_a_file_holds_5000_learners_at_most(refusal: Told, rejections: Told) -> None:
    rows = [learner(number, Notes="x" * 20) for number in range(5001)]
    assert rejections(csv_file(*rows[:5000])) == []
    assert refusal(csv_file(*rows)) == [
        "5002: too-many-learners: the file holds more than 5,000 learners; part it in several files"
    ]


@pytest.mark.parametrize(
    ("heading", "problems"),
    [
        ([*COLUMNS[:-1]], ["Notes: heading: this column is missing from the heading"]),
        ([*COLUMNS, "ReturnCode"], ["ReturnCode: heading: column 31 is none of a batch file"]),
        ([*COLUMNS, "ULN"], ["ULN: heading: stands in the heading twice; leave one out"]),
        (
            changed({"Gender": "Sex"}),
            [
                "Sex: heading: column 24 is none of a batch file",
                "Gender: heading: this column is missing from the heading",
            ],
        ),
        (
            changed({"GivenName": "GivenNames"}),
            [
                "GivenNames: heading: column 8 is none of a batch file; did you mean GivenName?",
                "GivenName: heading: this column is missing from the heading",
            ],
        ),
        (
            changed({"MISIdentifier": "MisIdentifier", "ULN": " ULN"}),
            [
                " ULN: heading: should be written ULN; letter case and blanks count",
                "MisIdentifier: heading: should be written MISIdentifier; letter case and blanks count",
            ],
        ),
        (
            changed({"ULN": "Title", "Title": "ULN"}),
            ["Title: heading: column 5 should be ULN; the order of the columns counts"],
        ),
    ],
)
def test_what_is_wrong_with_the_heading(heading: Sequence[str], problems: list[str], refusal: Told) -> None:
    told = refusal(csv_file(learner(), heading=heading))
    assert [line.partition(f". {SPREADSHEET}")[0] for line in told] == [f"1: {problem}" for problem in problems]
    assert all(SPREADSHEET in line for line in told)


@pytest.mark.parametrize(
    "text", ["", "\r\n", csv_file(learner()).partition("\r\n")[2], "sep=,\r\n" + csv_file(learner())]
)
def test_a_file_begins_with_its_heading(text: str, refusal: Told) -> None:
    assert refusal(text) == ["1: heading: the file does not begin with the heading row, FileVersion to Notes"]


def test_bytes_that_are_not_utf_8(refusal: Told) -> None:
    text = csv_file(learner(1), learner(2, Title="\u00e9", Notes="\u00e9"))
    place = "holds bytes that are not UTF-8; save the file as UTF-8, without a byte order mark"
    assert refusal(text.encode("latin-1")) == [f"3: Title: not-utf-8: {place}", f"3: Notes: not-utf-8: {place}"]
    (told,) = refusal(text.encode("utf-16"))
    assert told == "1: not-utf-8: the heading holds bytes that are not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('"', "this is not CSV: unexpected end of data"),
        ('"a"b', "this is not CSV: ',' expected after '\"'"),
        ("x" * 140_000, "this is not CSV: field larger than field limit (131072)"),
    ],
)
def test_rows_that_are_not_csv(row: str, problem: str, refusal: Told) -> None:
    (told,) = refusal(csv_file(learner(1)) + row)
    assert told == f"3: broken-row: {problem}; check the quotes of this row, and double those within a value"


def test_a_line_that_does_not_end_is_not_read_to_its_end(refusal: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reading, "LONGEST_LINE", 1000)
    (told,) = refusal(csv_file(learner(1)) + "," * 5000)
    assert told == "3: broken-row: this line does not end; a batch file has one row a line"


def test_rows_with_other_numbers_of_values_are_all_told(refusal: Told) -> None:
    rows = csv_file(learner(1), learner(2), learner(3), learner(4), of_file={"LearnerRecordCount": "6"}).splitlines()
    told = refusal("\r\n".join([*rows, "a,b", ",".join("x" * 31)]))
    advice = "values, the heading 30; check its commas and quotes"
    assert told == [
        f"6: number-of-values: the row has 2 {advice}",
        f"7: number-of-values: the row has 31 {advice}",
    ]


def test_of_a_first_row_out_of_shape_nothing_else_is_told(refusal: Told) -> None:
    heading, _, second = csv_file(learner(1), learner(2)).splitlines()
    assert refusal("\n".join([heading, "2A,x", second])) == [
        "2: number-of-values: the row has 2 values, the heading 30; check its commas and quotes"
    ]


def test_characters_that_no_answer_could_carry(refusal: Told) -> None:
    for character in "\x00\x0b\x1f\uffff":
        (told,) = refusal(csv_file(learner(1), learner(2, Notes=f"a{character}b")))
        code = f"U+{ord(character):04X}"
        assert told == f"3: Notes: not-for-xml: it holds the character {code}, which XML cannot carry. Take it out."


def test_of_a_file_that_is_refused_no_record_is_given_after_the_problem(tmp_path: Path) -> None:
    text = csv_file(
        *(learner(number, ULN=uln_of(number)) for number in range(1, 5)), learner(5, Notes="\x01"), learner(6)
    )
    check, records, refused = check_of(write(tmp_path / CSV_NAME, text))
    assert (len(records), check.learners, refused) == (4, 6, True)


def test_of_each_rule_the_first_50_problems_are_told_in_full(refusal: Told) -> None:
    rows = [learner(number, Notes="\x01") for number in range(60)] + [learner(99, Title="\x02", DateOfBirth="1/2/2004")]
    told = refusal(csv_file(*rows))
    assert len(told) == 50 + 1 + 1
    assert told[-2].startswith("62: DateOfBirth: spreadsheet-date: ")
    assert told[-1] == "… and 11 more: not-for-xml"


def test_a_progress_bar_is_drawn_on_request_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / CSV_NAME, csv_file(learner(1)))
    for wanted in (False, True):
        assert len(list(Check(file, TODAY, show_progress=wanted).records())) == 1
        assert ("reading:" in capsys.readouterr().err) == wanted
