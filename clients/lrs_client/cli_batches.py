"""The commands of `lrs-client` for batches: submit a file, read what came of it, or wait for it.

Exit codes are those of the other commands; 1 also when a job is not finished in time, 2 also for a file with a problem.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from lrs_client import layouts
from lrs_client.cli_jobs import Desk, Kind
from lrs_client.cli_options import ANSWER_SECONDS, SECONDS, Session, command
from lrs_client.connection import Connection
from lrs_client.get_achievement_job import AchievementJob, get_achievement_job, wait_for_achievement_job
from lrs_client.get_batch_output import BatchOutput, get_batch_output, wait_for_batch
from lrs_client.get_verify_batch_output import VerifyBatchOutput, get_verify_batch_output, wait_for_verify_batch
from lrs_client.jobs import EVERY_SECONDS, FINISHED, JOB_SECONDS, Submitted
from lrs_client.meanings import ACHIEVEMENTS
from lrs_client.output_batches import achievement_job_told, batch_told, verify_batch_told
from lrs_client.record_files import Layout, RecordsError, read_records
from lrs_client.submit_achievements import MOST_ACHIEVEMENTS, Achievement, submit_achievements
from lrs_client.submit_batch import MOST_LEARNERS, submit_batch
from lrs_client.submit_verify_batch import MOST_LEARNERS as MOST_TO_VERIFY
from lrs_client.submit_verify_batch import submit_verify_batch

Record = TypeVar("Record")

BATCHES: Kind[BatchOutput] = Kind(
    noun="learner",
    command="batch-output",
    get=get_batch_output,
    wait=wait_for_batch,
    told=batch_told,
    to_csv=layouts.batch_file,
)
VERIFY_BATCHES: Kind[VerifyBatchOutput] = Kind(
    noun="learner",
    command="verify-batch-output",
    get=get_verify_batch_output,
    wait=wait_for_verify_batch,
    told=verify_batch_told,
    to_csv=lambda outputs, _: layouts.verify_batch_file(outputs),
)
ACHIEVEMENT_JOBS: Kind[AchievementJob] = Kind(
    noun="achievement",
    command="achievement-job",
    get=get_achievement_job,
    wait=wait_for_achievement_job,
    told=achievement_job_told,
    meanings=ACHIEVEMENTS,
)


class FileError(click.ClickException):
    """A file has a problem, so nothing has been sent."""

    exit_code = 2

    def __init__(self, text: object) -> None:
        super().__init__(f"nothing has been sent:\n{text}")


def _records(file: Path, layout: Layout[Record]) -> list[Record]:
    try:
        return read_records(file, layout)
    except RecordsError as error:
        raise FileError(error) from None


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
JOB = click.argument("job_id", type=click.IntRange(min=1), metavar="JOB")
WAIT = (
    click.option("--wait", is_flag=True, help="Wait for the end of the job."),
    click.option(
        "--every", type=SECONDS, default=EVERY_SECONDS, help=f"Seconds between questions. Default: {EVERY_SECONDS:g}."
    ),
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="json is the same as --json."
)
WAIT_TIMEOUT = click.option(
    "--timeout",
    type=SECONDS,
    help=f"Seconds to wait for an answer, with --wait for the job. Default: {ANSWER_SECONDS:g}, and {JOB_SECONDS:g}.",
)


@click.command("submit-batch")
@command(
    FILE,
    click.option(
        "--job-type",
        type=click.Choice(["FUL", "CHK"]),
        default="FUL",
        help="FUL: find, else register or update; CHK: find only.",
    ),
    *WAIT,
    FORMAT,
    timeout=WAIT_TIMEOUT,
)
def submit_learners(session: Session, file: Path, job_type: Literal["FUL", "CHK"], **choices: Any) -> None:
    """Submit learners to be found, or else registered or updated.

    FILE is CSV with the headings of batch files, or a JSON list of objects with the same names; GivenName and
    FamilyName are mandatory. More than 200 learners are sent as several jobs.

    \b
    Example:
      lrs-client submit-batch learners.csv --wait
      lrs-client submit-batch learners.csv --job-type CHK --wait --format csv > found.csv
    """
    learners = _records(file, layouts.LEARNERS)
    Desk(session, BATCHES, **choices).submit(
        learners, MOST_LEARNERS, lambda connection, part: submit_batch(connection, part, job_type=job_type)
    )


@click.command("batch-output")
@command(JOB, *WAIT, FORMAT, timeout=WAIT_TIMEOUT)
def batch_output(session: Session, job_id: int, **choices: Any) -> None:
    """Read what the learners of a batch came to.

    As CSV it has the layout of batch files, with the ULNs filled in and a ReturnCode at the end.

    \b
    Example:
      lrs-client batch-output 12 --wait
    """
    Desk(session, BATCHES, **choices).output(job_id)


@click.command("submit-verify-batch")
@command(FILE, *WAIT, FORMAT, timeout=WAIT_TIMEOUT)
def submit_to_verify(session: Session, file: Path, **choices: Any) -> None:
    """Submit ULNs with names, to be told which belong together.

    FILE is CSV with the headings MISIdentifier, ULN, FamilyName, GivenName, DateOfBirth and Gender, or a JSON list of
    objects with these names; ULN and names are mandatory. More than 200 learners are sent as several jobs.

    \b
    Example:
      lrs-client submit-verify-batch ulns.csv --wait
    """
    learners = _records(file, layouts.LEARNERS_TO_VERIFY)
    Desk(session, VERIFY_BATCHES, **choices).submit(learners, MOST_TO_VERIFY, submit_verify_batch)


@click.command("verify-batch-output")
@command(JOB, *WAIT, FORMAT, timeout=WAIT_TIMEOUT)
def verify_batch_output(session: Session, job_id: int, **choices: Any) -> None:
    """Read which learners of a verify batch are verified.

    \b
    Example:
      lrs-client verify-batch-output 13 --wait
    """
    Desk(session, VERIFY_BATCHES, **choices).output(job_id)


@click.command("submit-achievements")
@command(
    FILE,
    click.option("--email", required=True, help="To which the result could be sent."),
    click.option(
        "--type", "submission_type", type=click.Choice(["Final", "Provisional"], case_sensitive=False), default="Final"
    ),
    *WAIT,
    timeout=WAIT_TIMEOUT,
)
def submit_achieved(
    session: Session, file: Path, email: str, submission_type: Literal["Final", "Provisional"], **choices: Any
) -> None:
    """Report achievements, as an awarding organisation does; the credentials need an OrganisationRef.

    FILE is CSV with these headings, or a JSON list of objects with these names: AchievementAwardDate, Action,
    ActionDate, FamilyName, GivenName, ProviderUkprn, Uln and UnitOrQualificationReferenceNumber, which are mandatory,
    and ActionReason, DateofBirth, Gender, Grade, LanguageForAssessment, LearnerPostcode and MisIdentifier. It holds up
    to 5,000 achievements.

    \b
    Example:
      lrs-client submit-achievements results.csv --email results@example.org --type Provisional --wait
    """
    achievements = _records(file, layouts.ACHIEVEMENTS)
    if len(achievements) > MOST_ACHIEVEMENTS:
        count = f"{len(achievements):,} achievements, and the service takes up to {MOST_ACHIEVEMENTS:,} at once"
        raise FileError(f"{file}: it holds {count}; split it")

    def send(connection: Connection, part: Sequence[Achievement]) -> Submitted:
        return submit_achievements(connection, part, email_address=email, submission_type=submission_type)

    Desk(session, ACHIEVEMENT_JOBS, **choices).submit(achievements, MOST_ACHIEVEMENTS, send)


@click.command("achievement-job")
@command(
    JOB,
    *WAIT,
    click.option(
        "--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the error file (CSV) to this file."
    ),
    timeout=WAIT_TIMEOUT,
)
def achievement_job(session: Session, job_id: int, errors: Path | None, **choices: Any) -> None:
    """Read what came of achievements that were reported.

    \b
    Example:
      lrs-client achievement-job 14 --wait --errors errors.csv
    """
    job = Desk(session, ACHIEVEMENT_JOBS, **choices).output(job_id)
    if errors and job.code in FINISHED:
        _write_errors(errors, job.achievement_batch_error_file)


def _write_errors(file: Path, text: str | None) -> None:
    if not text:
        click.echo(f"There are no errors, so {file} has not been written.", err=True)
        return
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None


COMMANDS = (
    submit_learners,
    batch_output,
    submit_to_verify,
    verify_batch_output,
    submit_achieved,
    achievement_job,
)
