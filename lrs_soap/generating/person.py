"""Drawing one learner: everything but the ULN, which depends on the learner's place among all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple
from zlib import crc32

from lrs_soap.domain import names
from lrs_soap.domain import tables as domain_tables
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import VerificationType
from lrs_soap.domain.registration import tier_level
from lrs_soap.generating import placing, tables
from lrs_soap.generating.birth import Births
from lrs_soap.generating.naming import Origin, origins, sex_of
from lrs_soap.generating.placing import INWARD_PARTS, District
from lrs_soap.generating.weighted import Weighted, of_table

UNKNOWN_POST_CODE: Final = str(domain_tables.load("field_rules")["default_postcode"])
LONGEST_NAME: Final = 35
_FIRST_REGISTRATION: Final = date(2008, 9, 1)
_YOUNGEST: Final = 13
_SCHOOL_ENDS: Final = 16
_ORGANISATIONS: Final = 600
_SECONDS_A_DAY: Final = 16 * 3600
_DOMAINS: Final = ("example.org", "example.com", "example.net")
# Numbers that the regulator keeps free of subscribers.
_FREE_NUMBERS: Final = ("07700 900", "01632 960", "0113 496 0")

Draw = Callable[[], float]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Habits:
    """How often what is found among learners: shares from 0 to 1, and codes by weight."""

    shares: dict[str, float]
    genders: Weighted[str]
    ability_to_share: Weighted[str]
    verification_type: Weighted[str]
    other_verification: tuple[str, ...]
    versions: Weighted[str]
    channels: Weighted[str]


@cache
def habits() -> Habits:
    """Return what the table says."""
    table = tables.load("people")
    return Habits(
        shares=table["shares"],
        genders=of_table(table["genders"]),
        ability_to_share=of_table(table["ability_to_share"]),
        verification_type=of_table(table["verification_type"]),
        other_verification=tables.listed(table["other_verification"]["texts"]),
        versions=of_table(table["versions"]),
        channels=of_table(table["channels"]),
    )


class Person(NamedTuple):
    """Who a learner is: what tells one from another, and what the rest is drawn by.

    mark: the same for two of one turn only if they share all five details.
    """

    origin: Origin
    sex: str
    gender: str
    family_name: str
    given_name: str
    date_of_birth: date
    district: District
    post_code: str
    mark: str


def draw_person(draw: Draw, born: Births, turn: int) -> Person:
    """Draw who a learner is. Two of different turns, up to INWARD_PARTS turns apart, never share all five details."""
    habit = habits()
    origin = origins().pick(draw())
    gender = habit.genders.pick(draw())
    sex = sex_of(gender, draw())
    birth = _birth(draw, born, origin)
    family_name = _family_name(draw, origin, sex)
    given_name = origin.given_name(sex, birth.year, draw())
    district = placing.districts().pick(draw())
    mark = f"{names.key(family_name)} {names.key(given_name)} {gender} "
    if draw() < habit.shares["without_post_code"]:
        # A day of its own for each turn, since the postcode can be of no use here.
        birth = date.fromordinal(born.on.toordinal() - _YOUNGEST * 366 - (turn + crc32(mark.encode())) % INWARD_PARTS)
        post_code = UNKNOWN_POST_CODE
    else:
        mark += f"{birth.toordinal()} {district.outward}"
        post_code = f"{district.outward} {placing.inward((turn + crc32(mark.encode())) % INWARD_PARTS)}"
        if draw() < habit.shares["lower_case_post_code"]:
            post_code = post_code.lower().replace(" ", "")
    return Person(origin, sex, gender, family_name, given_name, birth, district, post_code, mark)


def _birth(draw: Draw, born: Births, origin: Origin) -> date:
    kind, birth = draw(), born.pick(draw(), draw())
    if kind < born.share_unknown:
        return born.unknown
    if kind < born.share_unknown + born.share_new_year + origin.new_year:
        return birth.replace(month=1, day=1)
    return birth


def _family_name(draw: Draw, origin: Origin, sex: str) -> str:
    name = origin.family_name(sex, draw())
    if draw() < habits().shares["double_barrelled"]:
        other = origins().pick(draw()).family_name(sex, draw())
        joined = f"{name} {other}" if draw() < 0.15 else f"{name}-{other}"
        return joined if other != name and len(joined) <= LONGEST_NAME else name
    return name


def values_of(person: Person, draw: Draw, born: Births) -> Values:
    """Draw what else is known of a learner, and return it all by the register's names."""
    habit = habits()
    verification = habit.verification_type.pick(draw())
    values: Values = {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "date_of_birth": person.date_of_birth,
        "gender": person.gender,
        "last_known_post_code": person.post_code,
        "verification_type": verification,
        "tier_level": tier_level(verification),
        "ability_to_share": habit.ability_to_share.pick(draw()),
    }
    if verification == VerificationType.OTHER:
        texts = habit.other_verification
        values["other_verification_description"] = texts[int(draw() * len(texts))]
    _name_more(values, person, draw)
    _name_before(values, person, draw, born)
    _reach(values, person, draw)
    _place(values, person, draw, born)
    _register(values, person, draw, born)
    return values


