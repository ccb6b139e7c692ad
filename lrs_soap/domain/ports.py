"""What the domain asks of a store: small collections, each with the few questions the rules need.

The SQL store implements these; unit tests hand in in-memory ones. Every call belongs to one unit of work.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum, auto
from typing import Protocol

from lrs_soap.domain.achievement import Achievement, Qualification
from lrs_soap.domain.audit import AuditEntry, RecentFind
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus
from lrs_soap.domain.learner import DetailsKey, Identity, Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.logins import FailedLogins
from lrs_soap.domain.organisations import Organisation


class Stored(Enum):
    """What became of a record handed to the store; the store's constraints decide, not a look beforehand."""

    STORED = auto()
    ULN_TAKEN = auto()
    DETAILS_TAKEN = auto()
    VERSION_CHANGED = auto()


class Learners(Protocol):
    """The learners of the register. Every learner comes with `linked_ulns` filled in (ascending)."""

    def get(self, uln: str) -> Learner | None:
        """Return the record of a ULN, of whatever status, or None."""
        ...

    def many(self, ulns: Iterable[str]) -> Mapping[str, Learner]:
        """Return the records of those ULNs that exist."""
        ...

    def exact(self, details: DetailsKey) -> Sequence[Learner]:
        """Return live and linked records alike in all five details: the live one first, then by ULN."""
        ...

    def candidates(
        self,
        *,
        family_keys: Sequence[str],
        given_keys: Sequence[str],
        family_sounds: Sequence[str],
        given_sounds: Sequence[str],
        post_code_key: str,
        dates_of_birth: Sequence[date],
        month_of_birth: tuple[date, date] | None = None,
    ) -> Sequence[Identity]:
        """Return what is compared of live and linked records worth comparing, by ULN, none twice.

        A record is worth comparing when its date of birth is one of those given and its family name key, given name
        key, family name sound, given name sound or postcode key is one of those given; when its date of birth lies
        within `month_of_birth` (first and last day) and one of its keys is among those given; or when its postcode,
        family name and given name keys all are, whatever its date of birth. Each way in is limited
        (`CANDIDATES_PER_WAY`).
        """
        ...

    def add(self, learner: Learner) -> Stored:
        """Store a new record: STORED, ULN_TAKEN or DETAILS_TAKEN (another live learner is alike in all five)."""
        ...

    def replace(self, learner: Learner, expected_version: int) -> Stored:
        """Replace a record: STORED, VERSION_CHANGED (its version is not the expected one) or DETAILS_TAKEN."""
        ...


class LearningEvents(Protocol):
    """The learning events of learners."""

    def of(self, ulns: Iterable[str]) -> Sequence[LearningEvent]:
        """Return all events of these ULNs that were not withdrawn, newest award date first, then by ID."""
        ...


class Achievements(Protocol):
    """The learning events that awarding organisations reported."""

    def find(self, ulns: Iterable[str], reported_by: str, reference: str, awarded: date) -> Achievement | None:
        """Return the achievement of one of these ULNs that an organisation (by UKPRN) reported, withdrawn or not.

        It stays as it is until the unit of work ends.
        """
        ...

    def add(self, achievement: Achievement) -> bool:
        """Store a new achievement; False when the same is there already. Its event is given the next ID."""
        ...

    def replace(self, achievement: Achievement) -> None:
        """Replace the achievement whose event has this ID."""
        ...


class Qualifications(Protocol):
    """The qualifications and units that can be achieved."""

    def get(self, reference: str) -> Qualification | None:
        """Return the qualification or unit of a reference number; letter case, slashes and hyphens aside."""
        ...


class EarlierRecords(Protocol):
    """The records of a batch that stand before the one being dealt with."""

    def repeat(self, uln: str | None, details: DetailsKey | None) -> bool:
        """Tell whether one of them states this ULN or these five details."""
        ...

    def came_to(self, uln: str) -> bool:
        """Tell whether one of them came to this learner."""
        ...


class BatchExceptions(Protocol):
    """The records of batches that wait for a person, and those that no longer do."""

    def add(self, exception: BatchException) -> None:
        """Store a new one, which is given the next number."""
        ...

    def get(self, exception_id: int) -> BatchException | None:
        """Return one by its number; while the unit of work lasts, nobody else can end it."""
        ...

    def of(
        self, organisation: str, status: ExceptionStatus | None = None, job_id: int | None = None
    ) -> Iterable[BatchException]:
        """Return those of an organisation (by UKPRN), oldest first."""
        ...

    def replace(self, exception: BatchException) -> None:
        """Replace one."""
        ...

    def overdue(self, submitted_before: datetime, limit: int) -> Sequence[BatchException]:
        """Return open ones that were submitted before a moment, oldest first; others may not end them meanwhile."""
        ...


class AuditTrail(Protocol):
    """The audit trail. Entries recorded here become durable with the unit of work."""

    def record(self, entry: AuditEntry) -> None:
        """Record one entry."""
        ...

    def finds(self, organisation: str, details: DetailsKey, since: datetime) -> Sequence[RecentFind]:
        """Return the finds an organisation (by UKPRN) made for these five details since a moment, newest first."""
        ...

    def views(self, ulns: Iterable[str], operation: str, offset: int, limit: int) -> tuple[int, Sequence[AuditEntry]]:
        """Return how many entries of an operation name these ULNs, and one page of them, newest first."""
        ...


class Organisations(Protocol):
    """The organisations that may call."""

    def by_ukprn(self, ukprn: str) -> Organisation | None:
        """Return the organisation with this UKPRN, letter case aside."""
        ...

    def by_reference(self, reference: str) -> Organisation | None:
        """Return the organisation with this OrganisationRef, letter case aside."""
        ...


class FailedLoginsByOrganisation(Protocol):
    """The wrong passwords given for organisations, which are named by UKPRN."""

    def of(self, ukprn: str) -> FailedLogins | None:
        """Return those given last."""
        ...

    def hold(self, ukprn: str) -> FailedLogins | None:
        """Return those given last; while the unit of work lasts, nobody else can count one."""
        ...

    def put(self, ukprn: str, failed: FailedLogins) -> None:
        """Keep these in place of those before."""
        ...
