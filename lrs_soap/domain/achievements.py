"""Achievements that awarding organisations report: they become learning events, are withdrawn and reinstated.

Rules: "achievements", "learner data errors", "business rule errors", "the same achievement twice is one event".
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from lrs_soap.domain import achievement_report as reports
from lrs_soap.domain import linking
from lrs_soap.domain.achievement import Achievement, Outcome, Qualification
from lrs_soap.domain.achievement_report import Action, Flaw, Report, flaw
from lrs_soap.domain.achievement_results import Summary, error_file, summarise
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import SubmissionType, VerificationCode
from lrs_soap.domain.jobs import Result, Values
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.ports import Achievements, Learners, Organisations, Qualifications
from lrs_soap.domain.qualifications import as_awarded
from lrs_soap.domain.verification import LearnerToVerify, Verification, verify

__all__ = ["Outcome", "Summary", "error_file", "process", "summarise"]

SOURCE = "AO"
_STATUS = {SubmissionType.FINAL: "F", SubmissionType.PROVISIONAL: "P"}
_VERIFIED = (VerificationCode.VERIFIED, VerificationCode.VERIFIED_LINKED)
_NUMBERED_BY_THE_STORE = 0
# When another worker was faster to add an achievement, the second look finds it.
_LOOKS = 2
# What a failed comparison with the stored learner means: the flag, the rule, the element.
_FLAWS_BY_FLAG = (
    ("VRF1", "LD002", "GivenName"),
    ("VRF4", "LD002", "FamilyName"),
    ("VRF7", "LD003", "DateofBirth"),
    ("VRF8", "LD004", "Gender"),
)


@dataclass(frozen=True, slots=True)
class _Case:
    """A record whose learner is known, with what the register holds for it."""

    report: Report
    final: bool
    reporter: Organisation
    learner: Learner
    ulns: tuple[str, ...]
    qualification: Qualification | None
    provider: Organisation | None


def process(
    values: Values,
    *,
    submission_type: SubmissionType,
    reporter: Organisation,
    now: datetime,
    learners: Learners,
    achievements: Achievements,
    qualifications: Qualifications,
    organisations: Organisations,
) -> Result:
    """Carry out one record of a submission, within the caller's unit of work.

    values: as sent, by element name. The outcome is the first class of errors that the record falls into (field data,
    learner data, business rules), with all errors of that class; or else what became of the achievement. An
    achievement is told from others by person, reporter, reference and award date.
    """
    given = reports.stated(values)
    if flaws := list(reports.field_flaws(given, now.astimezone(SERVICE_ZONE).date())):
        return _refused(Outcome.FIELD_DATA_ERROR, flaws)
    report = reports.read(given)
    verification = verify(_identity(report), learners)
    if verification.learner is None or verification.code not in _VERIFIED:
        return _refused(Outcome.LEARNER_DATA_ERROR, _learner_flaws(given, verification))
    case = _Case(
        report=report,
        final=submission_type == SubmissionType.FINAL,
        reporter=reporter,
        learner=verification.learner,
        ulns=linking.ulns_of_person(verification.learner, learners),
        qualification=qualifications.get(report.reference),
        provider=organisations.by_ukprn(report.provider),
    )
    return _decide(case, achievements, now)


def _identity(report: Report) -> LearnerToVerify:
    return LearnerToVerify(report.uln, report.given_name, report.family_name, report.date_of_birth, report.gender)


def _refused(outcome: Outcome, flaws: Iterable[Flaw]) -> Result:
    return Result(outcome, facts={"errors": [asdict(one) for one in flaws]})


def _learner_flaws(given: Values, verification: Verification) -> Iterator[Flaw]:
    if verification.code is VerificationCode.ULN_NOT_FOUND:
        yield flaw("LD001", "Uln", given["Uln"])
    for flag, code, element in _FLAWS_BY_FLAG:
        if flag in verification.flags:
            yield flaw(code, element, given[element])


def _decide(case: _Case, achievements: Achievements, now: datetime) -> Result:
    for _ in range(_LOOKS):
        known = _known(case, achievements)
        if flaws := [*_table_flaws(case), *_state_flaws(case, known)]:
            return _refused(Outcome.BUSINESS_RULE_ERROR, flaws)
        if outcome := _carried_out(case, known, achievements, now):
            return Result(outcome, case.learner.uln)
    msg = "an achievement is there and cannot be found"
    raise RuntimeError(msg)


def _known(case: _Case, achievements: Achievements) -> Achievement | None:
    if case.qualification is None:
        return None
    reference, awarded = case.qualification.reference, case.report.awarded
    return achievements.find(case.ulns, case.reporter.ukprn, reference, awarded)


def _table_flaws(case: _Case) -> Iterator[Flaw]:
    """Give what the register's qualifications and organisations say against a record."""
    if case.provider is None:
        yield flaw("BR002", "ProviderUkprn", case.report.provider)
    if case.qualification is None:
        yield flaw("BR001", reports.REFERENCE, case.report.reference)
    elif found := _grade_flaw(case.report, case.qualification):
        yield found


