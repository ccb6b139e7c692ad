"""docs/worlds.md tells what can be loaded: its example loads, and its tables name every field."""

import re
from pathlib import Path

import pytest

from lrs_soap.batch_files.layout import COLUMNS
from lrs_soap.domain.qualifications import GRADE_SETS
from lrs_soap.worlds import Loaded, qualification_table
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
    ("title", "record"),
    [
        ("Organisations", "organisation"),
        ("Learners", "learner"),
        ("Learning events", "event"),
        ("A table of qualifications", "qualification"),
    ],
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


def test_the_columns_of_qualifications_are_told_in_order_and_their_example_loads(load: Load) -> None:
    told = section("A table of qualifications")
    columns = re.findall(r"`(\w+)`", told.split("```")[0].split("letter case:")[1])
    assert tuple(columns) == qualification_table.COLUMNS
    assert load(told.split("```")[1].strip(), "qualifications.csv") == Loaded(qualifications=3)


def test_every_set_of_grades_is_told() -> None:
    rows = re.findall(r"^\| `(.*?)` \| (.*) \|$", section("Sets of grades"), re.MULTILINE)
    assert {name: tuple(re.findall("`(.+?)`", grades)) for name, grades in rows} == GRADE_SETS
