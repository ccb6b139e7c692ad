"""The clock of a world: what time it is for its register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lrs_soap.testing.control import DEFAULT_WORLD, Control

Moment = datetime | str
"""A moment as Python has it, or in ISO 8601, such as 2025-09-01T09:00:00+01:00."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """How a clock goes. mode: real, offset or frozen. now: what it showed."""

    mode: str
    now: datetime
    offset_seconds: float = 0.0
    frozen_at: datetime | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "ClockState":
        """Return what the control API says of a clock."""
        frozen = said.get("frozen_at")
        return cls(
            mode=said["mode"],
            now=datetime.fromisoformat(said["now"]),
            offset_seconds=said.get("offset_seconds") or 0.0,
            frozen_at=datetime.fromisoformat(frozen) if frozen else None,
        )


class Clock:
    """The clock of a world, to be read and set."""

    def __init__(self, control: Control, world: str = DEFAULT_WORLD) -> None:
        self._control = control
        self._world = world

    @property
    def state(self) -> ClockState:
        """How it goes."""
        return ClockState.of(self._control.get("clock", world=self._world))

    @property
    def now(self) -> datetime:
        """The moment it shows."""
        return self.state.now

    def freeze(self, at: Moment | None = None) -> ClockState:
        """Let it stand still at a moment, or else where it is."""
        return self._set(mode="frozen", at=at or self.now)

    def offset(self, by: timedelta | float) -> ClockState:
        """Let it go ahead of real time by so much, in seconds unless a timedelta; negative: behind."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._set(mode="offset", offset_seconds=seconds)

    def real(self) -> ClockState:
        """Let it show real time."""
        return self._set(mode="real")

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> ClockState:
        """Put it forward, or back when negative; a frozen one stands still again, any other goes on from there."""
        span = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        said = self._control.post("clock/advance", {"seconds": span.total_seconds()}, world=self._world)
        return ClockState.of(said)

    def _set(self, **setting: Any) -> ClockState:
        return ClockState.of(self._control.put("clock", setting, world=self._world))
