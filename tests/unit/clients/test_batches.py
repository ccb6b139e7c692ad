"""The clients of batches against the published contract: every field sent, every field read."""

from dataclasses import fields, replace
from datetime import date, datetime

import pytest

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE
from lrs_client.get_batch_output import BatchOutput, OutputLearner, get_batch_output
from lrs_client.get_verify_batch_output import VerifiedBatchLearner, VerifyBatchOutput, get_verify_batch_output
from lrs_client.jobs import Submitted
from lrs_client.submit_batch import BatchLearner, submit_batch
from lrs_client.submit_verify_batch import LearnerToVerify, submit_verify_batch
from lrs_client.wire import wire_name
from tests.unit.clients.published import (
    BATCH,
    PASSWORD,
    VLD,
    Published,
    accepted,
    batch_output,
    connected,
    declared,
    elements,
    texts,
    verify_output,
)

CALLER = {"OrganisationRef": "TST001", "UKPRN": "TEST0101", "OrgPassword": PASSWORD, "UserName": "tester"}

WHOLE = BatchLearner(
    uln="9276308686",
    mis_identifier="MIS-1",
    title="Ms",
    given_name="Maeve",
    preferred_given_name="Mae",
    middle_other_name="Ngozi",
    family_name="Okafor",
    previous_family_name="Obi",
    family_name_at_age_16="Obi",
    school_at_age_16="Mill Row Academy",
    last_known_address_line_1="4 Mill Row",
    last_known_address_line_2="Flat 2",
    last_known_address_town="Leeds",
    last_known_address_county_or_city="West Yorkshire",
    last_known_post_code="LS2 9AB",
    date_of_address_capture=date(2023, 9, 1),
    date_of_birth=date(2004, 2, 29),
    place_of_birth="Leeds",
    email_address="maeve.okafor@example.org",
    gender="2",
    nationality="GBR",
    scottish_candidate_number="123456789",
    ability_to_share="1",
    verification_type="999",
    other_verification_description="Citizen card",
    notes="Met at the open day",
)
ELEMENTS_OF_WHOLE = {
    wire_name(name): str(value) for name, value in ((field.name, getattr(WHOLE, field.name)) for field in fields(WHOLE))
}


@pytest.mark.parametrize("prefer", [LEARNER_SERVICE, LEARNER_REGISTER])
def test_a_batch_is_sent_with_every_field(prefer: str) -> None:
    published = Published(accepted("SubmitBatchResponse", BATCH))
    with connected(published, prefer=prefer) as connection:
        answer = submit_batch(connection, [WHOLE, BatchLearner(given_name="Ada", family_name="Quill")])
    assert answer == Submitted(code="WSRC0007", job_id=12)
    (message,) = published.messages
    *head, whole, least = message
    assert message.tag == f"{{{BATCH}}}SubmitBatch"
    assert {element.tag: element.text for element in head} == CALLER | {"JobType": "FUL", "LearnerRecordCount": "2"}
    assert texts(whole) == ELEMENTS_OF_WHOLE
    assert texts(least) == {"GivenName": "Ada", "FamilyName": "Quill"}


def test_a_batch_may_only_find_and_be_refused() -> None:
    refused = accepted("SubmitBatchResponse", BATCH).replace("WSRC0007", "WSRC0017").replace("12", "0")
    published = Published(refused)
    with connected(published) as connection:
        answer = submit_batch(connection, [WHOLE], job_type="CHK")
    assert answer == Submitted(code="WSRC0017", job_id=None)
    assert published.messages[0].findtext("JobType") == "CHK"


@pytest.mark.parametrize("prefer", [LEARNER_SERVICE, LEARNER_REGISTER])
def test_the_output_of_a_batch_is_read_with_every_field(prefer: str) -> None:
    counts = {
        "JobStatus": "Successful",
        "NewLearnersCount": 1,
        "ExistsUpdatedLearnersCount": 2,
        "PossibleMatchLearnersCount": 3,
        "LearnersNotFoundCount": 4,
        "RejectedLearnersCount": 5,
        "JobStartedDateTime": "2024-09-03 10:30:00",
        "JobFinishedDateTime": "2024-09-03 10:30:02",
    }
    learner = f"<Learner>{elements(ELEMENTS_OF_WHOLE | {'ReturnCode': 'RC003'})}</Learner>"
    published = Published(batch_output("WSRC0009", elements(counts), learner))
    with connected(published, prefer=prefer) as connection:
        answer = get_batch_output(connection, 12)
    assert answer == BatchOutput(
        code="WSRC0009",
        job_id=12,
        status="Successful",
        new_learners_count=1,
        exists_updated_learners_count=2,
        possible_match_learners_count=3,
        learners_not_found_count=4,
        rejected_learners_count=5,
        job_started_date_time=datetime(2024, 9, 3, 10, 30),  # noqa: DTZ001
        job_finished_date_time=datetime(2024, 9, 3, 10, 30, 2),  # noqa: DTZ001
        learners=(
            OutputLearner(return_code="RC003", **{each.name: getattr(WHOLE, each.name) for each in fields(WHOLE)}),
        ),
    )
    assert texts(published.messages[0]) == CALLER | {"JobID": "12"}


