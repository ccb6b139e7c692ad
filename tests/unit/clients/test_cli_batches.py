"""The commands for batches without a service: what is sent in which parts, and what is told of it."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lrs_client import cli_batches, cli_jobs
from lrs_client.cli import main
from lrs_client.faults import LrsFault
from lrs_client.get_achievement_job import AchievementJob
from lrs_client.get_batch_output import BatchOutput
from lrs_client.jobs import Submitted
from lrs_client.output_batches import achievement_job_told
from lrs_client.submit_achievements import MOST_ACHIEVEMENTS
from tests.unit.clients.test_batches import WHOLE

CREDENTIALS = {
    "LRS_UKPRN": "TEST0101",
    "LRS_ORGANISATION_REF": "TST001",
    "LRS_PASSWORD": "0123456789abcdef",
    "LRS_USER_NAME": "tester",
    "LRS_URL": "http://lrs.example",
}
ACHIEVEMENTS = (
    "Uln,FamilyName,GivenName,ProviderUkprn,UnitOrQualificationReferenceNumber,Action,AchievementAwardDate,ActionDate\n"
)
ACHIEVEMENT = "9276308686,Okafor,Maeve,TEST0101,60012345,1,2024-08-22,2024-08-23\n"


def run(*args: str) -> Result:
    result = CliRunner().invoke(main, args, env=CREDENTIALS)
    assert not isinstance(result.exception, Exception), result.exception
    return result


@pytest.fixture
def learners(tmp_path: Path) -> str:
    """Make a file of 450 learners."""
    file = tmp_path / "learners.csv"
    file.write_text("GivenName,FamilyName\n" + "Ada,Quill\n" * 450)
    return str(file)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have batches accepted as jobs 1, 2 and so on, and collect how many learners each had."""
    parts: list[int] = []

    def submit(connection: object, part: Sequence[object], **choices: object) -> Submitted:
        parts.append(len(part))
        return Submitted(code="WSRC0007", job_id=len(parts))

    monkeypatch.setattr(cli_batches, "submit_batch", submit)
    return parts


def refuse(part: int, answer: Submitted | LrsFault) -> Callable[..., Submitted]:
    """Accept parts as jobs 1, 2 and so on until this one, which is answered otherwise."""
    jobs = iter(range(1, part))

    def submit(*args: object, **choices: object) -> Submitted:
        job_id = next(jobs, None)
        if job_id:
            return Submitted(code="WSRC0007", job_id=job_id)
        if isinstance(answer, LrsFault):
            raise answer
        return answer

    return submit


def test_more_than_200_learners_are_several_jobs(learners: str, parts: list[int]) -> None:
    result = run("submit-batch", learners)
    assert (result.exit_code, parts) == (0, [200, 200, 50])
    assert result.stdout.splitlines() == [
        "Job 1: learners 1 to 200",
        "Job 2: learners 201 to 400",
        "Job 3: learners 401 to 450",
        "",
        "WSRC0007  The batch has been accepted.",
        "          Ask for its output with the job's number.",
        "",
        "lrs-client batch-output JOB --wait",
    ]


@pytest.mark.parametrize("option", ["--json", "--format=json"])
def test_jobs_as_json(learners: str, parts: list[int], option: str) -> None:
    result = run("submit-batch", learners, option)
    assert len(parts) == 3
    assert json.loads(result.stdout)[1] == {"code": "WSRC0007", "job_id": 2, "first": 201, "last": 400}
    assert "Job 3: learners 401 to 450" in result.stderr


def test_a_fault_in_the_middle_tells_how_far_it_came(monkeypatch: pytest.MonkeyPatch, learners: str) -> None:
    monkeypatch.setattr(cli_batches, "submit_batch", refuse(3, LrsFault("WSEC0004")))
    result = run("submit-batch", learners, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["code"] == "WSEC0004"
    assert result.stderr.splitlines() == [
        "Job 1: learners 1 to 200",
        "Job 2: learners 201 to 400",
        "lrs-client: 401 to 450 of the file have not been accepted, as far as is known.",
    ]


def test_a_fault_at_the_beginning_is_told_alone(monkeypatch: pytest.MonkeyPatch, learners: str) -> None:
    monkeypatch.setattr(cli_batches, "submit_batch", refuse(1, LrsFault("WSEC0006")))
    result = run("submit-batch", learners)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("WSEC0006  The organisation has not been granted this service.")


def test_what_is_not_accepted_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, learners: str) -> None:
    monkeypatch.setattr(cli_batches, "submit_batch", refuse(2, Submitted(code="WSRC0017")))
    result = run("submit-batch", learners, "--wait")
    assert result.exit_code == 0
    assert "Job 1: learners 1 to 200" in result.stdout
    assert "WSRC0017  The record count" in result.stdout


def test_csv_needs_the_end_of_the_job(learners: str, parts: list[int]) -> None:
    result = run("submit-batch", learners, "--format", "csv")
    assert (result.exit_code, parts) == (2, [])
    assert "--format csv needs --wait" in result.stderr


