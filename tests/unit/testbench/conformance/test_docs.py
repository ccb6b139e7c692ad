"""docs/conformance.md says what the data says: every rule, what it measures by, every step, every option."""

import re
from itertools import groupby
from pathlib import Path

import click
import pytest

from lrs_soap.commands.conformance import conformance
from lrs_soap.testbench.conformance.catalogue import ANY, Rule, Severity, Step, rules, script

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "conformance.md"
GROUPS = {"HTTP and WS-I": "R", "Sending": "LRS-1", "Messages": "LRS-2", "Values": "LRS-3", "Conduct": "LRS-4"}
SECTIONS = [(name, list(steps)) for name, steps in groupby(script(), key=lambda step: step.section)]


def section(heading: str) -> str:
    """Return what stands under a heading, up to the next of any level."""
    parts = re.split(r"^(?=##+ )", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (found,) = [part for part in parts if part.partition("\n")[0].lstrip("# ") == heading]
    return found


def rows(heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the last table under a heading."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    first = max(place for place, line in enumerate(lines) if set(line) <= set("|-")) + 1
    return [tuple(plain(cell) for cell in line.strip("|").split("|")) for line in lines[first:]]


def plain(cell: str) -> str:
    """Return what a cell of a table says, without what keeps it from being taken for markup."""
    return re.sub(r"\\([*<])", r"\1", cell.strip())


def told(rule: Rule) -> tuple[str, ...]:
    return rule.number, rule.title, rule.severity.value, rule.why, rule.mend, rule.origin


@pytest.mark.parametrize("heading", GROUPS)
def test_rules_are_told(heading: str) -> None:
    expected = [told(rule) for number, rule in rules().items() if number.startswith(GROUPS[heading])]
    assert expected
    assert rows(heading) == expected


def test_no_rule_is_without_a_group() -> None:
    assert all(number.startswith(tuple(GROUPS.values())) for number in rules())


def test_what_rules_measure_by_is_told() -> None:
    expected = [
        (number, name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for number, rule in rules().items()
        for name, value in rule.values.items()
    ]
    assert rows("What rules measure by") == expected


def test_severities_are_told() -> None:
    assert [row[0] for row in rows("Who is a client")] == list(Severity)


@pytest.mark.parametrize(("name", "steps"), SECTIONS, ids=[name for name, _ in SECTIONS])
def test_steps_are_told(name: str, steps: list[Step]) -> None:
    heading = f"{steps[0].number.partition('.')[0]} {name}"
    assert rows(heading) == [(step.number, step.send, " or ".join(step.codes), asked(step)) for step in steps]
    places = ", ".join("any operation" if place == ANY else f"`{place}`" for place in steps[0].at)
    assert f"Shown at: {places}.\n" in section(heading)


def asked(step: Step) -> str:
    """Return what a step wants to be sent beside what it says in words."""
    wanted = [f"{name} {value}" for name, value in step.where.items()]
    return ", ".join([*wanted, *([" or ".join(step.filled)] if step.filled else [])]) or "-"


def test_options_are_told() -> None:
    known = [max(option.opts, key=len) for option in conformance.params if isinstance(option, click.Option)]
    assert [row[0].strip("`") for row in rows("Run the compatibility test")] == known
