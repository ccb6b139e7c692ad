"""What awarding organisations report: qualifications, and the achievements of learners in them."""

from dataclasses import dataclass
from enum import StrEnum

from lrs_soap.domain.learning_event import LearningEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """A qualification or unit that can be achieved.

    grades: those that may be awarded, best first; none when it is not graded. sensitive: its events are never shown to
    organisations.
    """

    reference: str
    title: str
    qualification_type: str
    level: str | None = None
    credits: int = 0
    grades: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Achievement:
    """An achievement as it was reported: its learning event, who reported it (UKPRN), and whether it was withdrawn."""

    event: LearningEvent
    reported_by: str
    withdrawn: bool = False


class Outcome(StrEnum):
    """What a record about an achievement came to."""

    CREATED = "created"
    UPDATED = "updated"
    PROMOTED = "promoted"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    UNCHANGED = "unchanged"
    FIELD_DATA_ERROR = "field data error"
    LEARNER_DATA_ERROR = "learner data error"
    BUSINESS_RULE_ERROR = "business rule error"
