"""The forms of the report, read back: nothing is lost, nothing is markup, nothing is loaded from elsewhere."""

import json
import re
from typing import Any

import pytest
from lxml import etree, html

from lrs_soap.testbench.conformance import FORMATS, Report, Verdicts
from lrs_soap.testbench.conformance.catalogue import Severity, rules, script
from lrs_soap.testbench.conformance.report import ClientReport, report
from tests.factories import PASSWORD
from tests.unit.testbench.conformance.cases import FIND
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.world import MAEVE, Place
from tests.wire import requests

HOSTILE = "<script>alert('1')</script>&\x1b[31m\x00"
SHOWN = "<script>alert('1')</script>&\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}"


@pytest.fixture(scope="module")
def told(place: Place) -> Report:
    """Report on a client that breaks rules of each severity, and on one with a hostile name."""
    verdicts = Verdicts()
    caller, hostile = Caller(place.service), Caller(place.service, agent=HOSTILE)
    made = [
        caller(requests.by_uln(MAEVE.uln, UserName="test")),
        caller(requests.register(GivenName="Formats")),
        caller(requests.by_uln(MAEVE.uln, OrgPassword="fedcba9876543210")),
        caller.r9("GetLearnerLearningEvents", requests.events(MAEVE.uln, dateOfBirth="2004-02-29", gender="2")),
        hostile(requests.by_uln(MAEVE.uln, UserName="?", GivenName="<b>Maeve</b>")),
        hostile(FIND, action="<b>&"),
    ]
    for exchange in made:
        verdicts.judge(exchange)
    return report(verdicts, "nightly")


@pytest.fixture
def empty() -> Report:
    return report(Verdicts())


def written(report: Report, form: str) -> str:
    return FORMATS[form].write(report).decode()


def of_json(report: Report) -> Any:
    return json.loads(written(report, "json"))


def test_clients_are_ordered_and_the_gravest_comes_first(told: Report) -> None:
    assert [client.user_agent for client in told.clients] == [SHOWN, "ExampleMIS/4.2"]
    severities = [one.rule.severity for one in told.clients[1].broken]
    assert severities == sorted(severities, key=list(Severity).index)
    assert set(severities) == set(Severity)


@pytest.mark.parametrize("form", FORMATS)
def test_no_form_tells_a_password_or_steers_a_terminal(told: Report, form: str) -> None:
    text = written(told, form)
    assert PASSWORD not in text
    assert "fedcba9876543210" not in text
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text) is None


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_says_when_nobody_has_called(empty: Report, form: str) -> None:
    text = written(empty, form)
    if form in ("text", "html"):
        assert "No client has called yet." in text
    elif form == "json":
        assert of_json(empty)["clients"] == []
    else:
        assert etree.fromstring(text.encode()).attrib["tests"] == "0"


def test_json_has_everything(told: Report) -> None:
    document = of_json(told)
    assert document["world"] == "nightly"
    assert document["broken"] == {severity.value: count for severity, count in told.broken.items()}
    for said, client in zip(document["clients"], told.clients, strict=True):
        assert (said["organisation"], said["user_agent"]) == (client.organisation, client.user_agent)
        assert (said["requests"], said["operations"]) == (client.requests, client.operations)
        assert [rule["number"] for rule in said["rules"]] == list(rules())
        assert [step["number"] for step in said["script"]] == [step.number for step in script()]
        shown = {step["number"]: step["times"] for step in said["script"] if step["shown"]}
        assert shown == {one.step.number: one.times for one in client.steps if one.times}
    (rule,) = [one for one in document["clients"][1]["rules"] if one["number"] == "LRS-302"]
    assert (rule["outcome"], rule["kept"], rule["broken"]) == ("broken", 3, 1)
    assert (rule["example"], rule["first_broken_by"]) == ("UserName: test", "LearnerService/learnerByULN")
    assert rule["first_broken_at"] == "2026-03-02T10:15:00+00:00"
    assert (rule["why"], rule["mend"]) == (rules()["LRS-302"].why, rules()["LRS-302"].mend)


def test_broken_rules_are_counted_once_for_each_client(told: Report) -> None:
    counted = dict.fromkeys(Severity, 0)
    for client in told.clients:
        for one in client.rules:
            counted[one.rule.severity] += bool(one.broken)
    assert told.broken == counted
    assert all(counted.values())


def test_html_is_whole_in_itself(told: Report) -> None:
    text = written(told, "html")
    page = html.document_fromstring(text)
    assert text.startswith("<!DOCTYPE html>")
    assert page.get("lang") == "en"
    assert page.findtext(".//title") == page.findtext(".//h1") == "Verdict on the clients of world nightly"
    assert not {element.tag for element in page.iter()} & {"script", "link", "img", "iframe"}
    assert not {name for element in page.iter() for name in element.attrib} & {"src", "onclick", "style"}
    links = [link.get("href", "") for link in page.findall(".//a")]
    assert all(link.startswith("#client-") for link in links)
    named = [section.get("aria-labelledby") for section in page.findall(".//section")]
    assert [link[1:] for link in links] == named == [heading.get("id") for heading in page.findall(".//h2")]


