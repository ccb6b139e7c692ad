"""The clock of a world."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.routes import OfWorld, Resource, Wanted
from lrs_soap.testbench.clocks import ClockMode, ClockSetting
from lrs_soap.testbench.worlds import Worlds

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}

clock = Resource("clock", "What time it is in a world.")


def _in_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SERVICE_ZONE)


Moment = Annotated[datetime, AfterValidator(_in_zone)]


class ClockShown(BaseModel):
    """How a clock goes."""

    mode: ClockMode = Field(
        description="real: with the machine's; offset: ahead of that or behind; frozen: not at all."
    )
    offset_seconds: float = Field(description="Seconds by which it is ahead of real time, in mode offset.")
    frozen_at: datetime | None = Field(description="Where it stands, in mode frozen.")
    now: datetime = Field(description="What it shows.")


class ClockWanted(Wanted):
    """How a clock is to go: with real time, ahead of it or behind by so many seconds, or not at all."""

    mode: ClockMode | None = Field(None, description="Without it: frozen with `at`, offset with `offset_seconds`.")
    offset_seconds: float | None = Field(None, description="Seconds ahead of real time; negative: behind.")
    at: Moment | None = Field(
        None, description="Where it is to stand, by UK time unless it says otherwise; without it where it is."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.wanted_mode is None:
            raise ValueError("say how the clock is to go: mode (real, offset or frozen), at or offset_seconds")
        if self.at is not None and self.wanted_mode is not ClockMode.FROZEN:
            raise ValueError("only a frozen clock stands at a moment; leave out at, or make mode frozen")
        if (self.offset_seconds is not None) != (self.wanted_mode is ClockMode.OFFSET):
            raise ValueError("offset_seconds goes with mode offset, and mode offset with offset_seconds")
        return self

    @property
    def wanted_mode(self) -> ClockMode | None:
        """The mode, also when the other fields alone tell it."""
        if self.mode is not None:
            return self.mode
        if self.at is not None:
            return ClockMode.FROZEN
        return ClockMode.OFFSET if self.offset_seconds is not None else None

    def setting(self, now: datetime) -> ClockSetting:
        """Return the setting that is wanted of a clock that shows a moment."""
        match self.wanted_mode:
            case ClockMode.FROZEN:
                return ClockSetting(ClockMode.FROZEN, frozen_at=self.at or now)
            case ClockMode.OFFSET:
                return ClockSetting(ClockMode.OFFSET, offset=self.offset_seconds or 0.0)
        return ClockSetting()


class Advance(Wanted):
    """How far to put a clock forward; negative: back. What is given adds up."""

    seconds: float = Field(0, description="So many seconds.")
    minutes: float = Field(0, description="So many minutes.")
    hours: float = Field(0, description="So many hours.")
    days: float = Field(0, description="So many days of 24 hours.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"say how far to advance the clock: {', '.join(SECONDS)}")
        return self

    @property
    def total(self) -> float:
        """All of it in seconds."""
        return sum(float(getattr(self, unit)) * seconds for unit, seconds in SECONDS.items())


def shown_clock(worlds: Worlds, name: str) -> ClockShown:
    """Return how a world's clock goes."""
    setting = worlds.record(name).clock
    return ClockShown(
        mode=setting.mode,
        offset_seconds=setting.offset,
        frozen_at=setting.frozen_at,
        now=worlds.get(name).clock.now(),
    )


@clock.endpoint("GET", "/clock")
def read(deps: ApiDeps, query: OfWorld) -> ClockShown:
    """Say how the clock goes and what it shows."""
    return shown_clock(deps.worlds, query.world)


@clock.endpoint("PUT", "/clock")
def put(deps: ApiDeps, query: OfWorld, body: ClockWanted) -> ClockShown:
    """Set the clock, for all that happens in the world from then on, batches included."""
    now = deps.worlds.get(query.world).clock.now()
    deps.worlds.set_clock(query.world, lambda _: body.setting(now))
    return shown_clock(deps.worlds, query.world)


@clock.endpoint("POST", "/clock/advance")
def advance(deps: ApiDeps, query: OfWorld, body: Advance) -> ClockShown:
    """Put the clock forward or back: a frozen one stands still again, any other goes on from there."""
    deps.worlds.set_clock(query.world, lambda setting: setting.advanced(body.total))
    return shown_clock(deps.worlds, query.world)
