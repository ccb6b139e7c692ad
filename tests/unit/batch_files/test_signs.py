"""What spreadsheet programs do to files: each is told as such, with the way to avoid it, in CSV and in XML."""

from collections.abc import Callable

import pytest

from lrs_soap.batch_files.signs import BY_A_SPREADSHEET
from tests.unit.batch_files.conftest import Told
from tests.unit.batch_files.making import CSV_NAME, XML_NAME, csv_file, learner, xml_file

BOTH = pytest.mark.parametrize(("name", "write", "line"), [(CSV_NAME, csv_file, 3), (XML_NAME, xml_file, 14)])


@BOTH
@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("DateOfBirth", "29/02/2004", "spreadsheet-date: '29/02/2004' is a date rewritten; it should be YYYY-MM-DD"),
        ("DateOfBirth", "1/2/04", "spreadsheet-date: '1/2/04' is a date rewritten; it should be YYYY-MM-DD"),
        ("DateOfBirth", "01/02/2004 00:00", "spreadsheet-date: '01/02/2004 00:00' is a date rewritten"),
        ("DateOfAddressCapture", "38046", "spreadsheet-date: '38046' is a date as a number of days"),
        ("DateOfAddressCapture", "38046.0", "spreadsheet-date: '38046.0' is a date as a number of days"),
        ("ULN", "9.28E+09", "scientific-notation: '9.28E+09' is a number whose last digits are lost"),
        ("ULN", "9,276E+09", "scientific-notation: '9,276E+09' is a number whose last digits are lost"),
        ("ULN", "9e9", "scientific-notation: '9e9' is a number whose last digits are lost"),
        ("ScottishCandidateNumber", "1.23E+08", "scientific-notation: '1.23E+08' is a number"),
        ("ScottishCandidateNumber", "1234567", "leading-zeros: '1234567' should have 9 digits; the zeros in front"),
    ],
)
def test_a_value_that_a_spreadsheet_program_has_spoilt(
    column: str, value: str, problem: str, name: str, write: Callable[..., str], line: int, refusal: Told
) -> None:
    (told,) = refusal(write(learner(1), learner(2, **{column: value})), name)
    assert told.startswith(f"{line}: {column}: {problem}")
    assert told.endswith(f". {BY_A_SPREADSHEET}")


@BOTH
@pytest.mark.parametrize("ukprn", ["1234567", "1.23E+07"])
def test_a_spoilt_ukprn(ukprn: str, name: str, write: Callable[..., str], line: int, refusal: Told) -> None:
    (told,) = refusal(write(learner(1), of_file={"UKPRN": ukprn}), name)
    assert "UKPRN: " in told
    assert told.endswith(BY_A_SPREADSHEET)


def test_a_sign_in_several_rows_is_told_for_each(refusal: Told) -> None:
    told = refusal(csv_file(*(learner(number, DateOfBirth="1/2/2004") for number in range(70))))
    assert [line.partition(":")[0] for line in told[:-1]] == [str(number) for number in range(2, 52)]
    assert told[-1] == "… and 20 more: spreadsheet-date"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("DateOfBirth", "2004-2-9"),
        ("DateOfBirth", "2004"),
        ("DateOfBirth", "20040229"),
        ("ULN", "927630868"),
        ("ScottishCandidateNumber", "12345678A"),
    ],
)
def test_other_wrong_values_are_not_blamed_on_a_spreadsheet_program(column: str, value: str, rejections: Told) -> None:
    (told,) = rejections(csv_file(learner(1, **{column: value})))
    assert told.startswith(f"2: {column}: incorrect-format: ")
    assert told.endswith(" (RC011)")


def test_a_byte_order_mark(refusal: Told) -> None:
    told = refusal(b"\xef\xbb\xbf" + csv_file(learner(1), learner(2, ULN="9E9")).encode())
    assert told[0] == f"1: byte-order-mark: the file begins with a byte order mark. {BY_A_SPREADSHEET}"
    assert told[1].startswith("3: ULN: scientific-notation: ")


@pytest.mark.parametrize(("mark", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator(mark: str, called: str, refusal: Told) -> None:
    (told,) = refusal(csv_file(learner(1)).replace(",", mark))
    assert told == f"1: separator: the columns are separated by {called} instead of commas. {BY_A_SPREADSHEET}"


def test_empty_columns_at_the_end(refusal: Told) -> None:
    text = csv_file(learner(1), learner(2)).replace("\r\n", ",,\r\n")
    followed = f"empty-columns: 2 empty columns follow the last one, Notes. {BY_A_SPREADSHEET}"
    assert refusal(text) == [f"1: {followed}", f"2: {followed}", f"3: {followed}"]
    heading, _, rows = csv_file(learner(1), learner(2)).partition("\r\n")
    assert refusal(f"{heading},,\r\n{rows}") == [f"1: {followed}"]


def test_rows_of_nothing_but_commas(refusal: Told) -> None:
    told = refusal(csv_file(learner(1)) + "," * 29 + "\r\n" + "," * 40 + "\r\n")
    assert told == [f"{line}: empty-row: the row holds nothing but commas. {BY_A_SPREADSHEET}" for line in (3, 4)]
