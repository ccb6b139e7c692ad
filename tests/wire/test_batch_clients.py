"""The reference clients and commands for batches against a real service that works on its batches itself."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lrs_client.cli import main
from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.credentials import Credentials
from lrs_client.faults import LrsFault
from lrs_client.get_achievement_job import AchievementJob, get_achievement_job, wait_for_achievement_job
from lrs_client.get_batch_output import get_batch_output, wait_for_batch
from lrs_client.get_learning_events import get_learning_events
from lrs_client.get_verify_batch_output import wait_for_verify_batch
from lrs_client.layouts import OUTPUT_HEADINGS, VERIFIED_HEADINGS
from lrs_client.submit_achievements import ELEMENTS, Achievement, submit_achievements
from lrs_client.submit_batch import BatchLearner, submit_batch
from lrs_client.submit_verify_batch import LearnerToVerify, submit_verify_batch
from lrs_client.wire import wire_name
from lrs_soap.domain.learner import Learner
from tests import factories
from tests.wire.batches import (
    SCHOOL,
    Values,
    achievement,
    expected_learner,
    person,
    registration_records,
    served,
    stored,
    verify_records,
)

CREDENTIALS = Credentials(ukprn="TEST0101", organisation_ref="TST001", password=factories.PASSWORD, user_name="tester")
WORKING = {"LRS_SOAP_BATCH_WORKER": "true", "LRS_SOAP_BATCH_POLL": "0.1"}
EVERY = 0.1
PATIENCE = 120
EMAIL = "results@example.org"
# The element of each heading that a batch file writes differently.
FILE_NAMES = {"FamilyNameAt16": "FamilyNameAtAge16", "LastKnownAddressCountyorCity": "LastKnownAddressCountyOrCity"}
VERIFY_HEADING = "MISIdentifier,ULN,FamilyName,GivenName,DateOfBirth,Gender"

Serve = Callable[..., str]


@pytest.fixture
def serve_batches(tmp_path: Path) -> Iterator[Serve]:
    """Start a server that works on its batches, on a register of these learners."""
    with ExitStack() as stack:

        def start(learners: list[Learner], env: dict[str, str] | None = None) -> str:
            url = f"sqlite:///{tmp_path / 'register.db'}"
            return stack.enter_context(served(url, learners, WORKING if env is None else env)).address

        yield start


def record_of(kind: type[Any], values: Values) -> Any:
    """Return a client's record of elements; empty ones are none."""
    names = {wire_name(each.name): each.name for each in fields(kind)}
    return kind(**{names[name]: value for name, value in values.items() if value not in (None, "")})


def elements_of(record: Any, names: dict[str, str] | None = None) -> Values:
    """Return a client's record as elements, dates as text and without those that say nothing."""
    known = {(names or {}).get(name, wire_name(name)): value for name, value in asdict(record).items()}
    texts = {name: value.isoformat() if isinstance(value, date) else value for name, value in known.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in texts.items() if value}


@pytest.mark.parametrize("prefer", [LEARNER_SERVICE, LEARNER_REGISTER])
def test_two_hundred_learners_come_back_whole(serve_batches: Serve, prefer: str) -> None:
    learners, records = registration_records()
    with Connection(serve_batches(learners), CREDENTIALS, prefer=prefer) as connection:
        submitted = submit_batch(connection, [record_of(BatchLearner, record.sent) for record in records])
        assert submitted.code == "WSRC0007"
        assert submitted.job_id is not None
        output = wait_for_batch(connection, submitted.job_id, EVERY, PATIENCE)
    assert (output.code, output.status) == ("WSRC0009", "Successful")
    found = [elements_of(learner) for learner in output.learners]
    assert found == [expected_learner(record, answer) for record, answer in zip(records, found, strict=True)]
    counts = (
        output.new_learners_count,
        output.exists_updated_learners_count,
        output.possible_match_learners_count,
        output.learners_not_found_count,
        output.rejected_learners_count,
    )
    assert counts == (100, 40, 10, 10, 40)
    assert output.job_started_date_time is not None
    assert output.job_finished_date_time is not None
    assert output.job_started_date_time <= output.job_finished_date_time