def test_html_tables_can_be_read_aloud(told: Report) -> None:
    page = html.document_fromstring(written(told, "html"))
    tables = page.findall(".//table")
    assert len(tables) == 1 + 4 * len(told.clients)
    for table in tables:
        assert table.findtext("caption")
        columns = table.findall("thead/tr/th")
        assert all(column.get("scope") == "col" for column in columns)
        for row in table.findall("tbody/tr"):
            assert len(row) == len(columns)
            assert (row[0].tag, row[0].get("scope")) == ("th", "row")


def test_html_tells_all_rules_and_steps(told: Report) -> None:
    page = html.document_fromstring(written(told, "html"))
    assert [heading.text for heading in page.findall(".//h2")] == [client.name for client in told.clients]
    for section, client in zip(page.findall(".//section"), told.clients, strict=True):
        by_caption = {table.findtext("caption"): table.findall("tbody/tr") for table in section.findall("table")}
        assert [row[0].text for row in by_caption["All rules"]] == list(rules())
        assert [row[0].text for row in by_caption["Test script"]] == [step.number for step in script()]
        missing = [row[0].text for row in by_caption["Test script"] if row[4].findtext("strong") == "missing"]
        assert missing == [one.step.number for one in client.missing]
        broken = {str(row[0].text): row.findtext(".//code") for row in by_caption["Rules broken"]}
        assert broken == {one.rule.number: one.example for one in client.broken}
        codes = {(row[0].text, row[1].text): row[2].text for row in by_caption["Operations and codes"]}
        assert codes == {(o, c): str(n) for o, counted in client.operations.items() for c, n in counted.items()}


def test_html_of_a_client_without_fault(place: Place) -> None:
    verdicts = Verdicts()
    message = '<?xml version="1.0" encoding="utf-8"?>' + requests.organisation(ukPrn="TEST0101")
    verdicts.judge(Caller(place.service).r9("GetOrganisation", message))
    clean = report(verdicts)
    assert clean.clients[0].broken == ()
    assert "No rule broken." in written(clean, "html")
    assert "Rules: 0 broken" in written(clean, "text")


def cases(suite: etree._Element) -> dict[str, etree._Element]:
    return {str(case.get("name")).split()[0]: case for case in suite.findall("testcase")}


def test_junit_has_a_suite_for_each_client(told: Report) -> None:
    suites = etree.fromstring(FORMATS["junit"].write(told))
    assert [suite.get("name") for suite in suites] == [client.name for client in told.clients]
    for suite, client in zip(suites, told.clients, strict=True):
        assert list(cases(suite)) == [*rules(), *(step.number for step in script())]
        _check_suite(suite, client)
    for name in ("tests", "failures", "skipped", "errors"):
        assert int(suites.attrib[name]) == sum(int(suite.attrib[name]) for suite in suites)


def _check_suite(suite: etree._Element, client: ClientReport) -> None:
    found = cases(suite)
    failed = {number for number, case in found.items() if case.find("failure") is not None}
    assert failed == {one.rule.number for one in client.broken if one.rule.severity is not Severity.HINT}
    hinted = {number for number, case in found.items() if case.find("system-out") is not None}
    assert hinted == {one.rule.number for one in client.broken if one.rule.severity is Severity.HINT}
    skipped = {number for number, case in found.items() if case.find("skipped") is not None}
    unjudged = {one.rule.number for one in client.rules if not one.kept and not one.broken}
    assert skipped == unjudged | {one.step.number for one in client.missing}
    assert (int(suite.attrib["tests"]), int(suite.attrib["errors"])) == (len(found), 0)
    assert (int(suite.attrib["failures"]), int(suite.attrib["skipped"])) == (len(failed), len(skipped))


def test_junit_advises(told: Report) -> None:
    suite = etree.fromstring(FORMATS["junit"].write(told))[1]
    failure = cases(suite)["LRS-302"].find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("warning", "broken 1 of 4 times")
    assert failure.text is not None
    assert failure.text.startswith(rules()["LRS-302"].mend)
    assert "First by LearnerService/learnerByULN, 2026-03-02 10:15:00 UTC: UserName: test" in failure.text
    missing = cases(suite)["3.1"].find("skipped")
    assert missing is not None
    assert (
        missing.get("message")
        == "not shown yet: send the five details of a learner, FindType FUL, answered by WSRC0004"
    )


def test_text_tells_what_to_mend_and_what_is_missing(told: Report) -> None:
    text = written(told, "text")
    flowing = " ".join(text.split())
    assert "Verdict on the clients of world nightly" in text
    assert f"TEST0101, {SHOWN}\n=====" in text
    assert "LearnerService/learnerByULN: WSEC0005 1, WSRC0004 1" in text
    broken = rules()["LRS-401"]
    assert f"ERROR LRS-401 {broken.title}: broken 1 of 1 times First by LearnerService/registerSingleLearner" in flowing
    assert f"Why: {broken.why} Mend: {broken.mend}" in flowing
    assert "missing 2.2 learnerByULN: ULN and names of a learner, FindType CHK (WSRC0004)" in flowing
    assert "missing 3.1 to 3.9 learnerByDemographics: all of it" in flowing
    assert "missing 2.1" not in flowing
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("form", FORMATS)
def test_media_types(form: str) -> None:
    kinds = {"text": "text/plain", "html": "text/html", "junit": "application/xml", "json": "application/json"}
    assert FORMATS[form].media_type.startswith(kinds[form])
