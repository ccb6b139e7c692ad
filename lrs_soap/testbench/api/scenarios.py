"""Scenarios: set for a world, listed and removed."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, RootModel, WithJsonSchema

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError, unknown
from lrs_soap.testbench.api.routes import OfWorld, Resource
from lrs_soap.testbench.scenarios import (
    CATALOGUE,
    SEQUENCE,
    Counts,
    Match,
    Scenario,
    ScenarioError,
    UnknownScenarioError,
)
from lrs_soap.testbench.scenarios import read as read_scenario

GIVEN_BY_THE_STORE = frozenset({"id", "world"})
_UNKNOWN = "there is no such field"
_SEQUENCE = {
    "name": SEQUENCE,
    "explanation": "Goes through steps, call by call, each of them a scenario of this catalogue.",
    "parameters": [
        {
            "name": "steps",
            "type": "list",
            "explanation": "What happens in turn, each with name, parameters and times: for how many calls, else 1.",
        },
        {
            "name": "repeat",
            "type": "truth",
            "default": False,
            "explanation": "Whether to begin anew after the last step, rather than answer normally from then on.",
        },
    ],
}

scenarios = Resource("scenarios", "What goes wrong for the calls of a world, as long as it is set.")


class ScenarioShown(BaseModel):
    """A scenario that is set. calls: how many it was about so far. acted: to how many of them something happened."""

    id: int = Field(description="Its number.")
    name: str = Field(description="One of the catalogue, or `sequence`.")
    parameters: dict[str, Any] = Field(description="All of them, defaults included.")
    match: Match = Field(description="Which calls it is for.")
    world: str = Field(description="The world's name.")
    enabled: bool = Field(description="Whether it acts.")
    note: str = Field(description="For people.")
    calls: int = Field(description="How many calls it was about so far.")
    acted: int = Field(description="To how many of them something happened.")


class ScenariosShown(BaseModel):
    """The scenarios of a world, in the order in which they were set."""

    scenarios: list[ScenarioShown] = Field(description="Each of them.")


class CatalogueEntry(BaseModel):
    """A scenario that can be set."""

    name: str = Field(description="What to set it by.")
    explanation: str = Field(description="What it does, in one line.")
    parameters: list[dict[str, Any]] = Field(
        description="What can be chosen: name, type, explanation, and as it applies default, minimum, maximum, choices."
    )


class Catalogue(BaseModel):
    """All scenarios that can be set."""

    scenarios: list[CatalogueEntry] = Field(description="Each of them.")


class ScenarioWanted(
    RootModel[
        Annotated[
            dict[str, Any],
            WithJsonSchema(
                {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "description": "One of the catalogue, or `sequence`."},
                        "parameters": {"type": "object", "description": "As the catalogue has them."},
                        "match": {"$ref": "#/components/schemas/Match"},
                        "enabled": {"type": "boolean", "default": True},
                        "note": {"type": "string", "maxLength": 1000, "default": "", "description": "For people."},
                    },
                }
            ),
        ]
    ]
):
    """A scenario to be set."""


@scenarios.endpoint("GET", "/scenarios/catalogue")
def catalogue(deps: ApiDeps, query: OfWorld) -> Catalogue:
    """List what scenarios there are, with their parameters; the same for every world."""
    described = [entry.described() for entry in CATALOGUE.values()]
    return Catalogue.model_validate({"scenarios": [*described, _SEQUENCE]})


@scenarios.endpoint("GET", "/scenarios")
def list_scenarios(deps: ApiDeps, query: OfWorld) -> ScenariosShown:
    """List the scenarios of a world."""
    name = deps.worlds.record(query.world).name
    counts = deps.scenarios.counts(name)
    shown = [_shown(scenario, counts.get(scenario.id)) for scenario in deps.scenarios.list(name)]
    return ScenariosShown(scenarios=shown)


@scenarios.endpoint("POST", "/scenarios", status=201, location="/scenarios/{id}")
def add(deps: ApiDeps, query: OfWorld, body: ScenarioWanted) -> ScenarioShown:
    """Set a scenario. Of several that a call is subject to, the one that was set first acts."""
    name = deps.worlds.record(query.world).name
    return _shown(deps.scenarios.add(_scenario(body.root, name)), None)


@scenarios.endpoint("GET", "/scenarios/<int:number>")
def read(deps: ApiDeps, query: OfWorld, number: int) -> ScenarioShown:
    """Show a scenario."""
    scenario = _found(deps, query.world, number)
    return _shown(scenario, deps.scenarios.counts(query.world).get(number))


@scenarios.endpoint("DELETE", "/scenarios/<int:number>")
def remove(deps: ApiDeps, query: OfWorld, number: int) -> None:
    """Remove a scenario."""
    deps.scenarios.remove(_found(deps, query.world, number).id)


@scenarios.endpoint("DELETE", "/scenarios")
def clear(deps: ApiDeps, query: OfWorld) -> None:
    """Remove all scenarios of a world."""
    deps.scenarios.clear(deps.worlds.record(query.world).name)


def _scenario(values: dict[str, Any], world: str) -> Scenario:
    known = [name for name in Scenario.model_fields if name not in GIVEN_BY_THE_STORE]
    for name in sorted(GIVEN_BY_THE_STORE & values.keys()):
        raise RefusedError(422, f"{name}: is not chosen here; leave it out, and name the world as ?world=", name)
    try:
        return read_scenario({**values, "world": world})
    except ScenarioError as error:
        field, text = error.problems[0]
        if text == _UNKNOWN:
            text = unknown(field, known if "." not in field else [])
        raise RefusedError(422, f"{field}: {text}", field) from None


def _found(deps: ApiDeps, world: str, number: int) -> Scenario:
    name = deps.worlds.record(world).name
    try:
        scenario = deps.scenarios.get(number)
    except (UnknownScenarioError, OverflowError):
        scenario = None
    if scenario is None or scenario.world != name:
        raise RefusedError(404, f"there is no scenario {number} in the world '{name}'")
    return scenario


def _shown(scenario: Scenario, counts: Counts | None) -> ScenarioShown:
    counts = counts or Counts(0, 0)
    return ScenarioShown(**{**dict(scenario), "calls": counts.calls, "acted": counts.acted})
