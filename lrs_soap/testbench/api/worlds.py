"""Worlds: made, looked at, reset, kept, brought back and deleted while the server runs."""

from datetime import datetime
from secrets import token_hex
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, Field, model_validator

from lrs_soap.testbench.api.clock import ClockShown, shown_clock
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.routes import Resource, Wanted
from lrs_soap.testbench.api.seed import HIGHEST
from lrs_soap.testbench.world_files import EMPTY
from lrs_soap.testbench.worlds import DEFAULT, UnknownWorldError

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TAKEN = {409: "There is a world of that name already."}
_LASTING = {409: "The world cannot be replaced, such as one that outlives the server."}

worlds = Resource("worlds", "Registers that do not see each other, each under a path of its own.")


class WorldShown(BaseModel):
    """A world."""

    name: str = Field(description="As requests name it.")
    prefix: str = Field(description="What stands before the path of a service, such as `/w/mine`; empty: nothing.")
    created_at: datetime = Field(description="By the machine's time.")
    seed: int | None = Field(description="What is drawn from; null: nobody can tell what is drawn next.")
    clock: ClockShown = Field(description="How its clock goes.")
    learners: int = Field(description="How many records there are, deleted ones included.")
    organisations: int = Field(description="How many there are.")
    snapshots: list[str] = Field(description="Labels of what was kept.")
    lasting: bool = Field(description="Whether its register outlives the server, so that it cannot be reset.")


class WorldsShown(BaseModel):
    """All worlds, by name."""

    worlds: list[WorldShown] = Field(description="Each of them.")


class WorldWanted(Wanted):
    """What to make a world from."""

    name: str | None = Field(None, description="1 to 40 small letters, digits and hyphens; drawn when absent.")
    from_: Literal["empty", "demo"] = Field(
        "empty", alias="from", description="The demo world, or nothing: an empty one has no organisation that may call."
    )
    world: str | dict[str, Any] | None = Field(
        None, description="A world file instead: its YAML text, or what it holds as a JSON object."
    )
    seed: int | None = Field(None, ge=0, le=HIGHEST, description="What ULNs are drawn from; without it by chance.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.world is not None and "from_" in self.model_fields_set:
            raise ValueError("a world is made from one thing; give either from or world")
        return self

    @property
    def origin(self) -> str:
        """The text of a world file, or a word that stands for one."""
        if isinstance(self.world, dict):
            return yaml.dump(self.world, Dumper=_DUMPER, sort_keys=False)
        return self.from_ if self.world is None else self.world


class SnapshotsShown(BaseModel):
    """The labels of what was kept of a world."""

    snapshots: list[str] = Field(description="Their labels.")


class SnapshotWanted(Wanted):
    """What to call a snapshot."""

    label: str = Field(description="1 to 40 letters, digits, hyphens and underscores.")


class SnapshotShown(BaseModel):
    """A snapshot of a world."""

    label: str = Field(description="What it is called.")


@worlds.endpoint("GET", "/worlds")
def list_worlds(deps: ApiDeps) -> WorldsShown:
    """List all worlds."""
    shown = [_shown_if_there(deps, record.name) for record in deps.worlds.list()]
    return WorldsShown(worlds=[world for world in shown if world is not None])


@worlds.endpoint("POST", "/worlds", status=201, location="/worlds/{name}", errors=_TAKEN)
def create(deps: ApiDeps, body: WorldWanted) -> WorldShown:
    """Make a world: empty, the demo world, or what a world file says."""
    if isinstance(body.world, str) and body.world.strip() in ("", "demo", EMPTY):
        raise RefusedError(422, "world: should be a world file; for the demo world or an empty one give from", "world")
    record = deps.worlds.create(_drawn_name() if body.name is None else body.name, body.origin, body.seed)
    _forget_verdict(deps, record.name)
    return shown_world(deps, record.name)


@worlds.endpoint("GET", "/worlds/<name>")
def read(deps: ApiDeps, name: str) -> WorldShown:
    """Show a world."""
    return shown_world(deps, name)


@worlds.endpoint("DELETE", "/worlds/<name>", errors={409: "The default world cannot be deleted."})
def delete(deps: ApiDeps, name: str) -> None:
    """Delete a world with its snapshots, its scenarios and its journal."""
    deps.worlds.delete(name)
    _clear(deps, name)


@worlds.endpoint("POST", "/worlds/<name>/reset", errors=_LASTING)
def reset(deps: ApiDeps, name: str) -> WorldShown:
    """Bring a world back to what it was made from: register, clock, seed; without scenarios, journal and verdict."""
    deps.worlds.reset(name)
    _clear(deps, name)
    _forget_verdict(deps, name)
    return shown_world(deps, name)


@worlds.endpoint("GET", "/worlds/<name>/snapshots")
def list_snapshots(deps: ApiDeps, name: str) -> SnapshotsShown:
    """List the snapshots of a world."""
    return SnapshotsShown(snapshots=list(deps.worlds.snapshots(name)))


@worlds.endpoint("POST", "/worlds/<name>/snapshots", status=201, errors={409: "The register is not a file."})
def snapshot(deps: ApiDeps, name: str, body: SnapshotWanted) -> SnapshotShown:
    """Keep a world's register, clock and seed under a label, in place of what was kept there before."""
    deps.worlds.snapshot(name, body.label)
    return SnapshotShown(label=body.label)


@worlds.endpoint("POST", "/worlds/<name>/snapshots/<label>/restore", errors=_LASTING)
def restore(deps: ApiDeps, name: str, label: str) -> WorldShown:
    """Bring a world's register, clock and seed back to a snapshot; scenarios and journal stay."""
    deps.worlds.restore(name, label)
    return shown_world(deps, name)


def shown_world(deps: ApiDeps, name: str) -> WorldShown:
    """Return what is told of a world. Raises UnknownWorldError."""
    record = deps.worlds.record(name)
    with deps.worlds.get(name).store.reading() as work:
        learners, organisations = work.learners.count(), len(work.organisations.all())
    return WorldShown(
        name=name,
        prefix="" if name == DEFAULT else f"/w/{name}",
        created_at=record.created_at,
        seed=record.seed,
        clock=shown_clock(deps.worlds, name),
        learners=learners,
        organisations=organisations,
        snapshots=list(deps.worlds.snapshots(name)),
        lasting=record.lasting,
    )


def _shown_if_there(deps: ApiDeps, name: str) -> WorldShown | None:
    try:
        return shown_world(deps, name)
    except UnknownWorldError:
        # Deleted while the list was made.
        return None


def _drawn_name() -> str:
    return f"w-{token_hex(5)}"


def _clear(deps: ApiDeps, name: str) -> None:
    deps.scenarios.clear(name)
    if deps.journal is not None:
        deps.journal.clear(name)


def _forget_verdict(deps: ApiDeps, name: str) -> None:
    """Begin anew with a world. What its clients did outlives a world that is deleted: reports are read at the end."""
    if deps.ledger is not None:
        deps.ledger.clear(name)