def _grade_flaw(report: Report, qualification: Qualification) -> Flaw | None:
    """Return what is wrong with the grade; withdrawing and reinstating need none."""
    known = ", ".join(qualification.grades)
    if report.grade is None:
        is_missing = bool(qualification.grades) and report.action is Action.REPORT
        return flaw("BR003", "Grade", known=known) if is_missing else None
    if not qualification.grades:
        return flaw("BR005", "Grade", report.grade)
    return None if as_awarded(report.grade, qualification) else flaw("BR004", "Grade", report.grade, known=known)


def _state_flaws(case: _Case, known: Achievement | None) -> Iterator[Flaw]:
    """Give what the achievement's present state says against a record."""
    action = case.report.action
    if known is None:
        if case.qualification is not None and action is not Action.REPORT:
            yield flaw("BR006" if action is Action.WITHDRAW else "BR007", "Action")
    elif action is Action.REPORT:
        if known.withdrawn:
            yield flaw("BR008", "Action")
        if known.event.status == _STATUS[SubmissionType.FINAL] and not case.final:
            yield flaw("BR009", reports.REFERENCE)


def _carried_out(case: _Case, known: Achievement | None, achievements: Achievements, now: datetime) -> Outcome | None:
    """Do what a sound record asks for; None when somebody else has just added the achievement."""
    if known is None:
        return Outcome.CREATED if achievements.add(_new(case, now)) else None
    if case.report.action is Action.REPORT:
        return _update(case, known, achievements, now)
    withdrawn = case.report.action is Action.WITHDRAW
    if known.withdrawn == withdrawn:
        return Outcome.UNCHANGED
    achievements.replace(replace(known, withdrawn=withdrawn))
    return Outcome.WITHDRAWN if withdrawn else Outcome.REINSTATED


def _new(case: _Case, now: datetime) -> Achievement:
    event = LearningEvent(
        event_id=_NUMBERED_BY_THE_STORE,
        uln=case.learner.uln,
        award_date=case.report.awarded,
        date_loaded=now,
        **_facts(case),
    )
    return Achievement(event, case.reporter.ukprn)


def _update(case: _Case, known: Achievement, achievements: Achievements, now: datetime) -> Outcome:
    event = replace(known.event, **_facts(case, known.event.language))
    if event == known.event:
        return Outcome.UNCHANGED
    achievements.replace(replace(known, event=replace(event, date_loaded=now)))
    return Outcome.UPDATED if event.status == known.event.status else Outcome.PROMOTED


def _facts(case: _Case, language: str | None = None) -> dict[str, Any]:
    """Return what a report says of an event; language: the one that stays when the report names none."""
    qualification, provider = case.qualification, case.provider
    assert qualification is not None, "an unknown reference was refused"
    assert provider is not None, "an unknown provider was refused"
    return {
        "source": SOURCE,
        "subject": qualification.title,
        "subject_code": qualification.reference,
        "qualification_type": qualification.qualification_type,
        "level": qualification.level,
        "grade": as_awarded(case.report.grade or "", qualification),
        "credits": qualification.credits,
        "provider_name": provider.name,
        "provider_ukprn": provider.ukprn,
        "awarding_organisation_name": case.reporter.name,
        "awarding_organisation": case.reporter.reference,
        "status": _STATUS[SubmissionType.FINAL if case.final else SubmissionType.PROVISIONAL],
        "language": case.report.language or language,
        "sensitive": qualification.sensitive,
    }
