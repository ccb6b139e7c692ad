"""The document on scenarios says what the catalogue and the model say, and its examples can be set."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.testbench.scenarios import CATALOGUE, Match, Scenario, read
from lrs_soap.testbench.scenarios.catalogue import Parameter

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "scenarios.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def entry_rows() -> list[str]:
    return [f"| `{name}` | {entry.explanation} |" for name, entry in CATALOGUE.items()]


def parameter_rows() -> list[str]:
    return [
        f"| `{name}` | `{parameter.name}` | `{json.dumps(parameter.default)}` | {values(parameter)} "
        f"| {parameter.explanation} |"
        for name, entry in CATALOGUE.items()
        for parameter in entry.parameters
    ]


def values(parameter: Parameter) -> str:
    if parameter.type == "error code":
        return f"a code of [operations.md](operations.md#error-codes), {min(ErrorCode)} to {max(ErrorCode)}"
    if parameter.choices:
        return " or ".join(f"`{json.dumps(choice)}`" for choice in parameter.choices)
    if parameter.maximum is not None:
        return f"{parameter.type}, {parameter.minimum} to {parameter.maximum}"
    return {"truth": "`true` or `false`", "text": "text", "header": "text of a header"}[parameter.type]


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_scenario_is_documented(name: str) -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |")]
    assert rows == [row for row in [*entry_rows(), *parameter_rows()] if row.startswith(f"| `{name}` |")]


@pytest.mark.parametrize("model", [Match, Scenario])
def test_every_field_is_documented(model: type[Match | Scenario]) -> None:
    fields = {field.alias or name for name, field in model.model_fields.items()}
    assert [name for name in fields if not re.search(rf"^\| `{name}` \|", TEXT, re.MULTILINE)] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_can_be_set(example: str) -> None:
    given: dict[str, Any] = json.loads(example)
    assert read(given).name == given["name"]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 3
