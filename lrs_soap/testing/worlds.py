"""Worlds: registers that do not see each other, one for each test."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lrs_soap.testing.clock import Clock, ClockState
from lrs_soap.testing.conformance import Conformance
from lrs_soap.testing.control import Control
from lrs_soap.testing.errors import ControlRefusedError
from lrs_soap.testing.journal import Journal
from lrs_soap.testing.learners import Learner, Learners
from lrs_soap.testing.organisations import DEMO_CREDENTIALS, ORGANISATIONS, Credentials, credentials_of, read_world_file
from lrs_soap.testing.scenarios import Scenario, Scenarios, Step

DEMO = "demo"
EMPTY = "empty"
Origin = str | Path | Mapping[str, Any]
"""What a world is made from: DEMO, EMPTY, or a world file: its text, its path, or what it holds."""
_GONE = 404


@dataclass(frozen=True, slots=True)
class WorldState:
    """What the control API says of a world."""

    name: str
    prefix: str
    created_at: datetime
    seed: int | None
    clock: ClockState
    learners: int
    organisations: int
    snapshots: tuple[str, ...]
    lasting: bool

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "WorldState":
        """Return what the control API says of a world."""
        return cls(
            name=said["name"],
            prefix=said["prefix"],
            created_at=datetime.fromisoformat(said["created_at"]),
            seed=said.get("seed"),
            clock=ClockState.of(said["clock"]),
            learners=said["learners"],
            organisations=said["organisations"],
            snapshots=tuple(said.get("snapshots", ())),
            lasting=said.get("lasting", False),
        )


class Worlds:
    """The worlds of a server."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def list(self) -> tuple[WorldState, ...]:
        """Return all worlds."""
        return tuple(map(WorldState.of, self._control.get("worlds")["worlds"]))

    def get(self, name: str) -> WorldState:
        """Return a world by its name. Raises ControlRefusedError when there is none."""
        return WorldState.of(self._control.get(f"worlds/{name}"))

    def create(
        self, name: str | None = None, *, world_file: str | None = None, origin: str = EMPTY, seed: int | None = None
    ) -> WorldState:
        """Make a world: from the text of a world file, else the demo world or nothing. Without a name one is drawn."""
        content = {"from": origin} if world_file is None else {"world": world_file}
        body = {"name": name, "seed": seed, **content}
        said = self._control.post("worlds", {field: value for field, value in body.items() if value is not None})
        return WorldState.of(said)

    def delete(self, name: str) -> None:
        """Delete a world, unless it is gone already."""
        try:
            self._control.delete(f"worlds/{name}")
        except ControlRefusedError as error:
            if error.status != _GONE:
                raise

    def reset(self, name: str) -> WorldState:
        """Bring a world back to what it was made from."""
        return WorldState.of(self._control.post(f"worlds/{name}/reset"))

    def snapshot(self, name: str, label: str) -> None:
        """Keep a copy of a world's register under a label."""
        self._control.post(f"worlds/{name}/snapshots", {"label": label})

    def snapshots(self, name: str) -> tuple[str, ...]:
        """Return the labels of the copies that are kept."""
        return tuple(self._control.get(f"worlds/{name}/snapshots")["snapshots"])

    def restore(self, name: str, label: str) -> WorldState:
        """Bring a world's register back to a copy that was kept."""
        return WorldState.of(self._control.post(f"worlds/{name}/snapshots/{label}/restore"))


class World:
    """One world, as a test uses it; as a context manager it is deleted at the end of the block.

    url: what stands before the path of a service, to be given to the client under test. organisations: credentials of
    those that may call. clock, scenarios, journal, learners: its own.
    """

    def __init__(
        self, control: Control, url: str, state: WorldState, organisations: Iterable[Credentials] = ()
    ) -> None:
        self._control = control
        self._worlds = Worlds(control)
        self.name = state.name
        self.url = f"{url}{state.prefix}"
        self.organisations = tuple(organisations)
        self.clock = Clock(control, self.name)
        self.scenarios = Scenarios(control, self.name)
        self.journal = Journal(control, self.name)
        self.learners = Learners(control, self.name)
        self.conformance = Conformance(control, self.name)

    @property
    def state(self) -> WorldState:
        """What the control API says of it now."""
        return self._worlds.get(self.name)

    @property
    def credentials(self) -> Credentials:
        """How its first organisation names itself to the service."""
        if not self.organisations:
            raise LookupError(f"the world '{self.name}' was made without an organisation, so nobody may call it")
        return self.organisations[0]

    def organisation(self, name: str) -> Credentials:
        """Return how an organisation names itself, found by its UKPRN or OrganisationRef."""
        for known in self.organisations:
            if name.upper() in (known.ukprn, known.organisation_ref):
                return known
        raise LookupError(f"the world '{self.name}' was made without an organisation {name}")

    def service(self, name: str) -> str:
        """Return the address of a service, such as LearnerService."""
        return f"{self.url}/{name}.svc"

    def wsdl(self, name: str) -> str:
        """Return the address of the WSDL of a service, such as LearnerService."""
        return f"{self.service(name)}?wsdl"

    def learner(self, state: str | Iterable[str] | None = None, **wanted: Any) -> Learner:
        """Make a learner in a state; see Learners.create."""
        return self.learners.create(state, **wanted)

    def scenario(self, name: str | list[Step], /, **wanted: Any) -> Scenario:
        """Set a scenario until it is removed, or for a `with` block; see Scenarios.add."""
        return self.scenarios.add(name, **wanted)

    def work(self) -> int:
        """Work off the batches that wait, and return how many; without it they are worked off soon."""
        return int(self._control.post("jobs/work", world=self.name)["jobs"])

    def jobs(self) -> tuple[Mapping[str, Any], ...]:
        """Return its batches."""
        return tuple(self._control.get("jobs", world=self.name)["jobs"])

    @property
    def seed(self) -> int | None:
        """What its ULNs are drawn from; None when by chance."""
        said: int | None = self._control.get("seed", world=self.name)["seed"]
        return said

    @seed.setter
    def seed(self, seed: int | None) -> None:
        self._control.put("seed", {"seed": seed}, world=self.name)

    def reset(self) -> WorldState:
        """Bring it back to what it was made from, its clock too."""
        return self._worlds.reset(self.name)

    def snapshot(self, label: str) -> None:
        """Keep a copy of its register under a label."""
        self._worlds.snapshot(self.name, label)

    def restore(self, label: str) -> WorldState:
        """Bring its register back to a copy that was kept."""
        return self._worlds.restore(self.name, label)

    def delete(self) -> None:
        """Delete it with all it holds."""
        self._worlds.delete(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.delete()


def make_world(control: Control, url: str, name: str | None, origin: Origin, seed: int | None) -> World:
    """Make a world on a server. EMPTY stands for one with the demo world's organisations, so that they may call it."""
    worlds = Worlds(control)
    if origin == DEMO:
        return World(control, url, worlds.create(name, origin=DEMO, seed=seed), DEMO_CREDENTIALS)
    text, content = read_world_file({"Organisations": list(ORGANISATIONS)} if origin == EMPTY else origin)
    return World(control, url, worlds.create(name, world_file=text, seed=seed), credentials_of(content))
