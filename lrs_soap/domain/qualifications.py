"""Qualifications and units: their reference numbers and their grades. Rules: "reference numbers", "grades"."""

import re
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches

from lrs_soap.domain import tables
from lrs_soap.domain.achievement import Qualification

LONGEST_GRADE = 35
_REFERENCE = re.compile(r"(?=.*[0-9A-Za-z])[0-9A-Za-z/-]{1,10}")
_SEPARATORS = str.maketrans("", "", "/-")
_LIKE_A_NAME = 0.8

GRADE_SETS: Mapping[str, tuple[str, ...]] = {
    name: tuple(grades) for name, grades in tables.load("grade_sets")["grade_sets"].items()
}
_BY_ANY_CASE = {name.casefold(): name for name in GRADE_SETS}


class GradesError(ValueError):
    """A text names no set of grades, and is no list of grades either; says what to do."""


def is_reference(text: str) -> bool:
    """Tell whether a text can be a reference number: 1 to 10 letters, digits, slashes and hyphens.

    >>> is_reference("601/2345/6"), is_reference("60123456"), is_reference("601 2345"), is_reference("//")
    (True, True, False, False)
    """
    return _REFERENCE.fullmatch(text) is not None


def reference_key(reference: str) -> str:
    """Return what is compared of a reference number: upper case, neither slashes nor hyphens.

    >>> reference_key("j/502/3295"), reference_key("J5023295")
    ('J5023295', 'J5023295')
    """
    return reference.translate(_SEPARATORS).upper()


def grades_of(text: str) -> tuple[str, ...]:
    """Return the grades of a set by its name, or those that a text lists, parted by blanks. Raises GradesError.

    >>> grades_of("GCE-AS"), grades_of("D M P"), grades_of("")
    (('A', 'B', 'C', 'D', 'E'), ('D', 'M', 'P'), ())
    """
    grades = tuple(text.split())
    for word in grades:
        if close := get_close_matches(word.casefold(), _BY_ANY_CASE, n=1, cutoff=_LIKE_A_NAME):
            name = _BY_ANY_CASE[close[0]]
            if text.strip() == name:
                return GRADE_SETS[name]
            raise GradesError(f"should be the name of a set by itself, such as {name}, or grades parted by blanks")
    _check_list(grades)
    return grades


def _check_list(grades: tuple[str, ...]) -> None:
    if twice := [grade for grade, number in Counter(map(str.casefold, grades)).items() if number > 1]:
        raise GradesError(f"lists the grade '{twice[0]}' twice, letter case aside; list each once")
    if any(len(grade) > LONGEST_GRADE for grade in grades):
        raise GradesError(f"lists a grade of more than {LONGEST_GRADE} characters; part grades by blanks")


def as_awarded(grade: str, qualification: Qualification) -> str | None:
    """Return a grade as the qualification writes it, whatever its letter case; None when it is none of its grades."""
    return next((one for one in qualification.grades if one.casefold() == grade.casefold()), None)
