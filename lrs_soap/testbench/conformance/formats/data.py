"""The report as JSON: everything that is known."""

import json
from typing import Any

from lrs_soap.testbench.conformance.report import ClientReport, Report, RuleOutcome, StepOutcome


def as_json(report: Report) -> bytes:
    """Write the report as a JSON document in UTF-8."""
    document = {
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "world": report.world,
        "broken": {severity.value: count for severity, count in report.broken.items()},
        "clients": [_client(client) for client in report.clients],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _client(client: ClientReport) -> dict[str, Any]:
    return {
        "organisation": client.organisation,
        "user_agent": client.user_agent,
        "first": client.first.isoformat(timespec="seconds"),
        "last": client.last.isoformat(timespec="seconds"),
        "requests": client.requests,
        "operations": client.operations,
        "rules": [_rule(one) for one in client.rules],
        "script": [_step(one) for one in client.steps],
    }


def _rule(one: RuleOutcome) -> dict[str, Any]:
    rule = one.rule
    return {
        "number": rule.number,
        "title": rule.title,
        "severity": rule.severity.value,
        "origin": rule.origin,
        "outcome": one.outcome.value,
        "kept": one.kept,
        "broken": one.broken,
        "example": one.example or None,
        "first_broken_by": one.operation or None,
        "first_broken_at": one.at.isoformat(timespec="seconds") if one.at else None,
        "why": rule.why,
        "mend": rule.mend,
    }


def _step(one: StepOutcome) -> dict[str, Any]:
    step = one.step
    return {
        "number": step.number,
        "operation": step.section,
        "send": step.send,
        "codes": list(step.codes),
        "shown": bool(one.times),
        "times": one.times,
    }
