"""Learners in the state a test needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lrs_soap.testing.control import DEFAULT_WORLD, Control


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner of a world.

    search: the five details by which it is found by demographics; code: what a find with these answers. record: its
    fields as on record. events: its learning events. ambiguous_search: five details that lead to several learners, when
    others are similar. made: the ULNs of others that were made for it, such as its master. Fields can be asked for by
    their names: `learner["GivenName"]`.
    """

    uln: str
    search: Mapping[str, str]
    code: str
    record: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    ambiguous_search: Mapping[str, str] | None = field(default=None, repr=False)
    made: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Learner":
        """Return what the control API says of a learner."""
        return cls(
            uln=said["uln"],
            search=said["search"],
            code=said["code"],
            record=said["learner"],
            events=tuple(said["events"]),
            ambiguous_search=said.get("ambiguous_search"),
            made=tuple(said.get("made", ())),
        )

    def __getitem__(self, name: str) -> Any:
        return self.search[name] if name in self.search else self.record[name]


class Learners:
    """The learners of a world."""

    def __init__(self, control: Control, world: str = DEFAULT_WORLD) -> None:
        self._control = control
        self._world = world

    def create(
        self,
        state: str | Iterable[str] | None = None,
        *,
        events: Mapping[str, int] | None = None,
        linked_to: str | Learner | None = None,
        similar_to: str | Learner | None = None,
        **fields: Any,
    ) -> Learner:
        """Make a learner: invented where nothing is said, else as asked for.

        state: one or several of live, linked, deleted or similar, not sharing or notice not seen, young or old. events:
        how many learning events from which source, such as NPD=3. linked_to, similar_to: another learner or its ULN.
        fields: those of a world file's learner, such as GivenName; None: without it.
        """
        states = state if state is None or isinstance(state, str) else list(state)
        wanted = {"state": states, "events": events, "linked_to": _uln(linked_to), "similar_to": _uln(similar_to)}
        body = {name: value for name, value in wanted.items() if value is not None} | fields
        return Learner.of(self._control.post("learners", body, world=self._world))

    def get(self, uln: str) -> Learner:
        """Return a learner as it is on record now. Raises ControlRefusedError when there is none."""
        return Learner.of(self._control.get(f"learners/{uln}", world=self._world))

    def delete(self, uln: str) -> None:
        """Give a learner the state of a deleted one."""
        self._control.delete(f"learners/{uln}", world=self._world)


def _uln(learner: str | Learner | None) -> str | None:
    return learner.uln if isinstance(learner, Learner) else learner
