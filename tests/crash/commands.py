"""Commands that write to a register, each killed at one point after the other: all of it is there, or nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.crash.checking import OTHER_PASSWORD, Snapshot, damage, snapshot
from tests.crash.killing import NEVER, command, in_a_child

Copies = Callable[[], AbstractContextManager[str]]
COLLEGE = "COLL0001"
WORLD = """\
Organisations:
  - {UKPRN: COLL0002, OrganisationRef: COL002, Name: Second College, OrgPassword: 0123456789abcdef, Grants: [find]}
Learners:
  - ULN: 9276308686
    GivenName: Philippa
    FamilyName: Quartermaine
    DateOfBirth: 2001-02-03
    Gender: 2
    LastKnownPostCode: BS1 4QA
    LearningEvents:
      - {Source: NPD, Subject: GCSE in Sociology}
  - MasterULN: 9276308686
    GivenName: Philippa
    FamilyName: Smallbone
    DateOfBirth: 2001-02-03
    Gender: 2
    LastKnownPostCode: BS1 4QA
"""
_ADD = ("organisation", "add", COLLEGE, "COL001", "First College", "--grant", "find")


@dataclass(frozen=True)
class Command:
    """A command, by the words typed, and whether its register has tables and records before. {world}: a world file."""

    name: str
    words: tuple[str, ...]
    on_nothing: bool = False


KNOWN = "TEST0101"
COMMANDS = {
    one.name: one
    for one in (
        Command("organisation add", _ADD),
        Command("organisation password", ("organisation", "password", KNOWN)),
        Command("organisation grant", ("organisation", "grant", KNOWN, "find", "--revoke")),
        Command("organisation awarding", ("organisation", "awarding", KNOWN)),
        Command("load", ("load", "{world}")),
        Command("generate", ("generate", "40")),
        Command("first organisation add", _ADD, on_nothing=True),
    )
}


class Killings:
    """One command, carried out and killed on copies of one register.

    allowed: what a killed command may leave behind. The last of these is the whole, the only one allowed once somebody
    was told so.
    """

    def __init__(self, wanted: Command, copies: Copies, directory: Path) -> None:
        world = directory / "world.yaml"
        world.write_text(WORLD)
        self._copies = copies
        self._said = directory / "said.txt"
        self._words = [word.format(world=world) for word in wanted.words]
        os.environ["LRS_SOAP_ORGANISATION_PASSWORD"] = OTHER_PASSWORD
        self.allowed = [self._left_by([])]
        if wanted.on_nothing:
            self.allowed.append(self._left_by(["db", "upgrade"]))
        self.allowed.append(self._left_by(self._words))
        assert len(set(self.allowed)) == len(self.allowed), "the command changes nothing"

    def _left_by(self, words: list[str]) -> Snapshot:
        """Return what is there after a command that nobody killed, or after none."""
        with self._copies() as url:
            if words:
                assert in_a_child(partial(command, words, self._said, url, NEVER))
            return snapshot(url)

    def at(self, point: int) -> tuple[bool, list[str]]:
        """Return whether the command was killed at a point, and what was wrong then."""
        with self._copies() as url:
            killed = not in_a_child(partial(command, self._words, self._said, url, point))
            return killed, [f"point {point}: {told}" for told in self._wrong(url)]

    def _wrong(self, url: str) -> Iterator[str]:
        left = snapshot(url)
        yield from damage(url)
        if left not in self.allowed:
            yield f"half done: {left.changes(self.allowed[0])}"
        whole = self.allowed[-1]
        if self._said.read_text() and left != whole:
            yield f"lost: {self._said.read_text()}"
        if left != whole:
            in_a_child(partial(command, self._words, self._said, url, NEVER))
            yield from (f"the next time: {told}" for told in snapshot(url).differences(whole))


def kill_everywhere(wanted: Command, copies: Copies, directory: Path, first: int, step: int) -> dict[str, object]:
    """Kill a command at the points first, first + step, … and tell the kills and what they did wrong.

    The command is carried out anew for each point, until it survives.
    """
    killings = Killings(wanted, copies, directory)
    violations: list[str] = []
    point, kills, killed = first, 0, True
    while killed:
        killed, told = killings.at(point)
        kills += killed
        violations += told
        point += step
    return {"kills": kills, "violations": violations}
