"""How cases of rules are written: what a client does, and what becomes of a rule by the last thing it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lrs_soap.testbench.conformance.verdict import Verdicts
from lrs_soap.testbench.exchange import Exchange
from tests.corpus.cases import load_cases
from tests.unit.testbench.conformance.exchanges import Caller, of_case
from tests.unit.testbench.conformance.world import LINKED, MAEVE
from tests.wire import requests
from tests.wire.soap import COMMON, wrapped

BROKEN, KEPT, UNJUDGED = "broken", "kept", "not judged"
CORPUS = {case.name: case for case in load_cases() if not case.is_whole_request}

Script = Callable[[Caller], object]


@dataclass(frozen=True)
class Case:
    """What a client does, and what becomes of a rule by the last thing it does."""

    rule: str
    expected: str
    what: str
    script: Script

    def __str__(self) -> str:
        return f"{self.rule} {self.expected}: {self.what}"


def outcome(made: list[Exchange], rule: str) -> str:
    """Return what the last of several exchanges does to a rule."""
    verdicts = Verdicts()
    tallies = [(0, 0)]
    for exchange in made:
        verdicts.judge(exchange)
        tally = next(iter(verdicts)).rules.get(rule)
        tallies.append((tally.kept, tally.broken) if tally else (0, 0))
    if tallies[-1][1] > tallies[-2][1]:
        return BROKEN
    return KEPT if tallies[-1][0] > tallies[-2][0] else UNJUDGED


def corpus(name: str) -> Script:
    def script(caller: Caller) -> None:
        caller.made.append(of_case(caller.service, CORPUS[name]))

    return script


def sent(message: str | bytes, **how: Any) -> Script:
    return lambda caller: caller(message, **how)


def to_r9(operation: str, message: str, **how: Any) -> Script:
    return lambda caller: caller.r9(operation, message, **how)


def in_turn(*scripts: Script) -> Script:
    def script(caller: Caller) -> None:
        for one in scripts:
            one(caller)

    return script


def after(seconds: float, script: Script) -> Script:
    def later(caller: Caller) -> None:
        # A request alone takes a second.
        caller.now += timedelta(seconds=seconds - 1)
        script(caller)

    return later


FIND = requests.by_uln(MAEVE.uln)
EVENTS = requests.events(MAEVE.uln, dateOfBirth="2004-02-29", gender="2")
READ_EVENTS = to_r9("GetLearnerLearningEvents", EVENTS)
FIND_LINKED = sent(requests.by_uln(LINKED.uln, "Thomas", "Nowack"))


def r9_find(organisation: dict[str, Any] | None = None, **changes: Any) -> Script:
    fields = requests.R9_START | {"uln": MAEVE.uln, "givenName": "Maeve", "familyName": "Okafor", "findType": "FUL"}
    return to_r9("LearnerByUln", wrapped("LearnerByUln", organisation or requests.R9_CALLER, fields | changes, COMMON))


def records(*identifiers: str | None) -> list[dict[str, Any]]:
    return [
        requests.MAEVE | {"GivenName": f"Bea{'b' * number}"} | ({"MISIdentifier": name} if name else {})
        for number, name in enumerate(identifiers)
    ]


def to_verify(*identifiers: str | None) -> list[dict[str, Any]]:
    who = {"ULN": MAEVE.uln, "FamilyName": "Okafor", "GivenName": "Maeve", "DateOfBirth": "2004-02-29", "Gender": "2"}
    return [who | ({"MISIdentifier": name} if name else {}) for name in identifiers]


def achievements(*values: dict[str, str]) -> Script:
    board = requests.AO_USER | {"OrganisationRef": "AWD001"}
    return sent(requests.submit_achievements(*values, user=board), to="ExternalService")
