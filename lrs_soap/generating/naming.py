"""Names: a family name and given names that go together, by origin, gender and year of birth."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lrs_soap.domain.codes import Gender
from lrs_soap.generating import tables
from lrs_soap.generating.weighted import Weighted, by_rank

_SEXES = ("male", "female")
_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a name comes from. Family and given names: by sex, the given ones also by the year they were usual from.

    nationality: what those state who were not born here. new_year: to what share papers give the first of January.
    """

    family: Mapping[str, Weighted[str]]
    given: Mapping[str, Sequence[tuple[int, Weighted[str]]]]
    nationality: str
    new_year: float

    def family_name(self, sex: str, at: float) -> str:
        """Return the family name that a number from 0 to 1 stands for."""
        return self.family[sex].pick(at)

    def given_name(self, sex: str, year: int, at: float) -> str:
        """Return the given name that a number from 0 to 1 stands for, among those usual in a year of birth."""
        usual = self.given[sex]
        place = bisect_right(usual, year, key=lambda pair: pair[0])
        return usual[max(place - 1, 0)][1].pick(at)


def sex_of(gender: str, at: float) -> str:
    """Return whose given names a learner has; without a gender a number from 0 to 1 decides."""
    if gender == Gender.MALE:
        return "male"
    if gender == Gender.FEMALE:
        return "female"
    return _SEXES[int(at * len(_SEXES))]


@cache
def origins() -> Weighted[Origin]:
    """Return the origins by their share."""
    table = tables.load("names")
    return Weighted(
        (_origin(name, entry), entry["share"])
        for name, entry in table.items()
        if "share" in entry and "family" in entry
    )


def _origin(name: str, entry: dict[str, Any]) -> Origin:
    pairs = _families(name, entry)
    endings = entry.get("of_women", ())
    return Origin(
        family={
            "male": Weighted(pairs),
            "female": Weighted((_of_woman(family, endings), weight) for family, weight in pairs),
        },
        given={sex: _given(sex, entry) for sex in _SEXES},
        nationality=entry.get("nationality", "GBR"),
        new_year=entry.get("new_year", 0.0),
    )


def _families(name: str, entry: dict[str, Any]) -> list[tuple[str, float]]:
    listed = by_rank(dict.fromkeys(tables.listed(entry["family"])))
    if name != "english":
        return listed
    places = tables.load("names")["places"]
    share = places["share"] / _PER_MILLE
    named = by_rank(dict.fromkeys(_places(places)))
    return [*_scaled(listed, 1 - share), *_scaled(named, share)]


def _scaled(pairs: list[tuple[str, float]], total: float) -> Iterator[tuple[str, float]]:
    factor = total / sum(weight for _, weight in pairs)
    return ((item, weight * factor) for item, weight in pairs)


def _places(places: dict[str, Any]) -> Iterator[str]:
    beginnings, ends = tables.listed(places["beginnings"]), tables.listed(places["ends"])
    # All beginnings with the first end, then with the next: usual ends make usual names.
    return (beginning + end for end in ends for beginning in beginnings)


def _of_woman(family: str, endings: Sequence[tuple[str, str]]) -> str:
    for ending, other in endings:
        if family.endswith(ending):
            return family.removesuffix(ending) + other
    return family


def _given(sex: str, entry: dict[str, Any]) -> Sequence[tuple[int, Weighted[str]]]:
    usual = tables.load("names")["usual"][sex]
    known = {0: entry[sex]} if sex in entry else {int(year): names for year, names in usual.items()}
    return [(year, Weighted(by_rank(tables.listed(names)))) for year, names in sorted(known.items())]
