"""docs/worlds.md tells what can be loaded: its example loads, and its tables name every field."""

import re
from pathlib import Path

import pytest

from lrs_soap.worlds import Loaded
from lrs_soap.worlds.learner_table import COLUMNS
from lrs_soap.worlds.schema import resolved, world_schema
from tests.unit.worlds.conftest import Load

TEXT = (Path(__file__).parents[3] / "docs" / "worlds.md").read_text("utf-8")


def section(title: str) -> str:
    (found,) = re.findall(rf"\n##+ {title}\n(.*?)(?=\n##|\Z)", TEXT, re.DOTALL)
    return str(found)


def test_the_example_loads(load: Load) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert load(example) == Loaded(organisations=1, learners=2, events=2)


@pytest.mark.parametrize(
    ("title", "record"), [("Organisations", "organisation"), ("Learners", "learner"), ("Learning events", "event")]
)
def test_every_field_is_told_as_the_schema_has_it(title: str, record: str) -> None:
    definition = world_schema()["$defs"][record]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section(title), re.MULTILINE))
    assert rows.keys() == definition["properties"].keys()
    for name, raw in definition["properties"].items():
        holds, remarks = rows[name].split(" | ")
        assert holds == resolved(raw)["description"]
        assert ("Mandatory." in remarks) == (name in definition["required"])


def test_every_column_is_told_in_order() -> None:
    assert tuple(re.findall(r"`(\w+)`", section("A table of learners").strip().split("\n\n")[0])) == COLUMNS
