"""What is told of learners, and what can be asked for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lrs_soap.testbench.api.errors import RefusedError, unknown
from lrs_soap.testbench.api.routes import Wanted
from lrs_soap.worlds.schema import resolved, world_schema

MOST_EVENTS: Final = 200
EVENTS: Final = "LearningEvents"


class State(StrEnum):
    """What can be asked of a learner."""

    LIVE = "live"
    LINKED = "linked"
    DELETED = "deleted"
    SIMILAR = "similar"
    NOT_SHARING = "not sharing"
    NOTICE_NOT_SEEN = "notice not seen"
    YOUNG = "young"
    OLD = "old"


STANDINGS: Final = (State.LIVE, State.LINKED, State.DELETED, State.SIMILAR)
_EITHER: Final = (STANDINGS, (State.NOT_SHARING, State.NOTICE_NOT_SEEN), (State.YOUNG, State.OLD))


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _with_fields(schema: dict[str, Any]) -> None:
    """Add the fields of a world file's learner to a schema."""
    schema["properties"] |= inlined(world_schema()["$defs"]["learner"])["properties"]
    schema["additionalProperties"] = False


def inlined(definition: Any) -> Any:
    """Return a definition of the world file's schema with all that it refers to."""
    if isinstance(definition, list):
        return [inlined(one) for one in definition]
    if not isinstance(definition, dict):
        return definition
    whole = {name: part for name, part in resolved(definition).items() if name != "$ref"}
    return {name: inlined(part) for name, part in whole.items()}


Count = Annotated[int, Field(ge=0, le=MOST_EVENTS)]


class EventCounts(Wanted):
    """How many learning events to invent, by who reported them."""

    NPD: Count = Field(default=0, description="From the National Pupil Database.")
    ILR: Count = Field(default=0, description="From the Individualised Learner Record.")
    AO: Count = Field(default=0, description="From awarding organisations.")


class LearnerWanted(Wanted):
    """A learner to be made: invented but for the fields of a world file's learner that are given; null: without it."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_with_fields)

    state: Annotated[list[State], BeforeValidator(_listed)] = Field(
        default=[], description="One or several; live and sharing when nothing is said."
    )
    linked_to: str | None = Field(None, description="ULN of the master of a linked learner; without it one is made.")
    similar_to: str | None = Field(
        None, description="ULN of the learner to be similar to: all alike but the address; without it one is made."
    )
    events: EventCounts = Field(
        EventCounts(), description="How many learning events to invent, beside those that are given."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        for group in _EITHER:
            both = [state.value for state in group if state in self.state]
            if len(both) > 1:
                raise ValueError(f"state: a learner is not both {both[0]} and {both[1]}; choose one")
        for state, field in ((State.LINKED, "linked_to"), (State.SIMILAR, "similar_to")):
            if getattr(self, field) is not None and self.standing is not state:
                raise ValueError(f"{field}: only goes with the state {state.value}; leave one of them out")
        return self

    @property
    def standing(self) -> State:
        """Which of the states that exclude each other, also when another field alone tells it."""
        for state in STANDINGS:
            if state in self.state:
                return state
        if self.linked_to is not None:
            return State.LINKED
        return State.LIVE if self.similar_to is None else State.SIMILAR

    def fields(self) -> Mapping[str, Any]:
        """Return the fields of a world file's learner that were given. Raises RefusedError for any other."""
        known = world_schema()["$defs"]["learner"]["properties"]
        given = self.model_extra or {}
        for name in given:
            if name not in known:
                raise RefusedError(422, f"{name[:50]}: {unknown(name, [*type(self).model_fields, *known])}", name[:50])
        return given


class LearnerShown(BaseModel):
    """A learner. made: the ULNs of others that had to be made for it, such as its master."""

    uln: str = Field(description="Its ULN.")
    search: dict[str, str] = Field(description="Its five details, to find it with.")
    code: str = Field(description="What a find with these answers.")
    ambiguous_search: dict[str, str] | None = Field(
        None, description="Five details that lead to this learner and to those similar to it: possible matches."
    )
    learner: dict[str, str] = Field(description="In the fields of a world file.")
    events: list[dict[str, str]] = Field(description="In the fields of a world file, newest first.")
    made: list[str] = Field([], description="ULNs of others that had to be made for it, such as its master.")