def test_a_check_registers_nobody(serve_batches: Serve) -> None:
    with Connection(serve_batches([stored(0)]), CREDENTIALS) as connection:
        learners = [record_of(BatchLearner, person(number)) for number in (0, 1)]
        submitted = submit_batch(connection, learners, job_type="CHK")
        output = wait_for_batch(connection, submitted.job_id or 0, EVERY, PATIENCE)
    assert output.new_learners_count == 0
    assert [learner.uln for learner in output.learners] == [stored(0).uln, None]


def test_two_hundred_identities_are_verified(serve_batches: Serve) -> None:
    learners, records = verify_records()
    with Connection(serve_batches(learners), CREDENTIALS) as connection:
        identities = [record_of(LearnerToVerify, sent) for sent, _ in records]
        submitted = submit_verify_batch(connection, identities, email_address=EMAIL)
        output = wait_for_verify_batch(connection, submitted.job_id or 0, EVERY, PATIENCE)
    assert (output.code, output.status) == ("WSRC0009", "Successful")
    assert [elements_of(learner, VERIFIED_HEADINGS) for learner in output.learners] == [answer for _, answer in records]


def achieved(number: int, **changes: Any) -> Achievement:
    """Return the achievement of a person, as changed."""
    names = {element: name for name, element in ELEMENTS.items()}
    known: dict[str, Any] = {names[name]: value for name, value in achievement(number).items()}
    known["achievement_award_date"] = date(2024, 8, 22)
    known["action_date"] = datetime(2024, 8, 23, 9)  # noqa: DTZ001
    known["date_of_birth"] = stored(number).date_of_birth
    return replace(Achievement(**known), **changes)


def reported(connection: Connection, *achievements: Achievement, **choices: Any) -> AchievementJob:
    submitted = submit_achievements(connection, achievements, email_address=EMAIL, **choices)
    assert submitted.code == "WSRC0007"
    return wait_for_achievement_job(connection, submitted.job_id or 0, EVERY, PATIENCE)


def test_achievements_are_reported_corrected_and_withdrawn(serve_batches: Serve) -> None:
    with Connection(serve_batches([stored(0), stored(1)]), CREDENTIALS) as connection:
        first = reported(connection, achieved(0), achieved(1), submission_type="Provisional")
        final = reported(connection, achieved(0))
        changed = reported(connection, achieved(0, grade="B"), achieved(1, action=2))
        who = stored(0)
        record = get_learning_events(
            connection, uln=who.uln, given_name=who.given_name, family_name=who.family_name, user_type="LNR"
        )
    assert (first.status, first.type, first.user) == ("Successful", "Provisional", "tester")
    assert (first.achievements_created, first.successful_provisional_achievements) == (2, 2)
    assert (first.number_of_records, first.percentage_successful_records) == (2, 100)
    assert first.submitted_date is not None
    assert first.achievement_batch_error_file is None
    assert final.achievements_promoted_to_final == 1
    assert (changed.achievements_updated, changed.achievements_withdrawn) == (1, 1)
    (event,) = record.events
    assert (event.source, event.grade, event.status, event.subject_code) == ("AO", "B", "F", "60123456")


def test_wrong_achievements_stand_in_the_error_file(serve_batches: Serve) -> None:
    with Connection(serve_batches([stored(0)]), CREDENTIALS) as connection:
        job = reported(connection, achieved(1), achieved(0, grade="Z"), achieved(0, provider_ukprn="?"), achieved(0))
    assert (job.learner_data_errors, job.business_rule_errors, job.field_data_errors) == (1, 1, 1)
    assert job.achievement_batch_error_file is not None
    heading, *rows = csv.reader(io.StringIO(job.achievement_batch_error_file))
    assert len(heading) == 5
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert [row[1] for row in rows] == ["AO-001", "AO-000", "AO-000"]


