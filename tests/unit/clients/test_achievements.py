"""The clients of achievements against the published contract: every field sent, every field read."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

import pytest

from lrs_client.connection import Connection
from lrs_client.credentials import CredentialsError
from lrs_client.get_achievement_job import AchievementJob, get_achievement_job
from lrs_client.jobs import Submitted
from lrs_client.submit_achievements import ELEMENTS, Achievement, submit_achievements
from tests.unit.clients.published import (
    CREDENTIALS,
    PASSWORD,
    SVC,
    Published,
    achievement_answer,
    connected,
    declared,
    texts,
)

ACHIEVED = Achievement(
    achievement_award_date=date(2024, 8, 22),
    action=1,
    action_date=datetime(2024, 8, 23, 10, 30),  # noqa: DTZ001
    action_reason="New",
    date_of_birth=date(2004, 2, 29),
    family_name="Okafor",
    gender=2,
    given_name="Maeve",
    grade="7",
    language_for_assessment="ENG",
    learner_postcode="LS2 9AB",
    mis_identifier="MIS-1",
    provider_ukprn="TEST0101",
    uln="9276308686",
    unit_or_qualification_reference_number="60012345",
)


def test_achievements_are_sent_with_every_field() -> None:
    values = {"ResponseCode": "WSRC0007", "JobId": 14}
    published = Published(achievement_answer("SubmitAchievementBatchJob", values))
    nothing: dict[str, Any] = {each.name: None for each in fields(ACHIEVED) if each.default is None}
    least = replace(ACHIEVED, **nothing)
    with connected(published) as connection:
        answer = submit_achievements(
            connection, [ACHIEVED, least], email_address="a@example.org", submission_type="Provisional"
        )
    assert answer == Submitted(code="WSRC0007", job_id=14)
    user, email, submission_type, achievements = published.messages[0]
    assert texts(user) == {"OrgPassword": PASSWORD, "OrganisationRef": "TST001", "UserName": "tester"}
    assert (email.text, submission_type.text) == ("a@example.org", "Provisional")
    assert texts(achievements[0]) == {
        "AchievementAwardDate": "2024-08-22T00:00:00",
        "Action": "1",
        "ActionDate": "2024-08-23T10:30:00",
        "ActionReason": "New",
        "DateofBirth": "2004-02-29T00:00:00",
        "FamilyName": "Okafor",
        "Gender": "2",
        "GivenName": "Maeve",
        "Grade": "7",
        "LanguageForAssessment": "ENG",
        "LearnerPostcode": "LS2 9AB",
        "MisIdentifier": "MIS-1",
        "ProviderUkprn": "TEST0101",
        "Uln": "9276308686",
        "UnitOrQualificationReferenceNumber": "60012345",
    }
    assert len(texts(achievements[1])) == 8


def test_a_job_of_achievements_is_read_with_every_field() -> None:
    numbers = {
        "AchievementsCreated": 1,
        "AchievementsPromotedToFinal": 2,
        "AchievementsReinstated": 3,
        "AchievementsUpdated": 4,
        "AchievementsWithdrawn": 5,
        "BusinessRuleErrors": 6,
    }
    values: dict[str, object] = {
        "ResponseCode": "WSRC0009",
        "AchievementBatchErrorFile": "RecordNumber,Text\n1,no such learner\n",
        **numbers,
        "Duration": "00:00:02",
        "EndDate": "2024-09-03T10:30:02",
        "FieldDataErrors": 7,
        "Filename": "results.csv",
        "JobID": 14,
        "LearnerDataErrors": 8,
        "NumberOfRecords": 36,
        "PercentageSuccessfulRecords": 41.5,
        "RejectionReason": "none",
        "StartDate": "2024-09-03T10:30:00",
        "Status": "Successful",
        "SubmittedDate": "2024-09-03T10:29:00",
        "SuccessfulFinalAchievements": 9,
        "SuccessfulProvisionalAchievements": 10,
        "Type": "Final",
        "User": "tester",
    }
    published = Published(achievement_answer("GetAchievementBatchJob", values))
    with connected(published) as connection:
        job = get_achievement_job(connection, 14)
    expected = {name.casefold(): value for name, value in values.items()}
    expected["code"] = expected.pop("responsecode")
    found = {each.name.replace("_", ""): getattr(job, each.name) for each in fields(AchievementJob)}
    moments = {name: value.isoformat() for name, value in found.items() if isinstance(value, datetime)}
    assert found | moments == expected
    assert published.messages[0].findtext(f"{{{SVC}}}jobId") == "14"


def test_a_very_long_error_file_is_read() -> None:
    values = {"ResponseCode": "WSRC0009", "AchievementBatchErrorFile": "x" * 11_000_000}
    with connected(Published(achievement_answer("GetAchievementBatchJob", values))) as connection:
        job = get_achievement_job(connection, 14)
    assert len(job.achievement_batch_error_file or "") == 11_000_000


@pytest.mark.parametrize(
    "call",
    [
        lambda connection: get_achievement_job(connection, 14),
        lambda connection: submit_achievements(connection, [ACHIEVED], email_address="a@example.org"),
    ],
)
def test_achievements_need_a_reference(call: Callable[[Connection], object]) -> None:
    published = Published()
    unreferenced = replace(CREDENTIALS, organisation_ref=None)
    with connected(published, unreferenced) as connection, pytest.raises(CredentialsError) as caught:
        call(connection)
    assert "only the UKPRN TEST0101. Set LRS_ORGANISATION_REF" in str(caught.value)
    assert published.messages == []


def test_fields_are_the_elements_of_the_contract_in_their_order() -> None:
    assert list(ELEMENTS.values()) == declared("external/services.xsd", "Achievement")
