"""Batches to work off: what records state of learners, and handing them in."""

from collections.abc import Sequence
from datetime import datetime

from benchmarks.population import UKPRN
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import Channel, FindType
from lrs_soap.domain.elements import DATES, TEXTS
from lrs_soap.domain.jobs import JobKind, Submission
from lrs_soap.domain.learner import Learner
from lrs_soap.store import UnitOfWork

BY = Actor(UKPRN, "bench", Channel.BATCH)
_TO_VERIFY = ("ULN", "GivenName", "FamilyName", "DateOfBirth", "Gender")


def to_register(learner: Learner) -> dict[str, str]:
    """Return what a registration record without a ULN states of a learner."""
    told = {element: getattr(learner, name) for element, name in {**TEXTS, **DATES}.items()}
    return {element: str(value) for element, value in told.items() if value is not None}


def to_verify(learner: Learner) -> dict[str, str]:
    """Return what a verification record states of a learner."""
    told = to_register(learner) | {"ULN": learner.uln}
    return {element: told[element] for element in _TO_VERIFY}


def submit(work: UnitOfWork, kind: JobKind, records: Sequence[dict[str, str]]) -> int:
    """Hand in a batch and return the number of its job."""
    mode = FindType.FULL.value if kind is JobKind.REGISTRATION else ""
    return work.jobs.submit(Submission(kind=kind, by=BY, at=datetime.now(SERVICE_ZONE), mode=mode), records)
