"""Invented learners: put together from tables by whatever numbers are drawn, in the fields of a world file."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from lrs_soap.domain import names
from lrs_soap.domain.codes import AbilityToShare, Gender, VerificationType
from lrs_soap.testbench.drawing import Draw

T = TypeVar("T")
Fields = dict[str, str]
AGES = (16, 19)
SCHOOL_LEAVING_AGE = 16
_DAYS_OF_A_YEAR = 365


@cache
def tables() -> Mapping[str, Any]:
    """Return what learners are put together from."""
    return tomllib.loads(files(__package__).joinpath("people.toml").read_text(encoding="utf-8"))


def pick(draw: Draw, choices: Sequence[T]) -> T:
    """Return one of several, drawn."""
    return choices[draw(len(choices))]


def person(draw: Draw, today: date, ages: tuple[int, int] = AGES, gender: str | None = None) -> Fields:
    """Return somebody of an age between two, both included, who shares; gender: drawn unless given."""
    gender = gender or pick(draw, (Gender.MALE.value, Gender.FEMALE.value))
    age = ages[0] + draw(ages[1] - ages[0] + 1)
    given, family = given_name(draw, gender), pick(draw, tables()["family_names"])
    place = pick(draw, tables()["places"])
    return {
        "Title": "Mr" if gender == Gender.MALE else "Miss",
        "GivenName": given,
        "FamilyName": family,
        "DateOfBirth": born(draw, today, age).isoformat(),
        "Gender": gender,
        **address(draw, place),
        "PlaceOfBirth": place["town"],
        "EmailAddress": f"{names.key(given)}.{names.key(family)}{draw(100):02}@example.org".lower(),
        "Nationality": "GBR",
        "VerificationType": pick(
            draw, (VerificationType.RELATIONSHIP_WITH_SCHOOL.value, VerificationType.PASSPORT.value)
        ),
        "AbilityToShare": AbilityToShare.SEEN_AND_SHARES.value,
        **({"SchoolAtAge16": place["school"]} if age >= SCHOOL_LEAVING_AGE else {}),
    }


def given_name(draw: Draw, gender: str) -> str:
    """Return a given name that goes with a gender, any when it tells nothing."""
    male, female = tables()["given_names_male"], tables()["given_names_female"]
    if gender == Gender.MALE:
        return str(pick(draw, male))
    return str(pick(draw, female if gender == Gender.FEMALE else [*male, *female]))


def family_name(draw: Draw, other_than: str) -> str:
    """Return a family name that is not at all like another."""
    return str(pick(draw, [name for name in tables()["family_names"] if not names.similar(name, other_than)]))


def address(draw: Draw, place: Mapping[str, Any] | None = None) -> Fields:
    """Return where somebody lives; place: drawn unless given."""
    place = place or pick(draw, tables()["places"])
    letters = tables()["postcode_letters"]
    inward = f"{draw(10)}{pick(draw, letters)}{pick(draw, letters)}"
    return {
        "LastKnownAddressLine1": f"{draw(180) + 1} {pick(draw, tables()['streets'])}",
        "LastKnownAddressTown": place["town"],
        "LastKnownAddressCountyOrCity": place["county"],
        "LastKnownPostCode": f"{pick(draw, place['outward'])} {inward}",
    }


def born(draw: Draw, today: date, age: int) -> date:
    """Return a date of birth that makes somebody so old today."""
    return _years_before(today, age) - timedelta(days=draw(_DAYS_OF_A_YEAR))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
