"""Batches of learners over the wire: every field through two SOAP toolkits, every code, and who may see a job."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE, FixedClock
from lrs_soap.domain.codes import ErrorCode, ResponseCode, ReturnCode
from tests import factories
from tests.factories import uln_of
from tests.serving import environment
from tests.unit.batch_files.making import CSV_NAME, csv_file, write
from tests.unit.batch_files.making import learner as file_learner
from tests.wire import batches, requests
from tests.wire.batches import Place, Values, expected_learner, person, served, stored
from tests.wire.records import filled
from tests.wire.soap import Reply, post
from tests.wire.toolkits import REGISTER_NAMES, Services, answered, need_php

ORGANISATION = {
    "OrganisationRef": None,
    "UKPRN": "TEST0101",
    "OrgPassword": factories.PASSWORD,
    "UserName": "mis.user",
}
TOOLKITS = ["zeep", "php"]
LEGACY = ["LearnerService", "LearnerRegister"]

Ask = Callable[..., Values]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'register.db'}"


@contextmanager
def asking(toolkit: str, address: str, service: str) -> Iterator[Ask]:
    """Give what calls an operation with a toolkit, and returns the answer's members that are there."""
    if toolkit == "php":
        need_php()
        yield partial(ask_with_php, address, service)
    else:
        services = Services(address)
        yield lambda operation, **members: filled(services.call(service, operation, **members))
        services.close()


def ask_with_php(address: str, service: str, operation: str, **members: Any) -> Values:
    name = REGISTER_NAMES.get(operation, operation) if service == "LearnerRegister" else operation
    return answered(address, service, name, **members)


def took_moments(answer: Values) -> bool:
    """Take the two moments out of an answer; tell whether the second is not before the first."""
    return len(answer["JobStartedDateTime"]) == 19 and answer.pop("JobStartedDateTime") <= answer.pop(
        "JobFinishedDateTime"
    )


@pytest.mark.parametrize("service", LEGACY)
@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_200_learners_are_submitted_and_every_field_is_read_back(url: str, toolkit: str, service: str) -> None:
    learners, records = batches.registration_records()
    with served(url, learners) as place, asking(toolkit, place.address, service) as ask:
        sent = [filled(record.sent) if toolkit == "zeep" else record.sent for record in records]
        job = ask("submitBatchRegistration", JobType="FUL", LearnerRecordCount=200, Learner=sent, **ORGANISATION)
        job_id = job["JobID"]
        assert job == {"ResponseCode": "WSRC0007", "JobID": job_id}
        place.work_off()
        answer = ask("getBatchRegistrationOutput", JobID=job_id, **ORGANISATION)
        found = [filled(each) for each in answer.pop("Learner")]
        assert found == [expected_learner(record, each) for record, each in zip(records, found, strict=True)]
        assert took_moments(answer)
        assert answer == {
            "ResponseCode": "WSRC0009",
            "JobStatus": "Successful",
            "NewLearnersCount": 100,
            "ExistsUpdatedLearnersCount": 40,
            "PossibleMatchLearnersCount": 10,
            "LearnersNotFoundCount": 10,
            "RejectedLearnersCount": 40,
        }
        check_registered(place, found)


def check_registered(place: Place, found: list[Values]) -> None:
    """Check that the register now has what the batch says it has."""
    new, changed = found[0], found[3]
    for each in (new, changed):
        reply = post(
            place.address, "LearnerService", requests.by_uln(each["ULN"], each["GivenName"], each["FamilyName"])
        )
        told = {name: value for name, value in each.items() if name not in ("MISIdentifier", "ReturnCode")}
        assert {name: reply.find(f"Learner/{name}") for name in told} == told
        assert reply.find("Learner/VersionNumber") == ("1" if each is new else "2")


@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_200_learners_are_verified_and_every_field_is_read_back(url: str, toolkit: str) -> None:
    learners, records = batches.verify_records()
    with served(url, learners) as place, asking(toolkit, place.address, "LearnerService") as ask:
        blank = {"DateOfBirth": None, "Gender": None}
        members = {
            "LearnerRecordCount": 200,
            "OrgEmail": "mis@example.org",
            "Learner": [blank | sent for sent, _ in records],
        }
        job = ask("submitVerifyBatch", **members, **ORGANISATION)
        job_id = job["JobID"]
        assert job == {"ResponseCode": "WSRC0007", "JobID": job_id}
        place.work_off()
        answer = ask("getVerifyBatchOutput", JobID=job_id, **ORGANISATION)
        assert [filled(each) for each in answer.pop("VerifiedLearner")] == [expected for _, expected in records]
        assert took_moments(answer)
        assert answer == {"ResponseCode": "WSRC0009", "JobStatus": "Successful"}


