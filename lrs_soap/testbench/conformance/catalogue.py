"""The rules and the test script, as `rules.toml` and `script.toml` hold them."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

ANY: Final = "*"

Members = Mapping[str, str]
"""What a message or one of its records says: texts by the member's name in small letters."""


class Severity(StrEnum):
    """How much it matters that a rule is broken."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that clients are judged by. values: what it measures by."""

    number: str
    title: str
    why: str
    mend: str
    severity: Severity
    origin: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a client has to show.

    section: the operation's name. at: the operations that show it, such as LearnerService/learnerByULN. codes:
    patterns, any of which shows it. where: members and their values; filled: members of which one must not be empty;
    names of both in small letters.
    """

    number: str
    section: str
    at: tuple[str, ...]
    send: str
    codes: tuple[str, ...]
    where: Members = field(default_factory=dict)
    filled: tuple[str, ...] = ()

    def may_be_shown_by(self, operation: str, code: str) -> bool:
        """Tell whether an answer with a code to an operation, such as LearnerService/learnerByULN, can show it."""
        here = operation in self.at or ANY in self.at
        return here and any(fnmatchcase(code, pattern) for pattern in self.codes)

    def asks_for(self, said: Sequence[Members]) -> bool:
        """Tell whether a request that said this, itself and in its records, is the one to be sent."""
        fits = all(any(one.get(name) == value for one in said) for name, value in self.where.items())
        return fits and (not self.filled or any(one.get(name) for name in self.filled for one in said))


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by number, in the order in which they are told."""
    return {number: _rule(number, entry) for number, entry in _load("rules").items()}


def _rule(number: str, entry: dict[str, Any]) -> Rule:
    named = {part.name for part in fields(Rule)} - {"severity"}
    known = {name: value for name, value in entry.items() if name in named}
    values = {name: value for name, value in entry.items() if name not in named and name != "severity"}
    return Rule(number=number, severity=Severity(entry["severity"]), values=values, **known)


@cache
def script() -> tuple[Step, ...]:
    """Return the steps of the test script, in their order."""
    return tuple(step for section in _load("script")["section"] for step in _steps(section))


def _steps(section: dict[str, Any]) -> Iterator[Step]:
    for entry in section["step"]:
        yield Step(
            number=entry["number"],
            section=section["name"],
            at=tuple(section["at"]),
            send=entry["send"],
            codes=tuple(entry["codes"]),
            where={name.lower(): value for name, value in entry.get("where", {}).items()},
            filled=tuple(name.lower() for name in entry.get("filled", ())),
        )


@lru_cache(maxsize=1024)
def steps_shown(operation: str, code: str) -> tuple[Step, ...]:
    """Return the steps that an answer with a code to an operation can show, whatever was sent."""
    return tuple(step for step in script() if step.may_be_shown_by(operation, code))


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
