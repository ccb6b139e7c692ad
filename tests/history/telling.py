"""A report in lines for people."""

from collections.abc import Iterator

from tests.history.checker import Report

MOST_TOLD = 20


def lines(report: Report) -> Iterator[str]:
    """Give the lines of a report: numbers, findings, verdict."""
    for (kind, outcome), number in sorted(report.answers.items()):
        yield f"{number:9,}  {kind}: {outcome}"
    for trouble, number in sorted(report.troubles.items()):
        yield f"{number:9,}  {trouble}"
    found = [*report.findings.breaches, *report.findings.undecided]
    for finding in found[:MOST_TOLD]:
        yield f"{finding.rule}: {finding.told}"
    if len(found) > MOST_TOLD:
        yield f"… and {len(found) - MOST_TOLD} more"
    yield summary(report)


def summary(report: Report) -> str:
    """Return the verdict and the most important numbers in one line."""
    kills, restarts = report.kills, sum(report.troubles.values()) - report.kills
    return (
        f"{report.verdict}: {report.answers.total():,} operations on {report.learners:,} learners in "
        f"{report.versions:,} versions, {kills} workers killed, {restarts} restarts, {report.indeterminate} operations "
        f"without an answer, {report.indeterminate_writes} of them writes, of which {report.found_done} were done; "
        f"{len(report.findings.breaches)} breaches, {len(report.findings.undecided)} undecided"
    )