@pytest.mark.parametrize("name", ["submit-batch", "submit-verify-batch", "submit-achievements"])
def test_nothing_is_sent_of_a_file_with_a_problem(tmp_path: Path, name: str) -> None:
    file = tmp_path / "broken.csv"
    file.write_text("Shoe\n9\n")
    result = run(name, str(file), *(["--email", "a@example.org"] if name == "submit-achievements" else []))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: nothing has been sent:\n{file}:1: Shoe: there is no such field\n")


def test_no_more_achievements_than_the_service_takes(tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(ACHIEVEMENTS + ACHIEVEMENT * (MOST_ACHIEVEMENTS + 1))
    result = run("submit-achievements", str(file), "--email", "a@example.org")
    assert result.exit_code == 2
    assert "it holds 5,001 achievements, and the service takes up to 5,000 at once; split it" in result.stderr


def test_an_organisation_that_awards_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: dict[str, Any] = {}

    def submit(connection: object, part: Sequence[object], **choices: object) -> Submitted:
        sent.update(choices)
        return Submitted(code="WSRC0043")

    monkeypatch.setattr(cli_batches, "submit_achievements", submit)
    file = tmp_path / "results.csv"
    file.write_text(ACHIEVEMENTS + ACHIEVEMENT)
    result = run("submit-achievements", str(file), "--email", "a@example.org", "--type", "provisional", "--wait")
    assert sent == {"email_address": "a@example.org", "submission_type": "Provisional"}
    assert (result.exit_code, result.stdout.split()[0]) == (0, "WSRC0043")


def answering(monkeypatch: pytest.MonkeyPatch, kind: str, answer: object) -> None:
    """Have jobs of a kind answered so, without a service."""
    known = getattr(cli_batches, kind)
    replaced = cli_jobs.Kind(**{name: getattr(known, name) for name in known.__slots__} | {"get": lambda *_: answer})
    monkeypatch.setattr(cli_batches, kind, replaced)


@pytest.mark.parametrize("code", ["WSRC0008", "WSRC0018"])
def test_there_is_no_csv_before_the_end(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    answering(monkeypatch, "BATCHES", BatchOutput(code=code, job_id=12))
    result = run("batch-output", "12", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert code in result.stderr


def test_the_error_file_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    job = AchievementJob(code="WSRC0009", job_id=14, achievement_batch_error_file="Record,Text\n1,\u2018no\u2019\n")
    answering(monkeypatch, "ACHIEVEMENT_JOBS", job)
    file = tmp_path / "errors.csv"
    assert run("achievement-job", "14", "--errors", str(file)).exit_code == 0
    assert file.read_bytes() == "Record,Text\n1,\u2018no\u2019\n".encode()
    result = run("achievement-job", "14", "--errors", str(tmp_path / "none" / "errors.csv"))
    assert (result.exit_code, "No such file or directory" in result.stderr) == (1, True)


def test_an_error_file_without_errors_is_not_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answering(monkeypatch, "ACHIEVEMENT_JOBS", AchievementJob(code="WSRC0009", job_id=14))
    file = tmp_path / "errors.csv"
    result = run("achievement-job", "14", "--errors", str(file))
    assert result.stderr == f"There are no errors, so {file} has not been written.\n"
    assert not file.exists()


def test_waiting_is_told_in_one_line_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with cli_jobs._progress() as tell:
        assert tell is not None
        tell(BatchOutput(code="WSRC0008", job_id=12, status="Waiting"))
        tell(BatchOutput(code="WSRC0008", job_id=12, status="InProgress"))
    text = capsys.readouterr().err
    first, second = "Job 12: Waiting, waiting for its turn, 0 s", "Job 12: InProgress, being worked on, 0 s"
    assert text == f"\r{first}\r{second:{len(first)}}\r{'':{len(first)}}\r"


def test_waiting_is_not_told_in_a_file() -> None:
    with cli_jobs._progress() as tell:
        assert tell is None


def test_a_value_of_the_service_cannot_command_a_terminal() -> None:
    job = AchievementJob(code="WSRC0009", job_id=14, achievement_batch_error_file="Record\n1,\x1b[31m\n" + "x\n" * 30)
    told = achievement_job_told(job)
    assert "\x1b" not in told
    assert told.endswith("… and 12 more; achievement-job JOB --errors FILE writes them all")


def test_whole_learners_are_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[object] = []

    def submit(connection: object, part: Sequence[object], **choices: object) -> Submitted:
        sent.extend([*part, choices])
        return Submitted(code="WSRC0007", job_id=1)

    monkeypatch.setattr(cli_batches, "submit_batch", submit)
    file = tmp_path / "learners.json"
    file.write_text(json.dumps([_as_json(WHOLE)]))
    assert run("submit-batch", str(file), "--job-type", "CHK").exit_code == 0
    assert sent == [WHOLE, {"job_type": "CHK"}]


def _as_json(learner: Any) -> dict[str, str]:
    return {name: str(getattr(learner, name)) for name in learner.__slots__}