@pytest.mark.parametrize(
    ("achievements", "choices", "code"),
    [
        ([], {}, "WSEC0047"),
        ([achieved(0)], {"email_address": "nobody"}, "WSEC0044"),
        ([achieved(0)], {"submission_type": "Draft"}, "WSEC0045"),
        ([achieved(0)] * 5001, {}, "WSEC0046"),
    ],
)
def test_a_faulty_submission_is_a_typed_fault(
    idle: str, achievements: list[Achievement], choices: dict[str, Any], code: str
) -> None:
    with Connection(idle, CREDENTIALS) as connection, pytest.raises(LrsFault) as caught:
        submit_achievements(connection, achievements, **({"email_address": EMAIL} | choices))
    assert caught.value.code == code


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that works on no batch."""
    with served(f"sqlite:///{tmp_path_factory.mktemp('idle') / 'register.db'}", [stored(0)]) as place:
        yield place.address


def test_who_awards_nothing_is_told_so(idle: str) -> None:
    with Connection(idle, replace(CREDENTIALS, ukprn=SCHOOL.ukprn, organisation_ref=SCHOOL.reference)) as connection:
        answer = submit_achievements(connection, [achieved(0)], email_address=EMAIL)
        assert (answer.code, answer.job_id) == ("WSRC0043", None)


def test_jobs_that_are_not_ones_own_are_unknown(idle: str) -> None:
    with Connection(idle, CREDENTIALS) as connection:
        job_id = submit_batch(connection, [record_of(BatchLearner, person(1))]).job_id
        assert job_id is not None
        unfinished = get_batch_output(connection, job_id)
        assert (unfinished.code, unfinished.status, unfinished.learners) == ("WSRC0008", "Waiting", ())
        assert get_achievement_job(connection, job_id).code == "WSRC0018"
    with Connection(idle, replace(CREDENTIALS, ukprn=SCHOOL.ukprn, organisation_ref=None)) as connection:
        assert get_batch_output(connection, job_id).code == "WSRC0018"


def run(address: str, name: str, *args: str, **variables: str) -> Result:
    """Run a command of the client as the test college."""
    known = {"LRS_UKPRN": "TEST0101", "LRS_ORGANISATION_REF": "TST001", "LRS_PASSWORD": factories.PASSWORD}
    env = known | {"LRS_USER_NAME": "tester", "LRS_URL": address} | variables
    result = CliRunner().invoke(main, [name, *args], env=env)
    assert not isinstance(result.exception, Exception), result.exception
    return result


def table(folder: Path, *lines: str) -> str:
    file = folder / "records.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def people_table(folder: Path, *numbers: int) -> str:
    """Make a file of people, its columns those of a batch file that are about a learner."""
    elements = [FILE_NAMES.get(heading, heading) for heading in OUTPUT_HEADINGS]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([person(number).get(element, "") for element in elements] for number in numbers)
    return table(folder, ",".join(OUTPUT_HEADINGS), text.getvalue().rstrip())


@pytest.mark.parametrize("service", [[], ["--learner-register"]])
def test_a_file_is_sent_in_parts_and_comes_back_as_one(
    serve_batches: Serve, tmp_path: Path, service: list[str]
) -> None:
    address = serve_batches([stored(0), stored(7)])
    file = people_table(tmp_path, *range(200), 7)
    arguments = ["--job-type", "CHK", "--wait", "--every", "0.1", "--format", "csv"]
    result = run(address, "submit-batch", file, *arguments, *service)
    assert (result.exit_code, result.stderr) == (0, "Job 1: learners 1 to 200\nJob 2: learners 201 to 201\n")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert (rows[0]["LearnerRecordCount"], rows[1]["LearnerRecordCount"]) == ("201", "")
    assert [row["MISIdentifier"] for row in rows] == [person(number)["MISIdentifier"] for number in (*range(200), 7)]
    assert [number for number, row in enumerate(rows) if row["ULN"]] == [0, 7, 200]
    last = rows[200]
    assert (last["ULN"], last["ReturnCode"], last["FamilyNameAt16"]) == (stored(7).uln, "RC002", "Obi-Wan")


def test_a_batch_is_told_on_the_screen_and_as_json(serve_batches: Serve, tmp_path: Path) -> None:
    address = serve_batches([stored(0)])
    result = run(address, "submit-batch", people_table(tmp_path, 0, 1, 0), "--wait", "--every", "0.1")
    assert (result.exit_code, result.stderr) == (0, "")
    for part in (
        "Job 1: learners 1 to 3",
        "WSRC0009",
        "Existing or updated  1",
        stored(0).uln,
        "RC002  found, nothing",
    ):
        assert part in result.stdout
    assert "RC012  twice in this batch\n       Leave one of the two out." in result.stdout
    assert "RC001  registered\n       " not in result.stdout
    output = json.loads(run(address, "batch-output", "1", "--json").stdout)
    assert [learner["return_code"] for learner in output["learners"]] == ["RC002", "RC001", "RC012"]
    file = tmp_path / "again.json"
    file.write_text(json.dumps(output["learners"][:2]))
    (again,) = json.loads(run(address, "submit-batch", str(file), "--wait", "--every", "0.1", "--json").stdout)
    assert [learner["return_code"] for learner in again["learners"]] == ["RC004", "RC004"]


def test_ulns_are_verified_by_commands(serve_batches: Serve, tmp_path: Path) -> None:
    who = stored(0)
    address = serve_batches([who])
    names = f"{who.uln},{who.family_name},{who.given_name}"
    file = table(tmp_path, VERIFY_HEADING, f"a,{names},{who.date_of_birth},", f"b,{names},1950-01-01,")
    result = run(address, "submit-verify-batch", file, "--wait", "--every", "0.1")
    assert (result.exit_code, result.stderr) == (0, "")
    for part in ("Job 1: learners 1 to 2", "WSRC0009", "WSVRC001", "WSVRC005", "VRF7"):
        assert part in result.stdout
    text = run(address, "verify-batch-output", "1", "--format", "csv").stdout
    assert [(row["ResponseCode"], row["FailureFlag"]) for row in csv.DictReader(io.StringIO(text))] == [
        ("WSVRC001", ""),
        ("WSVRC005", "VRF7"),
    ]


def test_achievements_are_reported_by_commands(serve_batches: Serve, tmp_path: Path) -> None:
    address = serve_batches([stored(0)])
    right = achievement(0) | {"DateofBirth": str(stored(0).date_of_birth), "AchievementAwardDate": "2024-08-22"}
    wrong = right | {"Grade": "Z"}
    rows = (",".join(map(str, values.values())) for values in (right, wrong))
    arguments = [table(tmp_path, ",".join(right), *rows), "--email", EMAIL, "--type", "provisional"]
    result = run(address, "submit-achievements", *arguments, "--wait", "--every", "0.1")
    assert (result.exit_code, result.stderr) == (0, "")
    told = " ".join(result.stdout.split())
    for part in ("Job 1: achievements 1 to 2", "WSRC0009", "Created 1", "Business rule errors 1", "AO-000"):
        assert part in told
    errors = tmp_path / "errors.csv"
    job = json.loads(run(address, "achievement-job", "1", "--errors", str(errors), "--json").stdout)
    assert (job["type"], job["achievement_batch_error_file"]) == ("Provisional", errors.read_text(encoding="utf-8"))
    assert "AO-000" in errors.read_text(encoding="utf-8")


def test_a_job_is_not_waited_for_for_ever(idle: str, tmp_path: Path) -> None:
    file = people_table(tmp_path, 2)
    result = run(idle, "submit-batch", file, "--wait", "--every", "0.1", "--timeout", "0.5")
    assert result.exit_code == 1
    job_id = result.stdout.split()[1].rstrip(":")
    assert result.stderr == (
        f"lrs-client: Job {job_id} is still Waiting after 0.5 seconds; the service goes on with it.\n"
    )
    unfinished = run(idle, "batch-output", job_id)
    assert (unfinished.exit_code, "WSRC0008" in unfinished.stdout) == (0, True)
    assert f"Job {job_id}: Waiting, waiting for its turn" in unfinished.stdout


def test_a_service_that_is_not_granted_takes_no_batch(idle: str, tmp_path: Path) -> None:
    finder = {"LRS_UKPRN": "TEST0404", "LRS_ORGANISATION_REF": "TST004"}
    result = run(idle, "submit-batch", people_table(tmp_path, 2), **finder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("WSEC0006  The organisation has not been granted this service.")
