"""The report for a terminal."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from lrs_soap.testbench.conformance.catalogue import Step
from lrs_soap.testbench.conformance.report import ClientReport, Outcome, Report, RuleOutcome

WIDTH: Final = 110


def as_text(report: Report) -> bytes:
    """Write the report as plain text in UTF-8."""
    where = "all worlds" if report.world is None else f"world {report.world}"
    heading = f"Verdict on the clients of {where}, {report.made_at:%Y-%m-%d %H:%M:%S} UTC"
    parts = ["\n".join(_client(client)) for client in report.clients] or ["No client has called yet."]
    return "\n\n".join([heading, *parts, ""]).encode()


def _client(client: ClientReport) -> Iterator[str]:
    yield client.name
    yield "=" * len(client.name)
    yield client.calls
    yield ""
    yield "Operations and codes"
    for operation, codes in client.operations.items():
        counted = ", ".join(f"{code} {count}" for code, count in codes.items())
        yield from _wrapped(f"{operation}: {counted}", "  ")
    yield ""
    yield from _rules(client)
    yield ""
    yield from _script(client)


def _rules(client: ClientReport) -> Iterator[str]:
    kept = [one.rule.number for one in client.rules if one.outcome is Outcome.KEPT]
    unjudged = [one.rule.number for one in client.rules if one.outcome is Outcome.NOT_JUDGED]
    yield f"Rules: {len(client.broken)} broken, {len(kept)} kept, {len(unjudged)} not judged"
    for one in client.broken:
        yield from _broken(one)
    yield from _wrapped(f"Kept: {', '.join(kept) or 'none'}", "  ")
    yield from _wrapped(f"Not judged: {', '.join(unjudged) or 'none'}", "  ")


def _broken(one: RuleOutcome) -> Iterator[str]:
    rule, times = one.rule, f"{one.broken} of {one.broken + one.kept} times"
    yield from _wrapped(f"{rule.severity.upper()} {rule.number} {rule.title}: broken {times}", "  ")
    yield from _wrapped(f"First by {one.place}: {one.example}", "      ")
    yield from _wrapped(f"Why: {rule.why}", "      ")
    yield from _wrapped(f"Mend: {rule.mend}", "      ")


def _script(client: ClientReport) -> Iterator[str]:
    yield f"Test script: {len(client.steps) - len(client.missing)} of {len(client.steps)} steps shown"
    for section, outcomes in groupby(client.steps, key=lambda one: one.step.section):
        steps = list(outcomes)
        if any(one.times for one in steps):
            yield from _missing([one.step for one in steps if not one.times])
        else:
            yield f"  missing {steps[0].step.number} to {steps[-1].step.number} {section}: all of it"


def _missing(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        wanted = " or ".join(step.codes)
        yield from _wrapped(f"missing {step.number} {step.section}: {step.send} ({wanted})", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
