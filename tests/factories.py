"""Records of every kind for tests: every value can be chosen, the rest is plausible."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from lrs_soap.domain.achievement import Achievement, Qualification
from lrs_soap.domain.codes import LearnerStatus, Service
from lrs_soap.domain.jobs import Job, JobKind, JobStatus, Source
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_record import LearningEvent
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.passwords import hash_password
from lrs_soap.domain.uln import calc_check_digit

PASSWORD = "0123456789abcdef"
MOMENT = datetime(2024, 9, 3, 10, 30, tzinfo=UTC)

ALL_SERVICES = frozenset(service.value for service in Service)


@cache
def hashed(password: str = PASSWORD) -> str:
    """Hash a password once for all tests of a process."""
    return hash_password(password)


def uln_of(number: int) -> str:
    """Return a valid ULN for a small number; numbers a few apart give different ULNs."""
    prefix = 100_000_000 + number * 2
    for candidate in (prefix, prefix + 1):
        try:
            return f"{candidate}{calc_check_digit(str(candidate))}"
        except ValueError:
            continue
    raise AssertionError(f"two neighbouring prefixes without a check digit: {prefix}")


def organisation(**values: Any) -> Organisation:
    """Return an organisation that may do everything, unless values say otherwise."""
    known: dict[str, Any] = {
        "ukprn": "TEST0101",
        "reference": "TST001",
        "name": "Test College",
        "password_hash": hashed(),
        "grants": ALL_SERVICES,
    }
    return Organisation(**(known | values))


def learner(number: int = 1, **values: Any) -> Learner:
    """Return a live learner who shares; a number makes different people."""
    known: dict[str, Any] = {
        "uln": uln_of(number),
        "given_name": "Maeve",
        "family_name": "Okafor",
        "date_of_birth": date(2004, 2, 29),
        "gender": "2",
        "last_known_post_code": "LS2 9AB",
        "verification_type": "1",
        "tier_level": "1",
        "ability_to_share": "1",
        "created_at": MOMENT,
        "updated_at": MOMENT,
    }
    return Learner(**(known | values))


def full_learner(number: int = 1, **values: Any) -> Learner:
    """Return a learner of whom everything is known."""
    known: dict[str, Any] = {
        "title": "Ms",
        "middle_other_name": "Ngozi",
        "preferred_given_name": "Mae",
        "previous_family_name": "Obi",
        "family_name_at_age_16": "Obi",
        "school_at_age_16": "Mill Row Academy",
        "last_known_address_line_1": "4 Mill Row",
        "last_known_address_line_2": "Flat 2",
        "last_known_address_town": "Leeds",
        "last_known_address_county_or_city": "West Yorkshire",
        "date_of_address_capture": date(2023, 9, 1),
        "place_of_birth": "Leeds",
        "email_address": "maeve.okafor@example.org",
        "telephone_number": "0113 496 0000",
        "nationality": "GBR",
        "scottish_candidate_number": "123456789",
        "verification_type": "999",
        "other_verification_description": "Citizen card",
        "notes": "Met at the open day",
        "version": 3,
        "registered_by": "TEST0101",
        "updated_by": "TEST0101",
    }
    return learner(number, **(known | values))


def linked_to(master: Learner, number: int, **values: Any) -> Learner:
    """Return a record linked to a master."""
    return learner(number, **({"status": LearnerStatus.LINKED, "master_uln": master.uln} | values))


def event(owner: Learner, **values: Any) -> LearningEvent:
    """Return a learning event of a learner."""
    known: dict[str, Any] = {
        "event_id": 0,
        "uln": owner.uln,
        "source": "ILR",
        "subject": "GCSE in Sociology",
        "subject_code": "10009048",
        "qualification_type": "GCSE",
        "grade": "9999999999",
        "award_date": date(2020, 8, 20),
        "provider_name": "MILL ROW ACADEMY",
        "provider_ukprn": "10099901",
        "awarding_organisation_name": "UNKNOWN",
        "awarding_organisation": "UNKNWN",
        "collection_type": "W",
        "return_number": "02",
        "date_loaded": datetime(2020, 11, 5, 16, 47, 4, tzinfo=UTC),
        "restriction": "0",
    }
    return LearningEvent(**(known | values))


def qualification(**values: Any) -> Qualification:
    """Return a graded qualification."""
    known: dict[str, Any] = {
        "reference": "60012345",
        "title": "GCSE in Sociology",
        "qualification_type": "GCSE",
        "level": "Level 2",
        "grades": ("9", "8", "7", "6", "5", "4", "3", "2", "1", "U"),
    }
    return Qualification(**(known | values))


def awarding_organisation(**values: Any) -> Organisation:
    """Return an organisation that is set up to report achievements."""
    known = {"ukprn": "AWARD001", "reference": "AWD001", "name": "Test Awarding Body", "awarding": True}
    return organisation(**(known | values))


def achievement(owner: Learner, reported_by: str = "AWARD001", withdrawn: bool = False, **values: Any) -> Achievement:
    """Return an achievement of a learner; values: those of its event."""
    known: dict[str, Any] = {
        "source": "AO",
        "subject_code": "60012345",
        "level": "Level 2",
        "grade": "7",
        "award_date": date(2024, 8, 22),
        "awarding_organisation_name": "Test Awarding Body",
        "awarding_organisation": "AWD001",
        "collection_type": None,
        "return_number": None,
        "restriction": None,
        "date_loaded": MOMENT,
    }
    return Achievement(event(owner, **(known | values)), reported_by, withdrawn)


def achievement_values(owner: Learner, **values: str | None) -> dict[str, str]:
    """Return a sound record of a submission about a learner, by element name; None leaves an element out."""
    known: dict[str, str | None] = {
        "AchievementAwardDate": "2024-08-22T00:00:00",
        "Action": "1",
        "ActionDate": "2024-08-23T00:00:00",
        "DateofBirth": f"{owner.date_of_birth}T00:00:00",
        "FamilyName": owner.family_name,
        "Gender": owner.gender,
        "GivenName": owner.given_name,
        "Grade": "7",
        "MisIdentifier": "MIS-1",
        "ProviderUkprn": "TEST0101",
        "Uln": owner.uln,
        "UnitOrQualificationReferenceNumber": "60012345",
    }
    return {name: value for name, value in (known | values).items() if value is not None}


def job(**values: Any) -> Job:
    """Return a registration batch of one record that is being worked on."""
    known: dict[str, Any] = {
        "job_id": 1,
        "kind": JobKind.REGISTRATION,
        "status": JobStatus.IN_PROGRESS,
        "organisation": "TEST0101",
        "user_name": "mis.user",
        "mode": "FUL",
        "source": Source.WEB_SERVICE,
        "file_name": None,
        "email": None,
        "record_count": 1,
        "done": 0,
        "submitted_at": MOMENT,
        "started_at": MOMENT,
        "finished_at": None,
        "reason": None,
    }
    return Job(**(known | values))
