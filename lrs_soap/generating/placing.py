"""Places: postcodes by how many people live in their area, and addresses that go with them."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from lrs_soap.generating import tables
from lrs_soap.generating.weighted import Weighted

# Letters that inward parts of postcodes have.
_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
INWARD_PARTS: Final = 10 * len(_LETTERS) ** 2
_SCOTTISH: Final = frozenset("AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE".split())
_HIGHEST_HOUSE: Final = 180


class District(NamedTuple):
    """A district: the outward part of its postcodes, its town, and whether it is in Scotland."""

    outward: str
    town: str
    scottish: bool


@cache
def districts() -> Weighted[District]:
    """Return the districts by how many people live there; those of an area share its people evenly."""
    return Weighted(_districts())


def inward(number: int) -> str:
    """Return the inward part of a number below INWARD_PARTS.

    >>> inward(0), inward(3999)
    ('0AA', '9ZZ')
    """
    digit, letters = divmod(number, len(_LETTERS) ** 2)
    first, second = divmod(letters, len(_LETTERS))
    return f"{digit}{_LETTERS[first]}{_LETTERS[second]}"


@cache
def streets() -> tuple[str, ...]:
    """Return the names of streets, each with each kind."""
    table = tables.load("places")["streets"]
    return tuple(f"{name} {kind}" for kind in tables.listed(table["kinds"]) for name in tables.listed(table["names"]))


def house(at: float, number: float) -> str:
    """Return the first line of an address that two numbers from 0 to 1 stand for; low house numbers are commoner."""
    known = streets()
    return f"{1 + int(number * number * _HIGHEST_HOUSE)} {known[int(at * len(known))]}"


def school(town: str, at: float) -> str:
    """Return a school of a town that a number from 0 to 1 stands for."""
    kinds, saints = _schools()
    kind, rest = divmod(at * len(kinds), 1)
    begin = (town, *saints)[max(int(rest * 2 * len(saints)) - len(saints) + 1, 0)]
    return f"{begin} {kinds[int(kind)]}"


@cache
def _schools() -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = tables.load("places")["schools"]
    return tables.listed(table["names"]), tables.listed(table["saints"])


def _districts() -> Iterator[tuple[District, float]]:
    for area, (town, people, ranges) in tables.load("places")["areas"].items():
        numbers = list(_numbers(ranges))
        for number in numbers:
            yield District(f"{area}{number}", town, area in _SCOTTISH), people / len(numbers)


def _numbers(ranges: str) -> Iterator[str]:
    """Give the numbers of ranges such as `1-3,5,1A`."""
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        yield from map(str, range(int(first), int(last) + 1)) if last else (first,)
