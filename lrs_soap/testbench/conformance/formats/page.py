"""The report as one page that needs nothing but itself."""

from collections.abc import Iterable, Sequence
from typing import Final

from lxml import etree

from lrs_soap.testbench.conformance.formats.markup import Content, element
from lrs_soap.testbench.conformance.report import ClientReport, Outcome, Report, RuleOutcome, StepOutcome

STYLE: Final = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #0b0c0c; background: #fff }
main { max-width: 75rem; margin: 0 auto; padding: 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
caption { text-align: left; font-weight: bold; padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #b1b4b6; padding: .4rem .75rem .4rem 0 }
code { overflow-wrap: anywhere }
.error { color: #942514; font-weight: bold }
.warning { color: #7a4100; font-weight: bold }
a { color: #1d70b8 }
a:focus { outline: 3px solid #ffdd00; outline-offset: 2px; color: #0b0c0c }
"""


def as_html(report: Report) -> bytes:
    """Write the report as an HTML page in UTF-8."""
    where = "all worlds" if report.world is None else f"world {report.world}"
    title = f"Verdict on the clients of {where}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", STYLE),
    )
    made = element("p", f"Made at {report.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    body = element(
        "body",
        element(
            "main",
            element("h1", title),
            made,
            *_overview(report),
            *map(_client, range(len(report.clients)), report.clients),
        ),
    )
    page = element("html", head, body, lang="en")
    return etree.tostring(page, method="html", doctype="<!DOCTYPE html>", encoding="utf-8")


def _overview(report: Report) -> list[etree._Element]:
    if not report.clients:
        return [element("p", "No client has called yet.")]
    rows = [
        (
            element("a", client.name, href=f"#client-{place}"),
            str(client.requests),
            str(len(client.broken)),
            f"{len(client.steps) - len(client.missing)} of {len(client.steps)}",
        )
        for place, client in enumerate(report.clients)
    ]
    return [_table("Clients", ("Client", "Requests", "Rules broken", "Steps shown"), rows)]


def _client(place: int, client: ClientReport) -> etree._Element:
    heading = f"client-{place}"
    codes = [
        (operation, code, str(count))
        for operation, counted in client.operations.items()
        for code, count in counted.items()
    ]
    return element(
        "section",
        element("h2", client.name, id=heading),
        element("p", f"{client.calls}."),
        _broken(client.broken),
        _table("Test script", ("Step", "Operation", "Send", "Codes", "Shown"), map(_step, client.steps)),
        _table("Operations and codes", ("Operation", "Code", "Times"), codes),
        _table("All rules", ("Rule", "Title", "Severity", "Outcome", "Kept", "Broken"), map(_rule, client.rules)),
        aria_labelledby=heading,
    )


def _broken(broken: Sequence[RuleOutcome]) -> etree._Element:
    if not broken:
        return element("p", "No rule broken.")
    rows = [
        (
            one.rule.number,
            _severity(one),
            one.rule.title,
            str(one.broken),
            element("span", element("code", one.example), f" ({one.place})"),
            one.rule.why,
            one.rule.mend,
        )
        for one in broken
    ]
    return _table(
        "Rules broken", ("Rule", "Severity", "Title", "Times", "First broken by", "Why", "How to mend it"), rows
    )


def _rule(one: RuleOutcome) -> Sequence[Content]:
    outcome = element("strong", one.outcome.value) if one.outcome is Outcome.BROKEN else one.outcome.value
    rule = one.rule
    return rule.number, f"{rule.title} ({rule.origin})", rule.severity.value, outcome, str(one.kept), str(one.broken)


def _severity(one: RuleOutcome) -> Content:
    return element("span", one.rule.severity.value, class_=one.rule.severity.value)


def _step(one: StepOutcome) -> Sequence[Content]:
    step = one.step
    shown = f"{one.times} times" if one.times else element("strong", "missing")
    return step.number, step.section, step.send, " or ".join(step.codes), shown


def _table(caption: str, columns: Iterable[str], rows: Iterable[Sequence[Content]]) -> etree._Element:
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in columns)))
    body = element("tbody", *(_row(row) for row in rows))
    return element("table", element("caption", caption), head, body)


def _row(cells: Sequence[Content]) -> etree._Element:
    return element("tr", element("th", cells[0], scope="row"), *(element("td", cell) for cell in cells[1:]))
