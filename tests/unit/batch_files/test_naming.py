"""Names of batch files."""

from pathlib import Path

import pytest

from lrs_soap.batch_files.naming import Form, WrongNameError, form_of, parse_name
from tests.unit.batch_files.conftest import Told
from tests.unit.batch_files.making import CSV_NAME, XML_NAME, csv_file, learner


@pytest.mark.parametrize("name", [CSV_NAME, XML_NAME, "LRB_10001234_290220242359.CSV", "LRB_abcdefgh_010120000000.XML"])
def test_a_name_is_read_and_written(name: str) -> None:
    assert str(parse_name(name)) == name


def test_a_name_says_who_when_and_what() -> None:
    read = parse_name(XML_NAME)
    assert (read.ukprn, read.moment.isoformat(), read.form) == ("TEST0101", "2026-03-02T10:15:00", Form.XML)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "learners.csv",
        "LRB_10001234_020320261015",
        "LRB_10001234_020320261015.CSV.CSV",
        "LRB_10001234_020320261015.TXT",
        "LRB_1000123_020320261015.CSV",
        "LRB_100012345_020320261015.CSV",
        "LRB_1000123é_020320261015.CSV",
        "LRB-10001234-020320261015.CSV",
        "LRB_10001234_02032026101.CSV",
        "LRB_10001234_20260302.CSV",
        "LRB_10001234_320320261015.CSV",
        "LRB_10001234_290220261015.CSV",
        "LRB_10001234_021320261015.CSV",
        "LRB_10001234_020320262415.CSV",
        "LRB_10001234_020320261060.CSV",
        "LRB_10001234_0203٢0261015.CSV",
        " LRB_10001234_020320261015.CSV",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(WrongNameError, match=r"a batch file is called LRB_<UKPRN>_<DDMMYYYYHHMM>\.CSV or \.XML"):
        parse_name(name)


@pytest.mark.parametrize("name", ["LRB_10001234_020320261015.csv", "lrb_10001234_020320261015.CSV"])
def test_capitals_count_and_are_told(name: str) -> None:
    with pytest.raises(WrongNameError, match=r"^write it in capitals, LRB_10001234_020320261015\.CSV; "):
        parse_name(name)


def test_the_extension_tells_the_form_in_any_letter_case() -> None:
    assert [form_of(Path(name)) for name in ("a.csv", "b.XmL", "c.txt", "d")] == [Form.CSV, Form.XML, None, None]


def test_a_wrong_name_is_a_problem_of_the_file(refusal: Told) -> None:
    (told,) = refusal(csv_file(learner()), "LRB_TEST0101_020320261015.csv")
    assert told.startswith("name: write it in capitals")
    (told,) = refusal(csv_file(learner()), "LRB_TEST0101_020320261015.DAT")
    assert told.startswith("name: a batch file is called")


@pytest.mark.parametrize("ukprn", ["TEST0101", "test0101"])
def test_the_name_agrees_with_who_hands_the_file_in(ukprn: str, refusal: Told) -> None:
    assert refusal(csv_file(), CSV_NAME, ukprn) == ["no-learners: there is no learner in the file"]
    (told,) = refusal(csv_file(learner()), CSV_NAME, "TEST0102")
    assert told == "name: the name says that UKPRN TEST0101 sends the file, but it is handed in for TEST0102"
