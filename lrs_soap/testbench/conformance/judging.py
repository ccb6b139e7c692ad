"""One exchange judged: which rules it keeps and breaks, and which steps of the script it shows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from lrs_soap.domain.codes import Operation
from lrs_soap.testbench.conformance import conduct, message, transport, values
from lrs_soap.testbench.conformance.catalogue import steps_shown
from lrs_soap.testbench.conformance.checks import Check, Finding
from lrs_soap.testbench.conformance.conduct import History
from lrs_soap.testbench.conformance.excerpts import printable
from lrs_soap.testbench.conformance.facts import Facts, facts_of
from lrs_soap.testbench.conformance.sent import Sent, read
from lrs_soap.testbench.exchange import Exchange

CHECKS: Final[Mapping[str, Check]] = {**transport.RULES, **message.RULES, **values.RULES}
LISTS_CODES: Final = frozenset(
    {
        Operation.RETRIEVE_ULNS,
        Operation.GET_BATCH_OUTPUT,
        Operation.GET_VERIFY_BATCH_OUTPUT,
        Operation.GET_ACHIEVEMENT_JOB,
    }
)
LONGEST_NAME: Final = 200

_CODE = re.compile(rb"[>,](WS[A-Z]{2}C?\d{3,4}|RC\d{3}|(?:FD|LD|BR)\d{3})(?=[<,])")
_IS_CODE = re.compile(r"WS[A-Z]{2,3}\d{3,4}|VersionMismatch|MustUnderstand")


class Judgement(NamedTuple):
    """What one exchange says of a client, apart from its history; JSON has it as a list.

    at: seconds since 1970. organisation: the UKPRN admitted, else empty; claimed: what the request named. operation:
    such as LearnerService/learnerByULN. codes: that of the answer, then those listed in it. kept: rules; shown: steps.
    """

    at: float
    organisation: str
    claimed: str
    user_agent: str
    operation: str
    codes: Sequence[str]
    kept: Sequence[str]
    broken: Sequence[Finding]
    shown: Sequence[str]
    facts: Facts

    @classmethod
    def from_json(cls, known: list[Any]) -> Self:
        """Return a judgement that was stored."""
        judgement = cls(*known)
        broken = [Finding(*finding) for finding in judgement.broken]
        return judgement._replace(broken=broken, facts=Facts(*judgement.facts))


def judge(exchange: Exchange) -> Judgement | None:
    """Judge an exchange by itself; None for what is no request to a service, such as a look at its WSDL."""
    sent = read(exchange)
    if sent is None:
        return None
    codes, (kept, broken) = codes_of(sent), _checked(sent)
    operation = sent.published_name
    return Judgement(
        at=exchange.at.timestamp(),
        organisation=exchange.observation.organisation,
        claimed=_claimed(sent),
        user_agent=printable(sent.headers.get("user-agent", "")[:LONGEST_NAME]),
        operation=operation,
        codes=codes,
        kept=kept,
        broken=broken,
        shown=_shown(sent, operation, codes),
        facts=facts_of(sent, codes[0]),
    )


def judge_conduct(facts: Facts, history: History, at: float) -> tuple[list[str], list[Finding]]:
    """Return the rules on conduct that an exchange keeps, and how it breaks others, by the history before it."""
    said = {number: check(facts, history, at) for number, check in conduct.RULES.items()}
    kept = [number for number, example in said.items() if example == ""]
    return kept, [Finding(number, example) for number, example in said.items() if example]


def _checked(sent: Sent) -> tuple[list[str], list[Finding]]:
    kept, broken = [], []
    for number, check in CHECKS.items():
        example = check(sent)
        if example:
            broken.append(Finding(number, example))
        elif example is not None:
            kept.append(number)
    return kept, broken


def codes_of(sent: Sent) -> tuple[str, ...]:
    """Return the code that answered a request, then those of what the answer lists; the HTTP status without any."""
    exchange = sent.exchange
    outcome = str(exchange.observation.outcome)
    if sent.operation in LISTS_CODES or not _IS_CODE.fullmatch(outcome):
        listed = dict.fromkeys(code.decode() for code in _CODE.findall(exchange.answer))
        if _IS_CODE.fullmatch(outcome):
            listed = {outcome: None, **listed}
        return tuple(listed) or (f"HTTP {exchange.status}" if exchange.status else "no answer",)
    return (outcome,)


def _claimed(sent: Sent) -> str:
    caller = sent.caller
    claimed = caller.get("ukprn") or caller.get("organisationref") or caller.get("reference") or ""
    return printable(claimed.strip().upper()[:LONGEST_NAME])


def _shown(sent: Sent, operation: str, codes: Sequence[str]) -> list[str]:
    said = (sent.said, *sent.records)
    steps = {step.number: step for code in codes for step in steps_shown(operation, code)}
    return [number for number, step in steps.items() if step.asks_for(said)]
