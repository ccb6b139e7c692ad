"""What clients are to do and when the server is disturbed: all of it follows from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Self

from tests.history.operations import Kind, Trouble, Values

FEWEST_KILLS = 6
FEWEST_RESTARTS = 2
ERA = 400
CROWD = 8
HOT = 0.6
VARIANTS = 4
WEIGHTS = {
    Kind.REGISTER: 15,
    Kind.FIND: 15,
    Kind.FIND_R9: 10,
    Kind.SEARCH: 15,
    Kind.UPDATE: 20,
    Kind.UPDATE_SUBSET: 15,
    Kind.VERIFY: 10,
}
_SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu wa".split()
_SCHOOLS = ("Mill Row Academy", "Northgate School", "Saint Hild's College")
_PREFERRED = ("Mae", "Bob", "Kit")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is to happen.

    kills: of one worker at a time; restarts: of the whole server, stopped or killed. seconds: after these nothing more
    is begun.
    """

    operations: int
    clients: int
    seed: int
    kills: int
    restarts: int
    seconds: float

    @classmethod
    def of(cls, operations: int, clients: int, seed: int, seconds: float) -> Self:
        """Return a plan with as many disturbances as suit a number of operations."""
        kills, restarts = max(FEWEST_KILLS, operations // 500), max(FEWEST_RESTARTS, operations // 5_000)
        return cls(operations, clients, seed, kills, restarts, seconds)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. variant: which of a person's details to send. extra: further members for a write."""

    number: int
    kind: Kind
    person: int
    variant: int
    extra: Values


def tasks(plan: Plan) -> Iterator[Task]:
    """Give all tasks, in the order in which clients take them."""
    random = Random(plan.seed)
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    for number in range(plan.operations):
        (kind,) = random.choices(kinds, weights)
        yield Task(number, kind, _person(number, random), random.randrange(VARIANTS), _extra(number, kind, random))


def _person(number: int, random: Random) -> int:
    """Return whom a task is about: mostly one of a few whom all clients deal with just now, else anybody so far."""
    newest = (number // ERA + 1) * CROWD
    return random.randrange(newest - CROWD, newest) if random.random() < HOT else random.randrange(newest)


def _extra(number: int, kind: Kind, random: Random) -> Values:
    extra = {"EmailAddress": f"by.{number}@example.org"}
    if kind is not Kind.UPDATE_SUBSET:
        extra["Notes"] = f"Written by {number}"
    if random.random() < 0.5:
        extra["SchoolAtAge16"] = random.choice(_SCHOOLS)
    if random.random() < 0.5:
        extra["PreferredGivenName"] = random.choice(_PREFERRED)
    return extra


def details(person: int, variant: int) -> dict[str, str]:
    """Return one of the sets of five details of a person; names and date of birth are the same in all of them."""
    return {
        "GivenName": _name(person * 7 + 3),
        "FamilyName": _name(person),
        "DateOfBirth": (date(1950, 1, 1) + timedelta(days=person * 37 % 20_000)).isoformat(),
        "Gender": str(variant % 2 + 1),
        "LastKnownPostCode": f"LS{variant + 1} 9AB",
    }


def _name(number: int) -> str:
    base = len(_SYLLABLES)
    digits = [number // base**place % base for place in range(4)]
    return "".join(_SYLLABLES[digit] for digit in digits).title()


def troubles(plan: Plan) -> Sequence[tuple[int, Trouble]]:
    """Return after how many operations what is done to the server, in order."""
    random = Random(f"troubles of {plan.seed}")
    moments = random.sample(range(1, plan.operations), plan.kills + plan.restarts)
    restarts = cycle([Trouble.CRASH, Trouble.STOP])
    drawn = [Trouble.KILL] * plan.kills + [next(restarts) for _ in range(plan.restarts)]
    return sorted(zip(moments, drawn, strict=True))