def learner_service(place: Place, message: str) -> Reply:
    return post(place.address, "LearnerService", message)


def done(place: Place, *learners: Values, job_type: str = "FUL", caller: Values = requests.CALLER) -> Reply:
    """Submit a batch, have it done and return its output, which is the same at either address."""
    submitted = learner_service(place, requests.submit_batch(*learners, job_type=job_type, caller=caller))
    assert submitted.code == ResponseCode.BATCH_ACCEPTED
    place.work_off()
    output = requests.batch_output(submitted.find("JobID") or "", caller)
    reply = learner_service(place, output)
    assert post(place.address, "LearnerRegister", output).text == reply.text
    return reply


def record(values: Values, **changes: Any) -> Values:
    return {name: value for name, value in (values | changes).items() if value is not None}


KNOWN = {number: stored(number) for number in (1, 2, 3, 4, 5)}
LINKED = factories.linked_to(KNOWN[1], 300, given_name="May", family_name="Linked")
CROWD = [
    factories.learner(400 + number, given_name="Amy", family_name="Crowd", last_known_post_code=f"LS2 {number}AA")
    for number in range(10)
] + [
    factories.learner(420 + number, given_name="Amy", family_name="Crowd", last_known_post_code=f"LS3 {number}AA")
    for number in range(2)
]
AMY = requests.MAEVE | {"GivenName": "Amy", "FamilyName": "Crowd", "LastKnownPostCode": "EH1 1AA"}
MAY = {"GivenName": "May", "FamilyName": "Linked"}
# Each is about somebody else, so that they can be sent in any order.
RECORDS: dict[ReturnCode, list[Values]] = {
    ReturnCode.REGISTERED: [person(50)],
    ReturnCode.FOUND: [person(1)],
    ReturnCode.UPDATED: [record(person(2), Notes="Moved")],
    ReturnCode.CONFIRMED: [record(person(3), ULN=KNOWN[3].uln)],
    ReturnCode.LINKED_LEARNER: [record(MAY, ULN=LINKED.uln)],
    ReturnCode.INSUFFICIENT_DATA: [record(person(51), AbilityToShare=None)],
    ReturnCode.POSSIBLE_MATCHES: [record(person(4), LastKnownPostCode="ZZ99 9ZZ")],
    ReturnCode.TOO_MANY_MATCHES: [AMY],
    ReturnCode.NOT_FOUND: [record(person(5), ULN=uln_of(999))],
    ReturnCode.VALUE_MISSING: [record(person(52), DateOfBirth="")],
    ReturnCode.WRONG_FORMAT: [record(person(53), EmailAddress="none@example.org")],
    ReturnCode.REPEATED: [person(54), record(person(54), MISIdentifier="again")],
}
COUNTED = {
    "NewLearnersCount": {"RC001"},
    "ExistsUpdatedLearnersCount": {"RC002", "RC003", "RC004", "RC005"},
    "PossibleMatchLearnersCount": {"RC007", "RC008"},
    "LearnersNotFoundCount": {"RC009"},
    "RejectedLearnersCount": {"RC006", "RC010", "RC011", "RC012"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A register with learners of every kind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('batches') / 'register.db'}"
    with served(url, [*KNOWN.values(), LINKED, *CROWD]) as place:
        yield place


@pytest.mark.parametrize("code", [code for code in ReturnCode if code is not ReturnCode.OUTSIDE_AGE])
def test_return_codes_and_what_they_count_as(place: Place, code: ReturnCode) -> None:
    reply = done(place, *RECORDS[code])
    codes = reply.all("Learner/ReturnCode")
    assert codes[-1] == code
    assert {name: reply.find(name) for name in COUNTED} == {
        name: str(sum(one in counted for one in codes)) for name, counted in COUNTED.items()
    }


def test_a_batch_handed_in_as_a_file_is_read_by_web_service(place: Place, tmp_path: Path) -> None:
    file = write(tmp_path / CSV_NAME, csv_file(file_learner(1), file_learner(2, DateOfBirth="2020-01-01")))
    command = [sys.executable, "-m", "lrs_soap", "batch", "submit", str(file), "--ukprn", "TEST0101"]
    handed_in = subprocess.run(
        [*command, "--database", place.url], env=environment(), capture_output=True, text=True, check=True
    )
    number = re.search(r"Job (\d+)", handed_in.stdout)
    assert number is not None
    place.work_off()
    reply = post(place.address, "LearnerService", requests.batch_output(number[1]))
    assert reply.all("Learner/ReturnCode") == ["RC001", "RC013"]
    assert reply.find("RejectedLearnersCount") == "1"


def test_ages_outside_the_permitted_ones_are_wrong_formats_here(place: Place) -> None:
    assert done(place, record(person(60), DateOfBirth="2020-01-01")).find("Learner/ReturnCode") == "RC011"


def test_a_check_finds_and_changes_nothing(place: Place) -> None:
    reply = done(place, person(61), record(person(4), Notes="Not so"), job_type="CHK")
    assert reply.all("Learner/ReturnCode") == ["RC009", "RC002"]
    assert reply.all("Learner/ULN") == [KNOWN[4].uln]
    again = done(place, person(61), record(person(4), Notes="Not so"), job_type="CHK")
    assert again.all("Learner/ReturnCode") == ["RC009", "RC002"]
    assert again.find("LearnersNotFoundCount") == "1"


def test_an_empty_value_says_nothing(place: Place) -> None:
    first = done(place, person(62))
    again = done(place, record(person(62), Notes="", Title=""))
    assert (first.find("Learner/ReturnCode"), again.find("Learner/ReturnCode")) == ("RC001", "RC002")
    assert again.find("Learner/Notes") is None, "what was sent empty is not repeated"


KINDS: dict[str, tuple[Callable[..., str], Callable[..., str], Values]] = {
    "registration": (requests.submit_batch, requests.batch_output, MAY),
    "verification": (requests.submit_verify_batch, requests.verify_batch_output, record(MAY, ULN=LINKED.uln)),
}


@pytest.fixture
def fresh(url: str) -> Iterator[Place]:
    """A register whose jobs are those of one test."""
    with served(url, [KNOWN[1], LINKED], env={"LRS_SOAP_FIXED_TIME": "2026-06-01T10:30:00"}) as place:
        yield place


NOON = FixedClock(datetime(2026, 6, 1, 12, 0, 1, tzinfo=SERVICE_ZONE))


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_tells_how_it_stands(fresh: Place, kind: str) -> None:
    submit, output, values = KINDS[kind]
    job_id = learner_service(fresh, submit(values)).find("JobID") or ""
    reply = learner_service(fresh, output(job_id))
    assert reply.members() == {"ResponseCode": "WSRC0008", "JobStatus": "Waiting"}
    fresh.take_up(NOON)
    reply = learner_service(fresh, output(job_id))
    started = {"JobStartedDateTime": "2026-06-01 12:00:01"}
    assert reply.members() == {"ResponseCode": "WSRC0008", "JobStatus": "InProgress", **started}


@pytest.mark.parametrize("kind", KINDS)
def test_a_job_that_failed(fresh: Place, kind: str) -> None:
    submit, output, values = KINDS[kind]
    job_id = learner_service(fresh, submit(values)).find("JobID") or ""
    fresh.give_up("out of paper", NOON)
    told = learner_service(fresh, output(job_id)).members()
    expected = {
        "ResponseCode": "WSRC0010",
        "JobStatus": "Failed",
        "JobStartedDateTime": "2026-06-01 12:00:01",
        "JobFinishedDateTime": "2026-06-01 12:00:01",
    }
    assert told == expected | (dict.fromkeys(COUNTED, "0") if kind == "registration" else {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_count_that_is_not_the_number_of_learners(place: Place, kind: str, count: int) -> None:
    submit, _, values = KINDS[kind]
    reply = learner_service(place, submit(values, values, count=count))
    assert reply.members() == {"ResponseCode": "WSRC0017", "JobID": "0"}


def test_a_verify_batch_of_201_cannot_say_so(place: Place) -> None:
    values = record(MAY, ULN=LINKED.uln)
    refused = learner_service(place, requests.submit_verify_batch(*[values] * 201))
    assert refused.further.startswith("cvc-maxInclusive-valid: Value '201' ")
    mistaken = learner_service(place, requests.submit_verify_batch(*[values] * 201, count=200))
    assert mistaken.code == ResponseCode.WRONG_RECORD_COUNT


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (requests.submit_batch(*[MAY] * 201, count=200), "cvc-complex-type.2.4.d: "),
        (requests.submit_batch(count=1), "cvc-complex-type.2.4.b: "),
        (requests.submit_batch(MAY, count=0), "cvc-minInclusive-valid: Value '0' "),
        (requests.submit_batch(MAY, job_type="ful"), "cvc-pattern-valid: Value 'ful' "),
        (requests.submit_batch(MAY | {"GivenName": ""}), "cvc-pattern-valid: Value '' "),
        (requests.submit_batch(MAY | {"Gender": "3"}), "cvc-pattern-valid: Value '3' "),
        (requests.submit_verify_batch(MAY), "cvc-complex-type.2.4.a: "),
        (requests.submit_verify_batch(MAY | {"ULN": ""}), "cvc-pattern-valid: Value '' "),
        (requests.batch_output("one"), "cvc-datatype-valid.1.2.1: 'one' "),
        (requests.verify_batch_output(""), "cvc-datatype-valid.1.2.1: '' "),
    ],
)
def test_the_schema_refuses_a_whole_batch(place: Place, message: str, text: str) -> None:
    reply = learner_service(place, message)
    assert reply.code == ErrorCode.INVALID_REQUEST
    assert reply.further.startswith(text)


@pytest.mark.parametrize("kind", KINDS)
def test_jobs_of_others_of_another_kind_and_of_nobody_are_unknown(place: Place, kind: str) -> None:
    submit, output, values = KINDS[kind]
    (other,) = (other for name, (_, other, _) in KINDS.items() if name != kind)
    job_id = learner_service(place, submit(values)).find("JobID") or ""
    place.work_off()
    neighbour = requests.CALLER | {"UKPRN": "TEST0202"}
    unknown = [output(job_id, neighbour), other(job_id), *(output(number) for number in ("0", "-1", str(2**63 - 1)))]
    for message in unknown:
        assert learner_service(place, message).members() == {"ResponseCode": "WSRC0018"}
    assert learner_service(place, output(job_id)).code == ResponseCode.BATCH_FINISHED


CALLERS = {
    ErrorCode.UNKNOWN_ORGANISATION: requests.CALLER | {"UKPRN": "NOBODY99"},
    ErrorCode.WRONG_PASSWORD: requests.CALLER | {"OrgPassword": "fedcba9876543210"},
    ErrorCode.NOT_GRANTED: requests.CALLER | {"UKPRN": "TEST0404"},
}


@pytest.mark.parametrize("code", CALLERS)
@pytest.mark.parametrize("kind", KINDS)
def test_who_may_submit_and_ask(place: Place, kind: str, code: ErrorCode) -> None:
    submit, output, values = KINDS[kind]
    for message in (submit(values, count=7, caller=CALLERS[code]), output(1, CALLERS[code])):
        assert learner_service(place, message).code == code


def test_the_learner_register_takes_batches_too(place: Place) -> None:
    wrong = requests.submit_batch(MAY, count=2)
    assert post(place.address, "LearnerRegister", wrong).text == learner_service(place, wrong).text
    submitted = post(place.address, "LearnerRegister", requests.submit_batch(person(63)))
    assert submitted.code == ResponseCode.BATCH_ACCEPTED
    place.work_off()
    output = requests.batch_output(submitted.find("JobID") or "")
    assert learner_service(place, output).find("Learner/ReturnCode") == "RC001"
    refused = post(place.address, "LearnerRegister", requests.submit_verify_batch(record(MAY, ULN=LINKED.uln)))
    assert refused.code == ErrorCode.UNKNOWN_OPERATION


def test_simultaneous_submissions_are_jobs_of_their_own(database_url: str) -> None:
    messages = [requests.submit_batch(person(number), person(number + 100)) for number in range(24)]
    with served(database_url, env={"LRS_SOAP_WORKERS": "4"}) as place:
        with ThreadPoolExecutor(len(messages)) as pool:
            replies = list(pool.map(lambda message: learner_service(place, message), messages))
        job_ids = [reply.find("JobID") or "" for reply in replies]
        assert len(set(job_ids)) == len(messages)
        place.work_off()
        for number, job_id in enumerate(job_ids):
            output = learner_service(place, requests.batch_output(job_id))
            assert output.all("Learner/MISIdentifier") == [f"MIS-{number:03}", f"MIS-{number + 100:03}"]
            assert output.all("Learner/ReturnCode") == ["RC001", "RC001"]