@pytest.mark.parametrize("text", ["29/02/2004", "20040229", "2004-02-30"])
def test_what_was_sent_in_the_place_of_a_date_is_kept(text: str) -> None:
    learner = elements(ELEMENTS_OF_WHOLE | {"DateOfBirth": text, "ReturnCode": "RC011"})
    with connected(Published(batch_output("WSRC0009", f"<Learner>{learner}</Learner>"))) as connection:
        (found,) = get_batch_output(connection, 12).learners
    assert (found.date_of_birth, found.date_of_address_capture) == (text, date(2023, 9, 1))


def test_an_unknown_job_is_an_answer() -> None:
    with connected(Published(batch_output("WSRC0018"))) as connection:
        assert get_batch_output(connection, 12) == BatchOutput(code="WSRC0018", job_id=12)


def test_a_verify_batch_is_sent_with_every_field() -> None:
    whole = LearnerToVerify(
        mis_identifier="MIS-1",
        uln="9276308686",
        family_name="Okafor",
        given_name="Maeve",
        date_of_birth=date(2004, 2, 29),
        gender="2",
    )
    least = replace(whole, mis_identifier=None, date_of_birth=None, gender=None)
    published = Published(accepted("SubmitVerifyBatchResponse", VLD))
    with connected(published) as connection:
        answer = submit_verify_batch(connection, [whole, least], email_address="mis@example.org")
    assert answer == Submitted(code="WSRC0007", job_id=12)
    *head, first, second = published.messages[0]
    assert {element.tag: element.text for element in head} == CALLER | {
        "LearnerRecordCount": "2",
        "OrgEmail": "mis@example.org",
    }
    assert texts(first) == {
        "MISIdentifier": "MIS-1",
        "ULN": "9276308686",
        "FamilyName": "Okafor",
        "GivenName": "Maeve",
        "DateOfBirth": "2004-02-29",
        "Gender": "2",
    }
    assert texts(second) == {
        "ULN": "9276308686",
        "FamilyName": "Okafor",
        "GivenName": "Maeve",
        "DateOfBirth": None,
        "Gender": None,
    }


def test_the_output_of_a_verify_batch_is_read_with_every_field() -> None:
    searched = {
        "MISIdentifier": "MIS-1",
        "SearchedULN": "9276308686",
        "SearchedFamilyName": "Okafor",
        "SearchedGivenName": "Meave",
        "SearchedDateOfBirth": "2004-02-29",
        "SearchedGender": "2",
        "ResponseCode": "WSVRC003",
    }
    stored = {
        "ULN": "9276308686",
        "FamilyName": "Okafor",
        "GivenName": "Maeve",
        "DateOfBirth": "2004-02-29",
        "Gender": "2",
    }
    flags = "<FailureFlag>VRF1</FailureFlag><FailureFlag>VRF2</FailureFlag>"
    learner = f"<VerifiedLearner>{elements(searched | stored)}{flags}</VerifiedLearner>"
    times = {"JobStartedDateTime": "2024-09-03 10:30:00", "JobFinishedDateTime": "2024-09-03 10:30:02"}
    answer = verify_output("WSRC0009", elements({"JobStatus": "Successful"} | times), learner)
    with connected(Published(answer)) as connection:
        output = get_verify_batch_output(connection, 12)
    assert output == VerifyBatchOutput(
        code="WSRC0009",
        job_id=12,
        status="Successful",
        job_started_date_time=datetime(2024, 9, 3, 10, 30),  # noqa: DTZ001
        job_finished_date_time=datetime(2024, 9, 3, 10, 30, 2),  # noqa: DTZ001
        learners=(
            VerifiedBatchLearner(
                code="WSVRC003",
                mis_identifier="MIS-1",
                searched_uln="9276308686",
                searched_given_name="Meave",
                searched_family_name="Okafor",
                searched_date_of_birth=date(2004, 2, 29),
                searched_gender="2",
                uln="9276308686",
                given_name="Maeve",
                family_name="Okafor",
                date_of_birth=date(2004, 2, 29),
                gender="2",
                failure_flags=("VRF1", "VRF2"),
            ),
        ),
    )


def test_fields_are_the_elements_of_the_contract_in_their_order() -> None:
    learner = "learner_service/learner.xsd"
    ours = [wire_name(each.name) for each in fields(BatchLearner)]
    assert ours == declared(learner, "BatchLearner")
    assert [wire_name(each.name) for each in fields(OutputLearner)] == [*ours, *declared(learner, "OutputBatchLearner")]
    verify = [wire_name(each.name) for each in fields(LearnerToVerify)]
    assert verify == declared(learner, "MIAPBatchLearnerToVerify")
