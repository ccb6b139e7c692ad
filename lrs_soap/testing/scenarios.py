"""Scenarios: what goes wrong for the calls of a world, as long as they are set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from lrs_soap.testing.clock import Moment
from lrs_soap.testing.control import DEFAULT_WORLD, Control
from lrs_soap.testing.errors import ControlRefusedError

SEQUENCE = "sequence"
_GONE = 404
Step = str | Mapping[str, Any]
"""The name of a scenario, or what `step` makes."""


def step(name: str, /, *, times: int = 1, **parameters: Any) -> Mapping[str, Any]:
    """Return one step of a sequence: a scenario of the catalogue for so many calls; `normal` answers as ever."""
    return {"name": name, "parameters": parameters, "times": times}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario that is set. It is removed at the end of a `with` block, by `remove`, or with its world."""

    id: int
    name: str
    parameters: Mapping[str, Any]
    match: Mapping[str, Any]
    _scenarios: "Scenarios"

    @property
    def acted(self) -> int:
        """To how many calls something happened so far."""
        return self._scenarios.acted(self.id)

    def remove(self) -> None:
        """Let calls be answered as ever again; a scenario that is gone already may be removed."""
        self._scenarios.remove(self.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Scenarios:
    """The scenarios of a world."""

    def __init__(self, control: Control, world: str = DEFAULT_WORLD) -> None:
        self._control = control
        self._world = world

    def add(
        self,
        name: str | Sequence[Step],
        /,
        *,
        operation: str | Sequence[str] | None = None,
        organisation: str | None = None,
        uln: str | None = None,
        learner: str | None = None,
        nth: int | None = None,
        first: int | None = None,
        every: int | None = None,
        start: Moment | None = None,
        until: Moment | None = None,
        probability: float | None = None,
        note: str = "",
        **parameters: Any,
    ) -> Scenario:
        """Set a scenario of the catalogue by its name, or a list of them, which is gone through call by call.

        The rest says which calls it is for, all of the world when nothing is said. operation: as published.
        organisation: UKPRN or OrganisationRef. uln, learner: patterns with * and ? of the ULN and name of a learner in
        the message. nth, first, every: of those calls. start, until: by the world's clock. parameters: those of the
        catalogue.
        """
        given = {
            "operation": operation,
            "organisation": organisation,
            "uln": uln,
            "name": learner,
            "nth": nth,
            "first": first,
            "every": every,
            "from": start,
            "until": until,
            "probability": probability,
        }
        match = {criterion: value for criterion, value in given.items() if value is not None}
        if not isinstance(name, str):
            name, parameters = SEQUENCE, parameters | {"steps": [_step(one) for one in name]}
        body = {"name": name, "parameters": parameters, "match": match, "note": note}
        return self._made(self._control.post("scenarios", body, world=self._world))

    def list(self) -> tuple[Scenario, ...]:
        """Return the scenarios that are set."""
        return tuple(map(self._made, self._control.get("scenarios", world=self._world)["scenarios"]))

    def catalogue(self) -> tuple[Mapping[str, Any], ...]:
        """Return what scenarios there are, with their parameters."""
        said = self._control.get("scenarios/catalogue", world=self._world)
        return tuple(said["scenarios"] if isinstance(said, Mapping) else said)

    def acted(self, number: int) -> int:
        """Return to how many calls something happened so far because of a scenario."""
        return int(self._control.get(f"scenarios/{number}", world=self._world)["acted"])

    def remove(self, number: int) -> None:
        """Remove a scenario by its id, unless it is gone already."""
        try:
            self._control.delete(f"scenarios/{number}", world=self._world)
        except ControlRefusedError as error:
            if error.status != _GONE:
                raise

    def clear(self) -> None:
        """Remove all."""
        self._control.delete("scenarios", world=self._world)

    def _made(self, said: Mapping[str, Any]) -> Scenario:
        return Scenario(said["id"], said["name"], said.get("parameters", {}), said.get("match", {}), self)


def _step(one: Step) -> Mapping[str, Any]:
    return step(one) if isinstance(one, str) else one