def _name_more(values: Values, person: Person, draw: Draw) -> None:
    shares, origin, sex = habits().shares, person.origin, person.sex
    year = person.date_of_birth.year
    if draw() < shares["middle_name"]:
        middle = origin.given_name(sex, year, draw())
        if draw() < shares["second_middle_name"]:
            middle = f"{middle} {origin.given_name(sex, year, draw())}"
        if middle != person.given_name:
            values["middle_other_name"] = middle
    if draw() < shares["preferred_given_name"]:
        values["preferred_given_name"] = origin.given_name(sex, year, draw())
    if draw() < shares["title"]:
        values["title"] = {"male": "Mr", "female": "Miss" if draw() < 0.5 else "Ms"}[sex]


def _name_before(values: Values, person: Person, draw: Draw, born: Births) -> None:
    may_be_married = person.sex == "female" and born.on.year - person.date_of_birth.year > 25
    share = habits().shares["married_name" if may_be_married else "previous_family_name"]
    previous = person.origin.family_name(person.sex, draw())
    if draw() < share and previous != person.family_name:
        values["previous_family_name"] = previous
        if _old_enough(person, born):
            values["family_name_at_age_16"] = previous


def _reach(values: Values, person: Person, draw: Draw) -> None:
    shares = habits().shares
    if draw() < shares["email_address"]:
        local = f"{names.key(person.given_name)}.{names.key(person.family_name)}".lower()
        if local.isascii():
            values["email_address"] = f"{local}{int(draw() * 100)}@{_DOMAINS[int(draw() * len(_DOMAINS))]}"
    if draw() < shares["telephone_number"]:
        values["telephone_number"] = f"{_FREE_NUMBERS[int(draw() * len(_FREE_NUMBERS))]}{int(draw() * 1000):03}"


def _place(values: Values, person: Person, draw: Draw, born: Births) -> None:
    shares, town = habits().shares, person.district.town
    if person.post_code != UNKNOWN_POST_CODE and draw() < shares["address"]:
        values["last_known_address_line_1"] = placing.house(draw(), draw())
        values["last_known_address_town"] = town
    at_home = draw() >= shares["nationality_of_origin"]
    if draw() < shares["place_of_birth"] and at_home:
        values["place_of_birth"] = town
    if draw() < shares["nationality"]:
        values["nationality"] = "GBR" if at_home else person.origin.nationality
    if _old_enough(person, born) and draw() < shares["school"]:
        values["school_at_age_16"] = placing.school(town, draw())
    if person.district.scottish and draw() < shares["scottish_candidate_number"]:
        values["scottish_candidate_number"] = f"{int(100_000_000 + draw() * 900_000_000)}"


def _register(values: Values, person: Person, draw: Draw, born: Births) -> None:
    habit = habits()
    earliest = max(_FIRST_REGISTRATION, _birthday(person.date_of_birth, _YOUNGEST))
    created = _moment_between(earliest, born.on, draw)
    version = int(habit.versions.pick(draw()))
    updated = created if version == 1 else _moment_between(created.date() + timedelta(days=1), born.on, draw)
    organisation, channel = f"1009{int(draw() * _ORGANISATIONS):04}", habit.channels.pick(draw())
    values.update(
        version=version,
        created_at=created,
        updated_at=max(created, updated),
        registered_by=organisation,
        updated_by=organisation,
        created_via=channel,
        updated_via=channel,
    )
    if "last_known_address_line_1" in values:
        values["date_of_address_capture"] = values["updated_at"].date()


def _old_enough(person: Person, born: Births) -> bool:
    return born.on.year - person.date_of_birth.year > _SCHOOL_ENDS


def _birthday(born: date, age: int) -> date:
    # Those born on the 29th of February are of age on the 1st of March.
    return date(born.year + age, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=born.year + age)


def _moment_between(first: date, end: date, draw: Draw) -> datetime:
    """Draw a moment between 07:00 and 23:00 on a day before the end, from the first on where that is earlier."""
    days = max(end.toordinal() - first.toordinal(), 1)
    day = date.fromordinal(end.toordinal() - 1 - int(draw() * days))
    minutes, seconds = divmod(int(draw() * _SECONDS_A_DAY), 60)
    return datetime(day.year, day.month, day.day, 7 + minutes // 60, minutes % 60, seconds, tzinfo=SERVICE_ZONE)
