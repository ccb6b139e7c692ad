"""How alike a learner is to what a caller searched for: detail by detail, and in all.

Each detail agrees, is similar, differs or is unknown, and earns points by the weights of the table `matching`. The
comparison keeps them all, so that it can be shown why a learner was, or was not, a candidate. Rule: "possible matches".
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from lrs_soap.domain import names, postcode, tables
from lrs_soap.domain.codes import Gender
from lrs_soap.domain.criteria import FindByDemographics
from lrs_soap.domain.learner import Identity, Learner

_WEIGHTS = tables.numbers("matching", "weights")
_PARTIAL = tables.numbers("matching", "partial")
_THRESHOLD = tables.numbers("matching", "thresholds")["candidate"]
_OPTIONAL: dict[str, dict[str, float]] = tables.load("matching")["optional"]
# Names come again and again, in one search and from search to search.
_CACHED = 1 << 15
_GENDERS_NOT_STATED = frozenset({Gender.NOT_KNOWN, Gender.NOT_SPECIFIED})

Known = Learner | Identity
"""A learner of the register, as a whole or as what is compared of it."""


class Level(StrEnum):
    """How far one detail agrees."""

    AGREES = "agrees"
    SIMILAR = "similar"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """Why a detail was given its level."""

    EQUAL = "equal"
    OTHER_NAME = "equal to another name of the learner"
    CLOSE = "close in spelling or sound"
    SWAPPED_DATE = "day and month swapped"
    FIRST_OF_MONTH = "first of the month"
    OUTWARD = "same outward part"
    NOT_STATED = "not stated"
    UNLIKE = "unlike"


class Agreement(NamedTuple):
    """What comparing one detail came to. points: earned, negative when taken away."""

    detail: str
    level: Level
    ground: Ground
    points: float

    @property
    def holds(self) -> bool:
        """Whether the detail agrees or is similar."""
        return self.level in (Level.AGREES, Level.SIMILAR)


class NamesAgreement(NamedTuple):
    """What comparing the two names came to, and whether they had to be swapped for it."""

    family: Agreement
    given: Agreement
    swapped: bool

    @property
    def level(self) -> Level:
        """AGREES when both names agree, SIMILAR when both do at least nearly, otherwise DIFFERS."""
        if self.family.level == self.given.level == Level.AGREES:
            return Level.AGREES
        return Level.SIMILAR if self.family.holds and self.given.holds else Level.DIFFERS

    @property
    def points(self) -> float:
        """The points of both names."""
        return self.family.points + self.given.points


class Comparison(NamedTuple):
    """A learner compared with what was searched for.

    five: the agreements of the five details. optional: those of the optional details that were given.
    """

    uln: str
    names: NamesAgreement
    five: tuple[Agreement, ...]
    optional: tuple[Agreement, ...]

    @property
    def base(self) -> float:
        """The points of the five details, at most 5 with the weights as delivered."""
        return sum(agreement.points for agreement in self.five)

    @property
    def score(self) -> float:
        """All points: those of the five details and of the optional ones."""
        return self.base + sum(agreement.points for agreement in self.optional)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """The agreements of all details compared."""
        return self.five + self.optional

    def of(self, detail: str) -> Agreement | None:
        """Return the agreement of one detail by its attribute name, or None when it was not compared."""
        return next((agreement for agreement in self.agreements if agreement.detail == detail), None)

    @property
    def is_candidate(self) -> bool:
        """Whether the learner may be the one searched for; an optional detail can make that so, never undo it."""
        return max(self.base, self.score) >= _THRESHOLD or self._names_and_birth_hold

    @property
    def _names_and_birth_hold(self) -> bool:
        birth = self.of("date_of_birth")
        known = birth is not None and birth.ground in (Ground.EQUAL, Ground.SWAPPED_DATE)
        return known and self.names.level is not Level.DIFFERS

    @property
    def is_alike_but_for_post_code(self) -> bool:
        """Whether names, date of birth and gender are those searched for, and the postcode is not."""
        family, given, birth, gender, post_code = self.five
        alike = family.ground is given.ground is birth.ground is Ground.EQUAL and not self.names.swapped
        return alike and gender.level is Level.AGREES and post_code.level is not Level.AGREES

    @property
    def order(self) -> tuple[float, bool, str]:
        """What sorts candidates: best first, names as given before swapped ones, ties by ULN."""
        return (-round(self.score, 9), self.names.swapped, self.uln)


def compare(wanted: FindByDemographics, learner: Known) -> Comparison:
    """Compare what was searched for with one learner."""
    both = compare_names(wanted.given_name, wanted.family_name, learner)
    five = (
        both.family,
        both.given,
        _birth(wanted.date_of_birth, learner.date_of_birth),
        _gender(wanted.gender, learner.gender),
        _post_code(wanted.last_known_post_code, learner.last_known_post_code),
    )
    return Comparison(learner.uln, both, five, tuple(_optional_details(wanted, learner)))


def compare_names(given_name: str, family_name: str, learner: Known) -> NamesAgreement:
    """Compare a given and a family name with all names of a learner, as they stand or, when better, swapped."""
    given_names, family_names = _given_names(learner), _family_names(learner)
    straight = _both(family_name, family_names, given_name, given_names, swapped=False)
    if straight.level is Level.AGREES:
        return straight
    swapped = _both(family_name, given_names, given_name, family_names, swapped=True)
    return swapped if swapped.points > straight.points else straight


def swapped_date(day: date) -> date | None:
    """Return a date with day and month swapped, or None when there is no such other date."""
    if day.day == day.month or day.day > 12:
        return None
    return date(day.year, day.day, day.month)


def _given_names(learner: Known) -> tuple[str, ...]:
    middle = learner.middle_other_name
    others = (learner.preferred_given_name, middle, *(names.words(middle) if middle else ()))
    return (learner.given_name, *filter(None, others))


def _family_names(learner: Known) -> tuple[str, ...]:
    return (learner.family_name, *filter(None, (learner.previous_family_name, learner.family_name_at_age_16)))


def _both(
    family: str, families: tuple[str, ...], given: str, givens: tuple[str, ...], *, swapped: bool
) -> NamesAgreement:
    return NamesAgreement(_name("family_name", family, families), _name("given_name", given, givens), swapped)


def _name(detail: str, wanted: str, stored: tuple[str, ...]) -> Agreement:
    level, ground, share = _against(wanted, stored)
    return Agreement(detail, level, ground, share * _WEIGHTS[detail])


@lru_cache(_CACHED)
def _against(wanted: str, stored: tuple[str, ...]) -> tuple[Level, Ground, float]:
    for place, name in enumerate(stored):
        if names.agree(wanted, name):
            return Level.AGREES, Ground.OTHER_NAME if place else Ground.EQUAL, 1.0
    close = [names.similarity(wanted, name) for name in stored if names.similar(wanted, name)]
    if close:
        return Level.SIMILAR, Ground.CLOSE, _PARTIAL["close_name"] * max(close)
    return Level.DIFFERS, Ground.UNLIKE, 0.0


def _birth(wanted: date, stored: date) -> Agreement:
    if wanted == stored:
        return _five("date_of_birth", Level.AGREES, Ground.EQUAL, 1.0)
    if swapped_date(wanted) == stored:
        return _five("date_of_birth", Level.SIMILAR, Ground.SWAPPED_DATE, _PARTIAL["day_and_month_swapped"])
    if (wanted.year, wanted.month) == (stored.year, stored.month) and 1 in (wanted.day, stored.day):
        return _five("date_of_birth", Level.SIMILAR, Ground.FIRST_OF_MONTH, _PARTIAL["first_of_the_month"])
    return _five("date_of_birth", Level.DIFFERS, Ground.UNLIKE, 0.0)


def _gender(wanted: str, stored: str) -> Agreement:
    if wanted == stored:
        return _five("gender", Level.AGREES, Ground.EQUAL, 1.0)
    if wanted in _GENDERS_NOT_STATED or stored in _GENDERS_NOT_STATED:
        return _five("gender", Level.AGREES, Ground.NOT_STATED, 1.0)
    return _five("gender", Level.DIFFERS, Ground.UNLIKE, 0.0)


def _post_code(wanted: str, stored: str) -> Agreement:
    if postcode.key(wanted) == postcode.key(stored):
        return _five("last_known_post_code", Level.AGREES, Ground.EQUAL, 1.0)
    if postcode.outward(wanted) == postcode.outward(stored) != "":
        return _five("last_known_post_code", Level.SIMILAR, Ground.OUTWARD, _PARTIAL["same_outward_part"])
    return _five("last_known_post_code", Level.DIFFERS, Ground.UNLIKE, 0.0)


def _five(detail: str, level: Level, ground: Ground, share: float) -> Agreement:
    return Agreement(detail, level, ground, share * _WEIGHTS[detail])


def _optional_details(wanted: FindByDemographics, learner: Known) -> Iterable[Agreement]:
    """Compare the optional details that were given, in the order in which they tell learners apart best."""
    if wanted.email_address and not wanted.email_address.isspace():
        yield _email(wanted.email_address, learner.email_address)
    if wanted.previous_family_name and names.key(wanted.previous_family_name):
        former = (learner.previous_family_name, learner.family_name_at_age_16)
        yield _optional("previous_family_name", wanted.previous_family_name, former)
    if wanted.place_of_birth and names.key(wanted.place_of_birth):
        yield _optional("place_of_birth", wanted.place_of_birth, (learner.place_of_birth,))
    if wanted.school_at_age_16 and names.key(wanted.school_at_age_16):
        yield _optional("school_at_age_16", wanted.school_at_age_16, (learner.school_at_age_16,))


def _optional(detail: str, wanted: str, stored: Iterable[str | None]) -> Agreement:
    known = tuple(filter(None, stored))
    if not known:
        return Agreement(detail, Level.UNKNOWN, Ground.NOT_STATED, 0.0)
    level, ground, _ = _against(wanted, known)
    return Agreement(detail, level, ground, _OPTIONAL[detail][level])


def _email(wanted: str, stored: str | None) -> Agreement:
    if not stored:
        return Agreement("email_address", Level.UNKNOWN, Ground.NOT_STATED, 0.0)
    same = wanted.strip().casefold() == stored.strip().casefold()
    level, ground = (Level.AGREES, Ground.EQUAL) if same else (Level.DIFFERS, Ground.UNLIKE)
    return Agreement("email_address", level, ground, _OPTIONAL["email_address"][level])
