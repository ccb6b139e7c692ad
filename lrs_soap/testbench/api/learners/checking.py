"""Checks the fields of a learner as those of a world file are checked, and makes records of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.store import UnitOfWork
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.learners.models import EVENTS
from lrs_soap.worlds import checks, records
from lrs_soap.worlds.documents import Document
from lrs_soap.worlds.problems import Problems
from lrs_soap.worlds.schema import check_document
from lrs_soap.worlds.world import World

_PLACE = ("Learners", 0)
_PREFIX = re.compile(r"Learners\[1\]\.?")


def checked(fields: Mapping[str, Any], work: UnitOfWork, now: datetime) -> tuple[Learner, Sequence[LearningEvent]]:
    """Return the records that fields describe, the ULN among them. Raises RefusedError with the first that is wrong."""
    values: dict[str, Any] = _texts(fields)
    document, problems = Document({"Learners": [values]}, {}), Problems("")
    check_document(document, problems)
    _refuse(problems, 422)
    world = World(learners={_PLACE: records.learner(values, values["ULN"], now)})
    for place, event in enumerate(values.get(EVENTS, ())):
        world.events[*_PLACE, EVENTS, place] = records.event(event, values["ULN"], now)
    checks.check_world(world, checks.Notes(document, problems), work)
    _refuse(problems, 409)
    return world.learners[_PLACE], tuple(world.events.values())


def _refuse(problems: Problems, status: int) -> None:
    if problems.found:
        first = problems.found[0]
        field = _PREFIX.sub("", first.field)
        raise RefusedError(status, f"{field}: {first.text}" if field else first.text, field or None)


def _texts(value: Any) -> Any:
    """Return values as a world file has them: texts, in mappings and lists."""
    match value:
        case dict() | Mapping():
            return {name: _texts(part) for name, part in value.items() if part not in (None, "")}
        case list():
            return [_texts(part) for part in value]
        case bool():
            return str(value).lower()
    return str(value)
