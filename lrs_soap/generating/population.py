"""A population: learners in an order of their own, made in blocks that know nothing of each other.

So a block is the same whoever makes it, and several processes may share the work. No two live learners of a population
are alike in all five details, since each block has turns of its own at the inward parts of postcodes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from lrs_soap.domain import uln
from lrs_soap.domain.codes import LearnerStatus
from lrs_soap.domain.learner import Learner
from lrs_soap.generating.birth import Births, births
from lrs_soap.generating.person import Draw, Person, Values, draw_person, habits, values_of
from lrs_soap.generating.placing import INWARD_PARTS

BLOCK: Final = 5_000
MOST_LEARNERS: Final = 15_000_000
FIRST_DAY: Final = date(2025, 9, 1)
_OF_MASTER_ALONE: Final = frozenset(
    (
        "uln",
        "previous_family_name",
        "last_known_address_line_1",
        "last_known_address_town",
        "date_of_address_capture",
        "scottish_candidate_number",
    )
)
_LAST_BLOCK: Final = INWARD_PARTS - 1
# How many numbers there are that may become a ULN by a check digit.
_PREFIXES: Final = 900_000_000


class ExhaustedError(ValueError):
    """A population has no further learners."""


@dataclass(frozen=True, slots=True)
class Population:
    """Learners of a seed: `count` of them, and others that may take the place of some.

    on: the day on which their ages are counted, and before which all was recorded. live_only: whether all records stand
    for a learner by themselves; otherwise some are linked to the record before them, and some deleted.
    """

    count: int
    seed: int = 1
    on: date = FIRST_DAY
    live_only: bool = False

    def __iter__(self) -> Iterator[Learner]:
        left = self.count
        for number in range(self.blocks):
            yield from self.block(number)[:left]
            left -= BLOCK

    @property
    def blocks(self) -> int:
        """How many blocks it takes; those that follow hold learners to take the place of some."""
        return -(-self.count // BLOCK)

    def block(self, number: int) -> list[Learner]:
        """Return the learners of a block, by ULN; the last may hold more than are wanted. Raises ExhaustedError."""
        return [Learner(**values) for values in self.fields(number)]

    def fields(self, number: int) -> list[Values]:
        """Return the learners of a block as their fields, those left out that have their defaults, as `block` does."""
        if number > _LAST_BLOCK:
            raise ExhaustedError(f"seed {self.seed} has no more learners that are not in the register; take another")
        # Who they are depends on seed and block alone, so the ULNs, which also depend on how many, are drawn apart.
        draw, draw_uln = (Random(f"{self.seed} {number} {what}").random for what in ("people", "ULNs"))  # noqa: S311
        born, seen = births(self.on), set[str]()
        block: list[Values] = []
        before: Values | None = None
        for place in range(number * BLOCK, (number + 1) * BLOCK):
            before = self._record(draw, born, number, seen, before)
            before["uln"] = self._uln(place, draw_uln)
            block.append(before)
        return block

    def _uln(self, place: int, draw: Draw) -> str:
        """Draw a ULN from the part of all ULNs that belongs to a place."""
        width = _PREFIXES // (self.blocks * BLOCK)
        start = place % (self.blocks * BLOCK) * width
        return uln.draw(lambda _: start + int(draw() * width))

    def _record(self, draw: Draw, born: Births, number: int, seen: set[str], before: Values | None) -> Values:
        shares, kind = habits().shares, draw()
        person = draw_person(draw, born, number)
        if kind < shares["linked"] and before is not None and "status" not in before and not self.live_only:
            return _earlier_record(before, person)
        while person.mark in seen:
            person = draw_person(draw, born, number)
        seen.add(person.mark)
        values = values_of(person, draw, born)
        if kind > 1 - shares["deleted"] and not self.live_only:
            values["status"] = LearnerStatus.DELETED.value
        return values


def _earlier_record(master: Values, other: Person) -> Values:
    """Return a record that someone was given under an earlier name, or at an earlier address, before it was linked."""
    values = {name: value for name, value in master.items() if name not in _OF_MASTER_ALONE}
    values["status"] = LearnerStatus.LINKED.value
    values["master_uln"] = master["uln"]
    values["family_name"] = master.get("previous_family_name", master["family_name"])
    values["last_known_post_code"] = other.post_code
    return values
