"""Dealing with an exception: accepting a learner that the record may be, correcting the record, having the learner
registered as a new one, or discarding the record.

Each is done within one unit of work and leaves a line in the audit trail. Rules: "accepting a candidate", "correcting a
record", "registering as new".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from lrs_soap.domain import batch, formats, linking
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.domain.codes import FindType, Operation, ResponseCode, ReturnCode, is_exception
from lrs_soap.domain.elements import stated
from lrs_soap.domain.exceptions_list import Caseworker, NotResolvableError, alike, candidates, entry_of
from lrs_soap.domain.jobs import Result, Source, Values
from lrs_soap.domain.learner import DetailsKey, Learner
from lrs_soap.domain.ports import Learners
from lrs_soap.domain.registration import LearnerToRegister, enrol

ELEMENTS: tuple[str, ...] = tuple(formats.FORMATS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work on an exception came to.

    exception: as it stands now. code and reason: the return code of a correction or registration, and why when that
    leaves the exception open. ulns: the learners that the code is about.
    """

    exception: BatchException
    code: ReturnCode | None = None
    reason: str | None = None
    ulns: tuple[str, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.exception.is_open


class NoCandidateError(NotResolvableError):
    """The ULN belongs to none of the learners that the record may be."""

    def __init__(self, uln: str, found: tuple[Learner, ...]) -> None:
        known = ", ".join(learner.uln for learner in found)
        advice = f"those are {known}" if known else "there are none: correct, register or discard the record"
        super().__init__(f"{uln} is none of the learners that the record may be; {advice}")


class UnknownElementError(NotResolvableError):
    """A correction names an element that a record cannot have."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(f"a record has no {', '.join(unknown)}; it has {', '.join(ELEMENTS)}")


class _StandsAlone:
    """The records before one that is corrected: none. Rule: "correcting a record"."""

    def repeat(self, _uln: str | None, _details: DetailsKey | None) -> bool:
        return False

    def came_to(self, _uln: str) -> bool:
        return False


def accept(case: Caseworker, exception_id: int, uln: str) -> Outcome:
    """Settle that a record is one of the learners that it may be; of a linked one, its master. Nothing of them changes.

    Raises NoCandidateError, and what `Caseworker.open_one` raises.
    """
    exception = case.open_one(exception_id)
    found = candidates(exception, case.learners)
    record = case.learners.get(uln)
    master = linking.standing_for(record, case.learners) if record else None
    if master is None or master.uln not in {learner.uln for learner in found}:
        raise NoCandidateError(uln, found)
    return _resolved(case, exception, Resolution.ACCEPTED, master.uln, asked={"ULN": uln})


def correct(case: Caseworker, exception_id: int, changes: Mapping[str, str]) -> Outcome:
    """Put values right, by element name, and deal with the record once more; an empty text takes a value out.

    When it is an exception still, it stays open with the corrected values and what is wrong now. Raises
    UnknownElementError, batch.RecordRaced, and what `Caseworker.open_one` raises.
    """
    if unknown := sorted(changes.keys() - set(ELEMENTS)):
        raise UnknownElementError(unknown)
    exception = case.open_one(exception_id)
    merged = {**exception.values, **changes}
    corrected = replace(exception, values={name: text for name, text in merged.items() if text.strip()})
    result = batch.process(corrected.values, _desk(case))
    if not is_exception(result.code):
        code = ReturnCode(result.code)
        return _resolved(case, corrected, Resolution.CORRECTED, result.uln, code=code, asked=changes)
    still_open = replace(
        corrected,
        code=str(result.code),
        candidates=tuple(result.facts.get("candidates", ())),
        reason=result.facts.get("reason"),
    )
    case.exceptions.replace(still_open)
    return _stays_open(case, still_open, Resolution.CORRECTED, result, changes)


def register_as_new(case: Caseworker, exception_id: int) -> Outcome:
    """Register the learner of a record although others may be the one, under a new ULN whatever ULN it states.

    The exception stays open when a value is missing or wrong, and when a live learner has the same five details. Raises
    batch.RecordRaced, and what `Caseworker.open_one` raises.
    """
    exception = case.open_one(exception_id)
    told = {name: text for name, text in exception.values.items() if text.strip()}
    refusal = _unfit_to_register(told, case.now.date()) or _twin(told, case.learners)
    if refusal is None:
        wanted = LearnerToRegister(**stated(told))
        result = enrol(wanted, case.by, learners=case.learners, now=case.now, randbelow=case.randbelow)
        if result.code is ResponseCode.REGISTERED:
            return _resolved(case, exception, Resolution.REGISTERED, result.uln, code=ReturnCode.REGISTERED)
        # Somebody else was faster; whoever has the details is there now.
        refusal = _twin(told, case.learners)
    if refusal is None:
        raise batch.RecordRaced
    return _stays_open(case, exception, Resolution.REGISTERED, refusal)


def discard(case: Caseworker, exception_id: int) -> Outcome:
    """Settle that nothing is to become of a record. Raises what `Caseworker.open_one` raises."""
    return _resolved(case, case.open_one(exception_id), Resolution.DISCARDED)


def _resolved(
    case: Caseworker,
    exception: BatchException,
    resolution: Resolution,
    uln: str | None = None,
    *,
    code: ReturnCode | None = None,
    asked: Mapping[str, str] | None = None,
) -> Outcome:
    ended = replace(
        exception,
        status=ExceptionStatus.RESOLVED,
        resolution=resolution,
        uln=uln,
        ended_at=case.now,
        ended_by=case.by.user_name,
    )
    case.exceptions.replace(ended)
    ulns = (uln,) if uln else ()
    _record(case, ended, resolution, resolution, ulns, asked)
    return Outcome(ended, code, ulns=ulns)


def _stays_open(
    case: Caseworker,
    exception: BatchException,
    attempted: Resolution,
    result: Result,
    asked: Mapping[str, str] | None = None,
) -> Outcome:
    ulns = tuple(result.facts.get("candidates", ()))
    _record(case, exception, attempted, result.code, ulns, asked)
    return Outcome(exception, ReturnCode(result.code), result.facts.get("reason"), ulns)


def _unfit_to_register(told: Values, today: date) -> Result | None:
    """Return what keeps a record from being registered; other than to be found, it needs all five details."""
    without_uln = {name: text for name, text in told.items() if name != "ULN"}
    unfit = batch.unfitness(told, Source.PORTAL, today) or batch.unfitness(without_uln, Source.PORTAL, today)
    if unfit is not None:
        return unfit
    missing = ", ".join(batch.missing_to_register(told))
    reason = f"Missing for a registration: {missing}."
    return Result(ReturnCode.INSUFFICIENT_DATA, None, {"reason": reason}) if missing else None


def _twin(told: Values, learners: Learners) -> Result | None:
    """Return the refusal to register a learner whom the register knows by the same five details."""
    known = next((learner for learner in alike(told, learners) if learner.is_live), None)
    if known is None:
        return None
    reason = f"The learner with ULN {known.uln} has the same five details; accept that one."
    return Result(ReturnCode.POSSIBLE_MATCHES, None, {"reason": reason, "candidates": [known.uln]})


def _desk(case: Caseworker) -> batch.Desk:
    return batch.Desk(
        mode=FindType.FULL,
        source=Source.PORTAL,
        by=case.by,
        now=case.now,
        learners=case.learners,
        earlier=_StandsAlone(),
        randbelow=case.randbelow,
    )


def _record(
    case: Caseworker,
    exception: BatchException,
    resolution: Resolution,
    outcome: str,
    ulns: tuple[str, ...],
    asked: Mapping[str, str] | None,
) -> None:
    entry = entry_of(exception, case.now, case.by.user_name, Operation.RESOLVE_EXCEPTION, resolution, outcome)
    case.audit.record(replace(entry, ulns=ulns, criteria={**entry.criteria, **(asked or {})}))
