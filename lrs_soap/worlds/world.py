"""A world: organisations, learners and learning events in one YAML file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lrs_soap.domain.issuing import draw_free
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.organisations import Organisation
from lrs_soap.store import LearningEventError, UnitOfWork
from lrs_soap.worlds import checks, records
from lrs_soap.worlds.documents import Steps, read_document
from lrs_soap.worlds.loading import Loaded, Means
from lrs_soap.worlds.problems import Problems
from lrs_soap.worlds.schema import check_document


@dataclass(slots=True)
class World:
    """The records of a world, each with its place in the document."""

    organisations: dict[Steps, Organisation] = field(default_factory=dict)
    learners: dict[Steps, Learner] = field(default_factory=dict)
    events: dict[Steps, LearningEvent] = field(default_factory=dict)


def load(path: Path, work: UnitOfWork, means: Means) -> Loaded:
    """Load a world into a unit of work. Raises WorldError with all that is wrong with it, having stored nothing."""
    document = read_document(path)
    problems = Problems(str(path))
    check_document(document, problems)
    problems.raise_any()
    world = _read(document.data, work, means)
    notes = checks.Notes(document, problems)
    checks.check_world(world, notes, work)
    problems.raise_any()
    _store(world, notes, work)
    problems.raise_any()
    return Loaded(len(world.organisations), len(world.learners), len(world.events))


def _read(data: dict[str, Any], work: UnitOfWork, means: Means) -> World:
    world = World()
    for place, values in enumerate(data.get("Organisations", ())):
        password_hash = means.hash_password(values["OrgPassword"])
        world.organisations["Organisations", place] = records.organisation(values, password_hash)
    numbers = _ulns(data.get("Learners", ()), work, means)
    for place, values in enumerate(data.get("Learners", ())):
        number = next(numbers)
        world.learners["Learners", place] = records.learner(values, number, means.now)
        for inner, event in enumerate(values.get("LearningEvents", ())):
            world.events["Learners", place, "LearningEvents", inner] = records.event(event, number, means.now)
    for place, values in enumerate(data.get("LearningEvents", ())):
        world.events["LearningEvents", place] = records.event(values, values["ULN"], means.now)
    return world


def _ulns(learners: Any, work: UnitOfWork, means: Means) -> Iterator[str]:
    """Give each learner's ULN in turn: the one given, or a fresh one that neither file nor register has."""
    given = {values["ULN"] for values in learners if "ULN" in values}
    missing = sum("ULN" not in values for values in learners)
    free = iter(draw_free(missing, lambda drawn: given.union(work.learners.many(drawn)), means.randbelow))
    for values in learners:
        yield values.get("ULN") or next(free)


def _store(world: World, notes: checks.Notes, work: UnitOfWork) -> None:
    for organisation in world.organisations.values():
        work.organisations.add(organisation)
    work.learners.add_many(world.learners.values())
    try:
        work.events.add_many(world.events.values())
    except LearningEventError:
        # An ID is in the register already: one by one they show which.
        for steps, event in world.events.items():
            _store_event(steps, event, notes, work)


def _store_event(steps: Steps, event: LearningEvent, notes: checks.Notes, work: UnitOfWork) -> None:
    try:
        work.events.add_many([event])
    except LearningEventError:
        text = f"{event.event_id} is that of an event in the register already; take another, or leave it out"
        notes.note(steps, "ID", text)
