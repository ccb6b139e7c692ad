"""What an exchange adds to a client's history: as little as the rules on conduct need, in a form that can be stored."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from lrs_soap.domain.codes import Operation, ResponseCode, UserType
from lrs_soap.domain.learner import details_key
from lrs_soap.testbench.conformance.sent import Sent

Known = dict[str, Any]

SUBMISSIONS: Final[Mapping[Operation, str]] = {
    Operation.SUBMIT_BATCH: "batch",
    Operation.SUBMIT_VERIFY_BATCH: "verify",
    Operation.SUBMIT_ACHIEVEMENTS: "achievements",
}
OUTPUTS: Final[Mapping[Operation, str]] = {
    Operation.GET_BATCH_OUTPUT: "batch",
    Operation.GET_VERIFY_BATCH_OUTPUT: "verify",
    Operation.GET_ACHIEVEMENT_JOB: "achievements",
}
TELLS_OF_A_MASTER: Final = frozenset({"WSRC0022", "WSVRC002", "WSVRC004"})
SUBSET_SHARING: Final = {"FPNNotSeen": "0", "FPNSeenShareData": "1"}

# Of our own answers, whose shape is known.
_TOLD = re.compile(rb"<(?:\w+:)?(ULN|Uln|AbilityToShare)>(\d+)<")
_LINKED = re.compile(rb'<ULN xmlns="">(\d+)<|<\w+:string>(\d+)<')
_JOB = re.compile(rb"<(?:\w+:)?Job(?:ID|Id)>(\d+)<")


class Facts(NamedTuple):
    """One exchange, as far as later ones are judged by it.

    operation: the domain's name of it; published: the service's own. code: the answer's. details: a digest of the five
    details. uln: the one sent, or of a registration the one allocated. told: ULNs shown whole, each with the ability to
    share. linked: ULNs that a master stands for. sharing: the ability to share that was sent. user_type: on whose
    behalf. job: kind and number. batch: a digest of the records. refused: a digest of the message, when it was refused.
    """

    operation: str = ""
    published: str = ""
    code: str = ""
    details: str = ""
    uln: str = ""
    told: Sequence[tuple[str, str]] = ()
    linked: Sequence[str] = ()
    sharing: str = ""
    user_type: str = ""
    job: str = ""
    batch: str = ""
    refused: str = ""


def facts_of(sent: Sent, code: str) -> Facts:
    """Return the facts of an exchange that was answered with a code."""
    if sent.exchange.status >= 500:
        return Facts(code=code, refused=digest(sent.exchange.body))
    if sent.operation is None or not sent.is_valid:
        return Facts(code=code)
    uln = sent.identity.get("uln") or sent.said.get("learneruln", "")
    named = {"operation": sent.operation.value, "published": sent.exchange.observation.operation}
    known: Known = {**named, "code": code, "uln": uln}
    special = _SPECIAL.get(sent.operation)
    return Facts(**(known if special is None else known | special(sent, code)))


def digest(text: bytes) -> str:
    """Return a short digest: what was sent is told apart by it, and cannot be read from it."""
    return blake2b(text, digest_size=12).hexdigest()


def _find_by_uln(sent: Sent, code: str) -> Known:
    return {"told": _told(sent)} | _linked(sent, code)


def _find_by_demographics(sent: Sent, code: str) -> Known:
    linked = _LINKED.findall(sent.exchange.answer) if code in TELLS_OF_A_MASTER else ()
    ulns = tuple((old or other).decode() for old, other in linked)
    return {"details": _details(sent), "told": _told(sent), "linked": ulns}


def _register(sent: Sent, code: str) -> Known:
    allocated = _TOLD.search(sent.exchange.answer)
    uln = allocated[2].decode() if allocated and code == ResponseCode.REGISTERED else ""
    return {"details": _details(sent), "uln": uln, "sharing": sent.identity.get("abilitytoshare", "")}


def _update(sent: Sent, _code: str) -> Known:
    return {"sharing": sent.identity.get("abilitytoshare", "")}


def _update_subset(sent: Sent, _code: str) -> Known:
    return {"sharing": SUBSET_SHARING.get(sent.said.get("abilitytoshare", ""), "")}


def _linked(sent: Sent, code: str) -> Known:
    return {"linked": (sent.identity.get("uln", ""),)} if code in TELLS_OF_A_MASTER else {}


def _events(sent: Sent, code: str) -> Known:
    return {"user_type": sent.said.get("usertype") or UserType.ORGANISATION.value} | _linked(sent, code)


def _submit(sent: Sent, _code: str) -> Known:
    assert sent.operation is not None
    job = _JOB.search(sent.exchange.answer)
    name = f"{SUBMISSIONS[sent.operation]} {job[1].decode()}" if job else ""
    kind = [SUBMISSIONS[sent.operation], sent.said.get("jobtype"), sent.said.get("submissiontype")]
    return {"batch": digest(repr([kind, sent.records]).encode("utf-8", "replace")), "job": name}


def _output(sent: Sent, _code: str) -> Known:
    assert sent.operation is not None
    return {"job": f"{OUTPUTS[sent.operation]} {sent.said.get('jobid', '')}"}


_SPECIAL: Final[Mapping[Operation, Callable[[Sent, str], Known]]] = {
    Operation.LEARNER_BY_ULN: _find_by_uln,
    Operation.LEARNER_BY_DEMOGRAPHICS: _find_by_demographics,
    Operation.REGISTER_LEARNER: _register,
    Operation.UPDATE_LEARNER: _update,
    Operation.UPDATE_SUBSET: _update_subset,
    Operation.VERIFY_LEARNER: _linked,
    Operation.GET_LEARNING_EVENTS: _events,
    **dict.fromkeys(SUBMISSIONS, _submit),
    **dict.fromkeys(OUTPUTS, _output),
}


def _details(sent: Sent) -> str:
    said = sent.identity
    try:
        born = date.fromisoformat(said.get("dateofbirth", "").strip())
    except ValueError:
        return ""
    names = said.get("familyname", ""), said.get("givenname", "")
    return digest(repr(details_key(*names, born, said.get("gender", ""), said.get("lastknownpostcode", ""))).encode())


def _told(sent: Sent) -> tuple[tuple[str, str], ...]:
    """Return whom an answer showed whole. R9's model of a learner has the ULN last, the other one first."""
    shown: list[tuple[bytes, bytes]] = _TOLD.findall(sent.exchange.answer)
    told, uln = [], b""
    for name, value in reversed(shown) if sent.is_r9 else shown:
        if name == b"AbilityToShare":
            told.append((uln.decode(), value.decode()))
        else:
            uln = value
    return tuple(told)
