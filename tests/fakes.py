"""In-memory stand-ins of the domain's ports: small, real, and as strict as the ports say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from lrs_soap.domain import names, postcode
from lrs_soap.domain.achievement import Achievement, Qualification
from lrs_soap.domain.audit import AuditEntry, RecentFind
from lrs_soap.domain.codes import LearnerStatus, Operation
from lrs_soap.domain.learner import DetailsKey, Identity, Learner
from lrs_soap.domain.learning_event import LearningEvent
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.ports import Stored
from lrs_soap.domain.qualifications import reference_key

NOW = datetime(2026, 3, 2, 10, 15, 4, tzinfo=UTC)


def a_learner(uln: str = "9276308686", **changes: Any) -> Learner:
    """Return a live learner that passes every rule, with changes."""
    values: dict[str, Any] = {
        "given_name": "Maeve",
        "family_name": "Okafor",
        "date_of_birth": date(2004, 2, 29),
        "gender": "2",
        "last_known_post_code": "LS2 9AB",
        "verification_type": "1",
        "tier_level": "1",
        "ability_to_share": "1",
        "created_at": datetime(2019, 9, 3, tzinfo=UTC),
        "updated_at": datetime(2021, 1, 18, tzinfo=UTC),
        "version": 3,
    }
    return Learner(uln=uln, **values | changes)


def a_linked_learner(uln: str, master_uln: str, **changes: Any) -> Learner:
    """Return a learner linked to a master."""
    return a_learner(uln, status=LearnerStatus.LINKED, master_uln=master_uln, **changes)


def identity_of(learner: Learner) -> Identity:
    """Return what is compared of a learner."""
    return Identity(*(getattr(learner, name) for name in Identity._fields))


class InMemoryLearners:
    """Learners kept in a dictionary."""

    def __init__(self, *learners: Learner) -> None:
        self._records = {learner.uln: learner for learner in learners}

    def __iter__(self) -> Iterator[Learner]:
        return map(self._with_links, list(self._records.values()))

    def get(self, uln: str) -> Learner | None:
        found = self._records.get(uln)
        return self._with_links(found) if found else None

    def many(self, ulns: Iterable[str]) -> Mapping[str, Learner]:
        return {uln: found for uln in ulns if (found := self.get(uln))}

    def exact(self, details: DetailsKey) -> Sequence[Learner]:
        alike = [learner for learner in self._findable() if learner.details == details]
        return sorted(alike, key=lambda learner: (not learner.is_live, learner.uln))

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
        def is_worth_comparing(learner: Learner) -> bool:
            family, given = names.key(learner.family_name), names.key(learner.given_name)
            same_place = postcode.key(learner.last_known_post_code) == post_code_key
            shares_a_key = family in family_keys or given in given_keys or same_place
            sounds_alike = names.sound(family) in family_sounds or names.sound(given) in given_sounds
            if learner.date_of_birth in dates_of_birth:
                return shares_a_key or sounds_alike
            if month_of_birth and month_of_birth[0] <= learner.date_of_birth <= month_of_birth[1]:
                return shares_a_key
            return same_place and family in family_keys and given in given_keys

        return sorted(identity_of(learner) for learner in self._findable() if is_worth_comparing(learner))

    def add(self, learner: Learner) -> Stored:
        if learner.uln in self._records:
            return Stored.ULN_TAKEN
        return self._keep(learner)

    def replace(self, learner: Learner, expected_version: int) -> Stored:
        known = self._records.get(learner.uln)
        if known is None or known.version != expected_version:
            return Stored.VERSION_CHANGED
        return self._keep(learner)

    def _keep(self, learner: Learner) -> Stored:
        if learner.is_live and any(other.is_live for other in self.exact(learner.details) if other.uln != learner.uln):
            return Stored.DETAILS_TAKEN
        self._records[learner.uln] = learner
        return Stored.STORED

    def _findable(self) -> list[Learner]:
        return [self._with_links(learner) for learner in self._records.values() if not learner.is_deleted]

    def _with_links(self, learner: Learner) -> Learner:
        linked = (other.uln for other in self._records.values() if other.is_linked and other.master_uln == learner.uln)
        return replace(learner, linked_ulns=tuple(sorted(linked)))


class InMemoryLearningEvents:
    """Learning events kept in a list."""

    def __init__(self, *events: LearningEvent) -> None:
        self._events = list(events)

    def of(self, ulns: Iterable[str]) -> Sequence[LearningEvent]:
        wanted = set(ulns)
        found = sorted((event for event in self._events if event.uln in wanted), key=lambda event: event.event_id)
        return sorted(found, key=lambda event: event.award_date or date.min, reverse=True)


class InMemoryAuditTrail:
    """An audit trail kept in a list."""

    def __init__(self, *entries: AuditEntry) -> None:
        self.entries = list(entries)

    def record(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def finds(self, organisation: str, details: DetailsKey, since: datetime) -> Sequence[RecentFind]:
        made = (
            RecentFind(entry.at, entry.outcome)
            for entry in self.entries
            if entry.operation == Operation.LEARNER_BY_DEMOGRAPHICS
            and (entry.organisation, entry.details) == (organisation, details)
            and entry.at >= since
        )
        return sorted(made, key=lambda find: find.at, reverse=True)

    def views(self, ulns: Iterable[str], operation: str, offset: int, limit: int) -> tuple[int, Sequence[AuditEntry]]:
        wanted = set(ulns)
        named = [entry for entry in self.entries if entry.operation == operation and wanted & set(entry.ulns)]
        newest_first = sorted(named, key=lambda entry: entry.at, reverse=True)
        return len(named), newest_first[offset : offset + limit]


class InMemoryOrganisations:
    """Organisations kept in a list."""

    def __init__(self, *organisations: Organisation) -> None:
        self._organisations = organisations

    def by_ukprn(self, ukprn: str) -> Organisation | None:
        return next((known for known in self._organisations if known.ukprn.casefold() == ukprn.casefold()), None)

    def by_reference(self, reference: str) -> Organisation | None:
        wanted = reference.casefold()
        return next((known for known in self._organisations if known.reference.casefold() == wanted), None)


class InMemoryAchievements:
    """Achievements kept in a dictionary by the ID of their event."""

    def __init__(self, *achievements: Achievement) -> None:
        self._achievements = {achievement.event.event_id: achievement for achievement in achievements}

    def __iter__(self) -> Iterator[Achievement]:
        return iter(self._achievements.values())

    def find(self, ulns: Iterable[str], reported_by: str, reference: str, awarded: date) -> Achievement | None:
        wanted = {(uln, reported_by, reference_key(reference), awarded) for uln in ulns}
        found = [achievement for achievement in self if self._identity(achievement) in wanted]
        return min(found, key=lambda one: (one.withdrawn, one.event.event_id), default=None)

    def add(self, achievement: Achievement) -> bool:
        if self._identity(achievement) in map(self._identity, self):
            return False
        number = max(self._achievements, default=0) + 1
        self._achievements[number] = replace(achievement, event=replace(achievement.event, event_id=number))
        return True

    def replace(self, achievement: Achievement) -> None:
        self._achievements[achievement.event.event_id] = achievement

    def _identity(self, achievement: Achievement) -> tuple[str, str, str, date | None]:
        event = achievement.event
        return event.uln, achievement.reported_by, reference_key(event.subject_code or ""), event.award_date


class InMemoryQualifications:
    """Qualifications kept in a dictionary."""

    def __init__(self, *qualifications: Qualification) -> None:
        self._qualifications = {reference_key(one.reference): one for one in qualifications}

    def get(self, reference: str) -> Qualification | None:
        return self._qualifications.get(reference_key(reference))
