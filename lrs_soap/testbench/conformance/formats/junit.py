"""The report as JUnit's XML, for the pages of a build server.

One test suite for each client. A rule that is broken is a failure with advice; a hint is no failure, but output. A
rule that could not be judged and a step that was not shown are skipped.
"""

from lxml import etree

from lrs_soap.testbench.conformance.catalogue import Severity
from lrs_soap.testbench.conformance.formats.markup import element
from lrs_soap.testbench.conformance.report import ClientReport, Outcome, Report, RuleOutcome, StepOutcome


def as_junit(report: Report) -> bytes:
    """Write the report as an XML document in UTF-8."""
    suites = element("testsuites", *(_suite(client) for client in report.clients), name="conformance")
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    etree.indent(suites)
    return etree.tostring(suites, encoding="UTF-8", xml_declaration=True)


def _suite(client: ClientReport) -> etree._Element:
    cases = [*(_rule(one) for one in client.rules), *(_step(one) for one in client.steps)]
    suite = element(
        "testsuite", *cases, name=client.name, timestamp=client.last.strftime("%Y-%m-%dT%H:%M:%S"), time="0"
    )
    suite.set("tests", str(len(cases)))
    suite.set("errors", "0")
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _rule(one: RuleOutcome) -> etree._Element:
    rule = one.rule
    case = element("testcase", classname="rules", name=f"{rule.number} {rule.title}", time="0")
    if one.outcome is Outcome.NOT_JUDGED:
        case.append(element("skipped", message="no request to which the rule applies"))
    elif one.outcome is Outcome.BROKEN and rule.severity is Severity.HINT:
        case.append(element("system-out", f"Hint: {_advice(one)}"))
    elif one.outcome is Outcome.BROKEN:
        said = f"broken {one.broken} of {one.broken + one.kept} times"
        case.append(element("failure", _advice(one), type=rule.severity.value, message=said))
    return case


def _advice(one: RuleOutcome) -> str:
    return f"{one.rule.mend}\nWhy: {one.rule.why}\nFirst by {one.place}: {one.example}\nFrom: {one.rule.origin}"


def _step(one: StepOutcome) -> etree._Element:
    step = one.step
    case = element("testcase", classname=f"script.{step.section}", name=f"{step.number} {step.send}", time="0")
    if not one.times:
        case.append(
            element("skipped", message=f"not shown yet: send {step.send}, answered by {' or '.join(step.codes)}")
        )
    return case
