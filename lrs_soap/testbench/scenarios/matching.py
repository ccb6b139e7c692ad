"""Which calls a scenario is for, and which of its steps comes next; prepared once, asked with every call."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import accumulate
from random import Random
from typing import Any

from lrs_soap.testbench.scenarios.catalogue import CATALOGUE, SEQUENCE
from lrs_soap.testbench.scenarios.effects import Effect
from lrs_soap.testbench.scenarios.facts import Facts, Person
from lrs_soap.testbench.scenarios.kinds import KINDS, Cue, Kind
from lrs_soap.testbench.scenarios.model import Match, Scenario


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as it is carried out."""

    name: str
    kind: Kind
    arguments: Mapping[str, Any]

    @property
    def elements(self) -> frozenset[str]:
        """Elements of the operations it can be done to; empty for all."""
        return self.kind.elements(self.arguments)

    def effect(self, cue: Cue) -> Effect | None:
        """Return what is done to a call; None when there is nothing to do to this one."""
        if self.elements and (cue.facts is None or cue.facts.element not in self.elements):
            return None
        return self.kind.make(cue, **self.arguments)


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario ready to be played. reads: whether the message must have been read. ends: where each step ends."""

    scenario: Scenario
    steps: tuple[PlannedStep, ...]
    ends: tuple[int, ...]
    reads: bool
    fingerprint: str

    def is_about(self, facts: Facts | None, now: datetime) -> bool:
        """Tell whether a call is one that this scenario counts."""
        match = self.scenario.match
        if not _is_in_time(match, now):
            return False
        if facts is None:
            return not self.reads
        return self._can_be_done_to(facts.element) and _is_about(match, facts)

    def is_turn(self, calls: int, draw: Random) -> bool:
        """Tell whether something is to happen to the call of this number."""
        match = self.scenario.match
        if match.nth is not None and calls != match.nth:
            return False
        if match.first is not None and calls > match.first:
            return False
        if match.every is not None and calls % match.every:
            return False
        return match.probability is None or draw.random() < match.probability

    def step(self, acted: int) -> PlannedStep | None:
        """Return the step that comes next when so many calls have been acted on; None after the last one."""
        position = acted % self.ends[-1] if self.scenario.is_endless else acted
        index = bisect_right(self.ends, position)
        return self.steps[index] if index < len(self.steps) else None

    def acts_as(self, step: PlannedStep) -> str:
        """Return the name of what acted."""
        return f"{SEQUENCE}: {step.name}" if self.scenario.name == SEQUENCE else step.name

    def _can_be_done_to(self, element: str) -> bool:
        if self.scenario.name == SEQUENCE:
            return True
        return not self.steps[0].elements or element in self.steps[0].elements


def plan_of(scenario: Scenario) -> Plan:
    """Return a scenario ready to be played."""
    steps = tuple(_planned(step.name, step.parameters) for step in scenario.steps)
    ends = tuple(accumulate(step.times for step in scenario.steps))
    reads = scenario.match.is_about_messages or any(step.kind.reads(step.arguments) for step in steps)
    return Plan(scenario, steps, ends, reads, scenario.fingerprint)


def _planned(name: str, parameters: Mapping[str, Any]) -> PlannedStep:
    entry = CATALOGUE[name]
    return PlannedStep(name, KINDS[entry.kind], {**parameters, **entry.fixed})


def _is_in_time(match: Match, now: datetime) -> bool:
    return (match.from_ is None or match.from_ <= now) and (match.until is None or now < match.until)


def _is_about(match: Match, facts: Facts) -> bool:
    if match.operation and facts.operations.isdisjoint(match.operation):
        return False
    if match.organisation and match.organisation.upper() not in facts.organisations:
        return False
    if match.uln is None and match.name is None:
        return True
    return any(_is_person(match, person) for person in facts.people)


def _is_person(match: Match, person: Person) -> bool:
    if match.uln is not None and not fnmatchcase(person.uln, match.uln):
        return False
    return match.name is None or _is_named(match.name.casefold(), person)


def _is_named(pattern: str, person: Person) -> bool:
    given_name, family_name = person.given_name.casefold(), person.family_name.casefold()
    return any(fnmatchcase(name, pattern) for name in (given_name, family_name, f"{given_name} {family_name}"))
