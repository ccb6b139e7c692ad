"""A scenario as it is set: what happens, to which calls, in which world. JSON in and out."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.testbench.scenarios.catalogue import CATALOGUE, SEQUENCE
from lrs_soap.testbench.scenarios.facts import known_operations

OPERATIONS = known_operations()


class Problem(NamedTuple):
    """What is wrong with one field of a scenario."""

    field: str
    text: str


class ScenarioError(ValueError):
    """A scenario that cannot be set; the text names each field and says what is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(f"{field}: {text}" for field, text in problems))
        self.problems = problems


def _in_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SERVICE_ZONE)


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value


def _some(steps: list[Any]) -> list[Any]:
    if not steps:
        raise PydanticCustomError("steps", "a sequence needs at least one step")
    return steps


def _unknown(what: str, name: str, known: list[str]) -> PydanticCustomError:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    text = f"there is no {what} '{name[:60]}'" + (f"; did you mean '{close[0]}'?" if close else "")
    return PydanticCustomError("unknown_name", "{text}", {"text": text})


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise _unknown("operation", name, sorted(OPERATIONS))
    return name


Count = Annotated[int, Strict(), Field(ge=1)] | None
Moment = Annotated[datetime, AfterValidator(_in_zone)] | None


class Match(BaseModel):
    """Which calls a scenario is for: those that all of it is true of; what is left out is true of all.

    operation: names as published (learnerByULN), with the address (LearnerRegister.LearnerByULN), or of the element in
    the Body (FindLearnerByULN). organisation: UKPRN or OrganisationRef, as the message claims it. uln, name: patterns
    with * and ?, of one learner in the message. from, until: by the world's clock. nth, first, every: of the calls that
    all the criteria before are true of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True)

    operation: Annotated[tuple[Annotated[str, AfterValidator(_operation)], ...], BeforeValidator(_listed)] = ()
    organisation: Annotated[str, Field(pattern=r"^([0-9A-Za-z]{8}|[0-9A-Za-z]{6})$")] | None = None
    uln: Annotated[str, Field(pattern=r"^[0-9*?]{1,10}$")] | None = None
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    nth: Count = None
    first: Count = None
    every: Count = None
    from_: Moment = Field(default=None, alias="from")
    until: Moment = None
    probability: Annotated[float, Strict(), Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        if self.from_ and self.until and self.from_ >= self.until:
            raise PydanticCustomError("window", "from must be before until")
        return self

    @property
    def is_about_messages(self) -> bool:
        """Whether the message must have been read."""
        return bool(self.operation or self.organisation or self.uln or self.name)


class Step(BaseModel):
    """One step of a sequence: a scenario of the catalogue, for so many calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    parameters: Annotated[dict[str, Any], Field(validate_default=True)] = {}
    times: Annotated[int, Strict(), Field(ge=1)] = 1

    @field_validator("name")
    @classmethod
    def _known_name(cls, name: str) -> str:
        if name not in CATALOGUE:
            raise _unknown("scenario", name, [*CATALOGUE])
        return name

    @field_validator("parameters")
    @classmethod
    def _known_parameters(cls, given: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return _checked(info.data["name"], given) if "name" in info.data else given


class Sequence(BaseModel):
    """The parameters of a sequence. repeat: begins anew after the last step; else all is normal from then on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: Annotated[list[Step], AfterValidator(_some)]
    repeat: Annotated[bool, Strict()] = False


def _checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with what was left out; raises one error that holds all problems."""
    model = Sequence if name == SEQUENCE else CATALOGUE[name].model
    try:
        return model.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        found = list(_problems(error))
        text = "; ".join(f"{field}: {text}" for field, text in found)
        raise PydanticCustomError("parameters", "{text}", {"text": text, "problems": found}) from None


class Scenario(BaseModel):
    """One scenario of one world. id: given by the store. name: of the catalogue, or `sequence`. note: for people."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    id: int = 0
    name: str
    parameters: Annotated[dict[str, Any], Field(validate_default=True)] = {}
    match: Match = Match()
    world: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "default"
    enabled: Annotated[bool, Strict()] = True
    note: Annotated[str, Field(max_length=1000)] = ""

    @field_validator("name")
    @classmethod
    def _known_name(cls, name: str) -> str:
        if name not in CATALOGUE and name != SEQUENCE:
            raise _unknown("scenario", name, [*CATALOGUE, SEQUENCE])
        return name

    @field_validator("parameters")
    @classmethod
    def _known_parameters(cls, given: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        return _checked(info.data["name"], given) if "name" in info.data else given

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of a sequence; of any other scenario itself, for every call."""
        if self.name == SEQUENCE:
            return tuple(Sequence.model_validate(self.parameters).steps)
        return (Step(name=self.name, parameters=self.parameters),)

    @property
    def is_endless(self) -> bool:
        """Whether it goes on after its last step."""
        return self.name != SEQUENCE or bool(self.parameters["repeat"])

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as JSON can hold it; `read` makes it from that again."""
        return self.model_dump(mode="json")

    @property
    def fingerprint(self) -> str:
        """What it does, whatever its number and its world are: the same for scenarios that are alike."""
        kept = {"name": self.name, "parameters": self.parameters, "match": self.match.model_dump(mode="json")}
        return json.dumps(kept, sort_keys=True)


def read(values: Any) -> Scenario:
    """Return the scenario that JSON describes. Raises ScenarioError."""
    try:
        return Scenario.model_validate(values)
    except ValidationError as error:
        raise ScenarioError(list(_problems(error))) from None


def _problems(error: ValidationError) -> Iterator[Problem]:
    for found in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in found["loc"])
        yield from _inner(field, found)


def _inner(field: str, found: ErrorDetails) -> Iterator[Problem]:
    held: list[Problem] = found.get("ctx", {}).get("problems", [])
    for inner in held:
        yield Problem(f"{field}.{inner.field}", inner.text)
    if not held:
        unknown = found["type"] == "extra_forbidden"
        yield Problem(field or "scenario", "there is no such field" if unknown else found["msg"])
