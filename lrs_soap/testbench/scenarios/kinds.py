"""The kinds of scenarios: from the parameters of one, and a call that it is for, to what is done to that call."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any, Final

from lrs_soap.domain.codes import MEANINGS, ErrorCode
from lrs_soap.services import http
from lrs_soap.services.faults import REFUSALS, RegisterFault
from lrs_soap.testbench.scenarios import effects, outputs
from lrs_soap.testbench.scenarios.delivery import BreakOff, page
from lrs_soap.testbench.scenarios.effects import STATUS, Effect
from lrs_soap.testbench.scenarios.facts import Facts

Tally = Callable[[str, float | None], tuple[int, float]]
LEARNING_EVENTS: Final = "GetLearnerLearningEvents"
OUTPUTS: Final = frozenset({"GetSubmitBatchOutput", "GetVerifyBatchOutput", "GetAchievementBatchJob"})
UPDATES: Final = frozenset({"UpdateLearner", "UpdateLearnerSubsetFields"})
RECORD_CODES: Final = frozenset({ErrorCode.INVALID_ULN, ErrorCode.NOT_SHARED, ErrorCode.NOT_VERIFIED})


@dataclass(frozen=True, slots=True)
class Cue:
    """A call that a scenario is for. facts: None when the message has not been read. draw: where chance comes from.

    tally: given a key and a number of seconds (None: for ever), counts this call, and returns how many there have been
    with the key in that time, and how many seconds of it are left.
    """

    facts: Facts | None
    draw: Random
    tally: Tally


Make = Callable[..., Effect | None]


def _normal(cue: Cue) -> Effect:
    return effects.Normal()


def _fault(cue: Cue, *, code: str, further: str = "") -> Effect:
    known = ErrorCode(code)
    if known in RECORD_CODES and cue.facts is not None and cue.facts.element == LEARNING_EVENTS:
        return effects.Answered(outputs.no_learning_record(known))
    return effects.Refusal(RegisterFault(known, further or MEANINGS[known].advice))


def _gateway_fault(cue: Cue, *, status: int, text: str) -> Effect:
    return effects.GatewayFault(status, text)


def _page(cue: Cue, *, status: int, retry_after: int, text: str) -> Effect:
    body = http.page(STATUS[status].partition(" ")[2], f"<p>{escape(text)}</p>")
    reply = page(STATUS[status], "text/html; charset=utf-8", body)
    return effects.Instead(reply.with_header("Retry-After", str(retry_after)) if retry_after else reply)


def _slow(cue: Cue, *, seconds: float) -> Effect:
    return effects.Late(seconds)


def _slow_spread(cue: Cue, *, least: float, most: float) -> Effect:
    return effects.Late(cue.draw.uniform(least, most))


def _trickle(cue: Cue, *, seconds: float, piece: int) -> Effect:
    return effects.Trickling(seconds, piece)


def _break_off(cue: Cue, *, how: str, carried_out: bool) -> Effect:
    return effects.BrokenOff(BreakOff(how), carried_out)


def _truncated(cue: Cue, *, keep: float) -> Effect:
    return effects.Truncated(keep)


def _empty(cue: Cue, *, carried_out: bool) -> Effect:
    return effects.Emptied(carried_out)


def _garbage(cue: Cue, *, size: int, content_type: str, carried_out: bool) -> Effect:
    return effects.Instead(page(STATUS[200], content_type, cue.draw.randbytes(size)), carried_out)


def _content_type(cue: Cue, *, content_type: str) -> Effect:
    return effects.Retyped(content_type)


def _duplicate(cue: Cue) -> Effect:
    return effects.Doubled()


def _stuck_batch(cue: Cue, *, polls: int) -> Effect | None:
    facts = _read(cue)
    polled, _ = cue.tally(f"{_caller(facts)}/{facts.element}/{facts.job}", None)
    return effects.Answered(outputs.unfinished_output) if polled <= polls else None


def _stale_version(cue: Cue) -> Effect:
    return effects.Answered(outputs.changed_since)


def _rate_limit(cue: Cue, *, calls: int, seconds: float, answer: str) -> Effect | None:
    called, left = cue.tally(_caller(_read(cue)), seconds)
    if called <= calls:
        return None
    wait = math.ceil(left)
    text = f"The organisation has made more than {calls} calls in {seconds:g} seconds; try again in {wait} seconds."
    if answer == "fault":
        return effects.Refusal(RegisterFault(ErrorCode.UNFORESEEN, text))
    too_many = page("429 Too Many Requests", "text/plain; charset=utf-8", f"{text}\n".encode())
    return effects.Instead(too_many.with_header("Retry-After", str(wait)))


def _read(cue: Cue) -> Facts:
    assert cue.facts is not None, "this kind asks for the message"
    return cue.facts


def _caller(facts: Facts) -> str:
    return "+".join(sorted(facts.organisations))


def _nowhere(parameters: Mapping[str, Any]) -> frozenset[str]:
    return frozenset()


def _of_fault(parameters: Mapping[str, Any]) -> frozenset[str]:
    # Such a fault there is not: the service says it as an answer of this operation alone.
    return frozenset({LEARNING_EVENTS} if ErrorCode(parameters["code"]) not in REFUSALS else ())


def _fault_reads(parameters: Mapping[str, Any]) -> bool:
    return ErrorCode(parameters["code"]) in RECORD_CODES


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of scenario.

    elements: those of the operations it can be done to, empty for all. reads: whether it must know the message.
    """

    make: Make
    elements: Callable[[Mapping[str, Any]], frozenset[str]] = _nowhere
    reads: Callable[[Mapping[str, Any]], bool] = lambda parameters: False


def _always(parameters: Mapping[str, Any]) -> bool:
    return True


KINDS: Final[Mapping[str, Kind]] = {
    "normal": Kind(_normal),
    "fault": Kind(_fault, _of_fault, _fault_reads),
    "gateway fault": Kind(_gateway_fault),
    "page": Kind(_page),
    "slow": Kind(_slow),
    "slow spread": Kind(_slow_spread),
    "trickle": Kind(_trickle),
    "break off": Kind(_break_off),
    "truncated": Kind(_truncated),
    "empty": Kind(_empty),
    "garbage": Kind(_garbage),
    "content type": Kind(_content_type),
    "duplicate": Kind(_duplicate),
    "stuck batch": Kind(_stuck_batch, lambda parameters: OUTPUTS, _always),
    "stale version": Kind(_stale_version, lambda parameters: UPDATES, _always),
    "rate limit": Kind(_rate_limit, reads=_always),
}
