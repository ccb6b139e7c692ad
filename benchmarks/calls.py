"""What is called of every operation: its messages, as clients send them, and what their answers say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Any, Final

from benchmarks.large import ELSEWHERE, population, some_of
from benchmarks.population import newcomers
from benchmarks.submitting import to_register, to_verify
from lrs_soap.domain.codes import ResponseCode, VerificationCode
from lrs_soap.domain.learner import Learner
from lrs_soap.generating.birth import births
from tests import factories
from tests.wire import requests

BLOCKS: Final = 20
KNOWN: Final = 500
BATCH: Final = 10
REGISTRATION_JOB, VERIFICATION_JOB, ACHIEVEMENT_JOB = 1, 2, 3
SHARES: Final = "1"
FIVE: Final = ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")

Values = dict[str, Any]


class People:
    """Who is asked for in a register of a size.

    known: some who are asked for again and again; none of those whose date of birth nobody knew, which messages may not
    state. fresh: others, each given out once, so that nobody has changed them yet. new: people who are not in the
    register, once each.
    """

    def __init__(self, size: int) -> None:
        chance = Random(size)
        unknown = births(population(size).on).unknown
        found = [one for one in some_of(size, BLOCKS, chance) if one.date_of_birth != unknown]
        rest = [one for one in found if one.ability_to_share == SHARES]
        chance.shuffle(rest)
        self.known = rest[:KNOWN]
        self.fresh = iter(rest[KNOWN:])
        self.new = newcomers(0, 10_000_000)


@dataclass(frozen=True, slots=True)
class Call:
    """One operation, or a use of it. name: what tables call it. says: what each answer holds.

    messages: gives so many messages about people. once: whether each message may be sent once only.
    """

    name: str
    service: str
    says: str
    messages: Callable[[People, int], list[str]]
    once: bool = False


def of_each(write: Callable[[Learner], str], whom: Callable[[People], Sequence[Learner]]) -> Any:
    """Return what writes a message about each of some learners who are there to be asked for again."""
    return lambda people, _count: [write(one) for one in whom(people)]


def of_next(write: Callable[[Learner], str], whom: Callable[[People], Iterator[Learner]]) -> Any:
    """Return what writes a message about each of the next learners."""
    return lambda people, count: [write(one) for one in islice(whom(people), count)]


def of_groups(write: Callable[..., str], values: Callable[[Learner], object], *, new: bool) -> Any:
    """Return what writes messages about several learners each."""

    def messages(people: People, count: int) -> list[str]:
        groups = (_group(people, place, new) for place in range(count))
        return [write(*map(values, group)) for group in groups]

    return messages


def one(write: Callable[[], str]) -> Any:
    """Return what writes the same message every time."""
    return lambda _people, _count: [write()]


def _group(people: People, place: int, new: bool) -> list[Learner]:
    if new:
        return list(islice(people.new, BATCH))
    start = place * BATCH % (len(people.known) - BATCH + 1)
    return people.known[start : start + BATCH]


def _names(learner: Learner) -> Values:
    return {"given_name": learner.given_name, "family_name": learner.family_name}


def _r9_names(learner: Learner) -> Values:
    return {"givenName": learner.given_name, "familyName": learner.family_name}


def _by_uln(learner: Learner) -> str:
    return requests.by_uln(learner.uln, **_names(learner))


def _by_demographics(learner: Learner) -> str:
    told = to_register(learner)
    return requests.by_demographics(**{name: told[name] for name in FIVE})


def _moved(learner: Learner) -> str:
    return _by_demographics(replace(learner, last_known_post_code=ELSEWHERE))


def _verify(learner: Learner) -> str:
    return requests.verify(**{"uln" if name == "ULN" else name: value for name, value in to_verify(learner).items()})


def _register(learner: Learner) -> str:
    told: Values = {**to_register(learner)}
    return requests.register(**told)


def _update(learner: Learner) -> str:
    return requests.update(learner.uln, learner.version, **to_register(learner) | {"Notes": "Seen again"})


def _update_some(learner: Learner) -> str:
    return requests.update_subset(learner.uln, learner.version, telephoneNumber="0113 496 0009")


def _audit(learner: Learner) -> str:
    names: Values = {"learnerGivenName": learner.given_name, "learnerFamilyName": learner.family_name}
    return requests.view_audit(learner.uln, **names)


def _known(people: People) -> Sequence[Learner]:
    return people.known


def _new(people: People) -> Iterator[Learner]:
    return people.new


def _fresh(people: People) -> Iterator[Learner]:
    return people.fresh


_LEGACY: Final = "LearnerService"
_R9: Final = "LearnerServiceR9"
_EXTERNAL: Final = "ExternalService"
_EXACT: Final = ResponseCode.EXACT_MATCH.value
_ACCEPTED: Final = ResponseCode.BATCH_ACCEPTED.value
_FINISHED: Final = ResponseCode.BATCH_FINISHED.value

# Those that change nothing come first, those that fill the register last.
CALLS: Final = (
    Call("find by ULN", _LEGACY, _EXACT, of_each(_by_uln, _known)),
    Call("find by demographics", _LEGACY, _EXACT, of_each(_by_demographics, _known)),
    Call("find by demographics, moved", _LEGACY, "<ResponseCode>WSRC000", of_each(_moved, _known)),
    Call("verify", _LEGACY, VerificationCode.VERIFIED.value, of_each(_verify, _known)),
    Call(f"retrieve {BATCH} ULNs", _LEGACY, "<ULN>", of_groups(requests.retrieve, lambda one: one.uln, new=False)),
    Call(
        "find by ULN, R9",
        _R9,
        "LearnerByUlnResult",
        of_each(lambda o: requests.by_uln_r9(o.uln, **_r9_names(o)), _known),
    ),
    Call("learning events", _R9, "GCSE", of_each(lambda o: requests.events(o.uln, **_r9_names(o)), _known)),
    Call("view audit", _R9, "ViewAuditResult", of_each(_audit, _known)),
    Call("organisation", _R9, "GetOrganisationResult", one(lambda: requests.organisation(ukPrn="TEST0101"))),
    Call("batch output", _LEGACY, _FINISHED, one(lambda: requests.batch_output(REGISTRATION_JOB))),
    Call("verification output", _LEGACY, _FINISHED, one(lambda: requests.verify_batch_output(VERIFICATION_JOB))),
    Call("achievement job", _EXTERNAL, "Result", one(lambda: requests.achievement_job(ACHIEVEMENT_JOB))),
    Call("update", _LEGACY, ResponseCode.UPDATED.value, of_next(_update, _fresh), once=True),
    Call("update some fields", _R9, "Result", of_next(_update_some, _fresh), once=True),
    Call(
        "register",
        _LEGACY,
        ResponseCode.REGISTERED.value,
        of_next(_register, _new),
        once=True,
    ),
    Call(
        f"submit a batch of {BATCH}",
        _LEGACY,
        _ACCEPTED,
        of_groups(requests.submit_batch, to_register, new=True),
        once=True,
    ),
    Call(
        f"submit {BATCH} to verify", _LEGACY, _ACCEPTED, of_groups(requests.submit_verify_batch, to_verify, new=False)
    ),
    Call(
        f"submit {BATCH} achievements",
        _EXTERNAL,
        "Result",
        of_groups(requests.submit_achievements, factories.achievement_values, new=False),
    ),
)
