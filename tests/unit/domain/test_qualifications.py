import pytest

from lrs_soap.domain.qualifications import (
    GRADE_SETS,
    GradesError,
    as_awarded,
    grades_of,
    is_reference,
    reference_key,
)
from tests.factories import qualification


@pytest.mark.parametrize("reference", ["60012345", "601/2345/6", "J/502/3295", "abc-1", "1", "1234567890"])
def test_what_can_be_a_reference_number(reference: str) -> None:
    assert is_reference(reference)


@pytest.mark.parametrize("reference", ["", "/-/", "12345678901", "601.2345", "60012345 ", "600\n", "\uff1600"])
def test_what_cannot_be_a_reference_number(reference: str) -> None:
    assert not is_reference(reference)


def test_letter_case_slashes_and_hyphens_of_a_reference_do_not_count() -> None:
    assert len({reference_key(text) for text in ("J/502/3295", "j5023295", "J-502-3295")}) == 1
    assert reference_key("J/502/3295") != reference_key("J/502/3296")


@pytest.mark.parametrize("name", GRADE_SETS)
def test_every_set_is_found_by_its_name_alone(name: str) -> None:
    assert grades_of(f" {name} ") == GRADE_SETS[name]
    assert len(GRADE_SETS[name]) == len({grade.casefold() for grade in GRADE_SETS[name]})
    assert all(grade == grade.strip() for grade in GRADE_SETS[name])


def test_the_sets_are_those_that_are_awarded() -> None:
    assert GRADE_SETS["GCSE-9-1"] == ("9", "8", "7", "6", "5", "4", "3", "2", "1", "U")
    assert GRADE_SETS["GCE-A-level"][0] == "A*"
    assert {"9-9", "9-8", "1-1"} <= set(GRADE_SETS["GCSE-double-9-1"])
    assert "D*D*D*" in GRADE_SETS["BTEC-extended-diploma"]
    assert GRADE_SETS["Entry-Level"] == ("Entry 3", "Entry 2", "Entry 1")


def test_grades_may_be_written_out_or_be_none() -> None:
    assert grades_of("D* D  M P") == ("D*", "D", "M", "P")
    assert grades_of("Distinction Pass") == ("Distinction", "Pass")
    assert grades_of(" ") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("GCSE-9-l", "should be the name of a set by itself, such as GCSE-9-1, or grades parted by blanks"),
        ("gce-as", "such as GCE-AS"),
        ("GCE-AS U", "such as GCE-AS"),
        ("A B a", "lists the grade 'a' twice, letter case aside; list each once"),
        ("A " + "B" * 36, "lists a grade of more than 35 characters"),
    ],
)
def test_what_names_no_grades(text: str, problem: str) -> None:
    with pytest.raises(GradesError, match=problem):
        grades_of(text)


def test_a_grade_is_taken_in_any_letter_case_and_kept_as_the_qualification_writes_it() -> None:
    diploma = qualification(grades=("Distinction", "Merit", "Pass"))
    assert as_awarded("DISTINCTION", diploma) == "Distinction"
    assert as_awarded("D", diploma) is None
    assert as_awarded("", qualification(grades=())) is None
