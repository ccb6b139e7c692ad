"""`lrs-soap batch`."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click
from tqdm import tqdm

from lrs_soap.batch_files import Check, FileRefusedError, Form, output_pieces
from lrs_soap.commands.files import written_whole
from lrs_soap.commands.shared import Failure, register, settings_from, settings_options
from lrs_soap.commands.terminal import login_name, printable
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import MEANINGS, Channel, FindType, Operation, ResponseCode, Service
from lrs_soap.domain.jobs import Job, JobKind, Source, Submission, Values
from lrs_soap.domain.organisations import Organisation
from lrs_soap.store import UnitOfWork

_HIGHEST = 2**63 - 1
_JOB_TYPES = tuple(kind.value for kind in FindType)
_FORMATS = tuple(form.value.lower() for form in Form)
_ROW = "{:>6}  {:10}  {:12}  {:8}  {:>13}  {:16}  {}"
_HEADING = _ROW.format("job", "status", "kind", "UKPRN", "done", "handed in", "file, or way")
_number = click.argument("number", metavar="JOB", type=click.IntRange(1, _HIGHEST))
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def batch() -> None:
    """Hand in files of learners to register, and fetch what became of them.

    \b
    Examples:
      lrs-soap batch check LRB_10001234_020320261015.CSV
      lrs-soap batch submit LRB_10001234_020320261015.CSV --ukprn 10001234
      lrs-soap batch status 7
      lrs-soap batch output 7 --output result.csv
    """


@batch.command()
@_file
@click.option("--ukprn", help="The organisation that is to hand the file in.")
@settings_options("fixed_time")
def check(file: Path, ukprn: str | None, config: str | None, fixed_time: str | None) -> None:
    """Tell everything that is wrong with a file, without a database and without handing it in.

    Each line names file, line, column and rule. A line that ends in a return code concerns one learner, whose record
    would come to that; any other refuses the file as a whole. The exit code is 1 when there is anything.

    \b
    Examples:
      lrs-soap batch check LRB_10001234_020320261015.CSV
      lrs-soap batch check LRB_10001234_020320261015.XML --ukprn 10001234
    """
    checked = _check_of(file, ukprn, settings_from(config, fixed_time=fixed_time).clock.now())
    try:
        for _ in _read(checked):
            pass
        refused = False
    except FileRefusedError:
        refused = True
    for line in checked.problems.shown(str(file)):
        click.echo(printable(line))
    click.echo(_verdict(checked, refused))
    if checked.problems.found:
        click.get_current_context().exit(1)


def _verdict(checked: Check, refused: bool) -> str:
    learners = _counted(checked.learners)
    if refused:
        return f"{learners} read; the file would be refused as a whole."
    if checked.rejected:
        return f"{learners}, {checked.rejected:,} of them would be rejected."
    return f"{learners}, no problems."


@batch.command()
@_file
@click.option("--ukprn", required=True, help="The organisation that hands the file in.")
@click.option(
    "--job-type",
    type=click.Choice(_JOB_TYPES),
    default=FindType.FULL.value,
    show_default=True,
    help="FUL finds, registers and updates; CHK only finds.",
)
@click.option("--user-name", default=login_name, help="Who does it, for the audit trail. [default: the login name]")
@settings_options("database")
def submit(file: Path, ukprn: str, job_type: str, user_name: str, config: str | None, database: str | None) -> None:
    """Hand in a file of learners to register: all of it, or nothing.

    The organisation needs the grant `batch`. What is wrong with single learners does not keep the file from being
    handed in: they come back with a return code, and wait for a person.

    \b
    Examples:
      lrs-soap batch submit LRB_10001234_020320261015.CSV --ukprn 10001234
      lrs-soap batch submit LRB_10001234_020320261015.XML --ukprn 10001234 --job-type CHK --user-name jo.mills
    """
    settings = settings_from(config, database=database)
    now = settings.clock.now()
    checked = _check_of(file, ukprn, now)
    with register(settings) as store:
        with store.writing() as work:
            sender = _sender(work, ukprn)
            by = Actor(sender.ukprn, user_name, Channel.BATCH)
            job_id = _hand_in(work, checked, by, now, job_type)
        click.echo(_handed_in(job_id, checked, sender))


def _check_of(file: Path, ukprn: str | None, now: datetime) -> Check:
    return Check(file, now.date(), ukprn, show_progress=sys.stderr.isatty())


def _read(checked: Check) -> Iterator[Values]:
    """Give the records of a file; one that cannot be read is a failure."""
    try:
        yield from checked.records()
    except OSError as error:
        raise Failure(f"{checked.path} cannot be read: {error.strerror}") from None


def _sender(work: UnitOfWork, ukprn: str) -> Organisation:
    found = work.organisations.by_ukprn(ukprn)
    if found is None:
        raise Failure(f"there is no organisation with UKPRN {ukprn}; see `lrs-soap organisation list`")
    if not found.is_active:
        raise Failure(f"{found.name} ({found.ukprn}) is closed, so nothing can be handed in for it")
    if not found.may_use(Service.BATCH):
        advice = f"grant it with `lrs-soap organisation grant {found.ukprn} {Service.BATCH}`"
        raise Failure(f"{found.name} ({found.ukprn}) has not been granted {Service.BATCH}; {advice}")
    return found


def _hand_in(work: UnitOfWork, checked: Check, by: Actor, now: datetime, job_type: str) -> int:
    """Store a file as a job while it is read, and return the job's number."""
    submission = Submission(
        kind=JobKind.REGISTRATION, by=by, at=now, mode=job_type, source=Source.FILE, file_name=checked.path.name
    )
    try:
        job_id = work.jobs.submit(submission, _read(checked))
    except FileRefusedError:
        raise Failure(_refusal(checked)) from None
    work.audit.record(
        AuditEntry(
            at=now,
            organisation=by.organisation,
            user_name=by.user_name,
            operation=Operation.SUBMIT_BATCH,
            outcome=ResponseCode.BATCH_ACCEPTED,
            criteria={"JobID": str(job_id), "FileName": checked.path.name},
        )
    )
    return job_id


def _refusal(checked: Check) -> str:
    told = checked.problems.shown(str(checked.path), of_file_alone=True)
    return "\n".join(["nothing has been handed in:", *map(printable, told)])


def _handed_in(job_id: int, checked: Check, sender: Organisation) -> str:
    lines = [f"Job {job_id}: {_counted(checked.learners)} handed in for {sender.name} ({sender.ukprn})."]
    if checked.rejected:
        lines.append(f"{checked.rejected:,} of them will be rejected; `lrs-soap batch check {checked.path}` tells why.")
    lines.append(f"A running `lrs-soap serve` or `lrs-soap worker` works on it; see `lrs-soap batch status {job_id}`.")
    return "\n".join(lines)


@batch.command(name="list")
@click.option("--ukprn", help="Those of one organisation.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
@settings_options("database")
def list_(ukprn: str | None, limit: int, config: str | None, database: str | None) -> None:
    """List the batches of every kind, whether handed in as files or by web service, newest first.

    \b
    Examples:
      lrs-soap batch list
      lrs-soap batch list --ukprn 10001234 --limit 5
    """
    with register(settings_from(config, database=database)) as store, store.reading() as work:
        known = work.organisations.by_ukprn(ukprn) if ukprn else None
        if ukprn and known is None:
            raise Failure(f"there is no organisation with UKPRN {ukprn}; see `lrs-soap organisation list`")
        jobs = work.jobs.of(known.ukprn if known else None, limit)
    lines = [_HEADING, *map(_row, jobs)] if jobs else ["No batch has been handed in."]
    click.echo("\n".join(lines))


def _row(job: Job) -> str:
    done = f"{job.done:,}/{job.record_count:,}"
    way = printable(job.file_name or job.source)
    return _ROW.format(job.job_id, job.status, job.kind, job.organisation, done, _moment(job.submitted_at)[:16], way)


@batch.command()
@_number
@settings_options("database")
def status(number: int, config: str | None, database: str | None) -> None:
    """Tell how far a batch has come, and how many records came to which code.

    \b
    Example:
      lrs-soap batch status 7
    """
    with register(settings_from(config, database=database)) as store, store.reading() as work:
        job = _known(work, number)
        sender = work.organisations.by_ukprn(job.organisation)
        counts = sorted(work.jobs.counts(number).items())
    told = (f"  {code:8}  {count:>5,}  {MEANINGS[code].text if code in MEANINGS else ''}" for code, count in counts)
    click.echo("\n".join([*_said(job, sender.name if sender else ""), *map(str.rstrip, told)]))


def _said(job: Job, sender: str) -> Iterator[str]:
    mode = f" ({job.mode})" if job.mode else ""
    yield f"Job {job.job_id}: {job.kind}{mode}, {job.status}"
    yield f"Organisation: {job.organisation} {sender}".rstrip()
    way = f"file {job.file_name}" if job.file_name else job.source
    yield printable(f"Handed in: {_moment(job.submitted_at)} by {job.user_name}, {way}")
    if job.started_at:
        yield f"Started: {_moment(job.started_at)}"
    if job.finished_at:
        yield f"Finished: {_moment(job.finished_at)}"
    if job.reason:
        yield printable(f"Reason: {job.reason}")
    yield f"Records: {job.done:,} of {job.record_count:,} done"


@batch.command()
@_number
@click.option("--format", "form", type=click.Choice(_FORMATS), default="csv", show_default=True, help="What to write.")
@click.option(
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: standard output]",
)
@settings_options("database")
def output(number: int, form: str, target: Path | None, config: str | None, database: str | None) -> None:
    """Write what became of the learners of a finished registration batch.

    The layout is that of the files handed in, with the ULNs filled in and a ReturnCode at the end. A file takes its
    name once it is complete.

    \b
    Examples:
      lrs-soap batch output 7 --output result.csv
      lrs-soap batch output 7 --format xml > result.xml
    """
    with register(settings_from(config, database=database)) as store, store.reading() as work:
        job = _finished(work, number)
        pieces = _pieces(work, job, Form(form.upper()))
        if target is None:
            for piece in pieces:
                click.echo(piece, nl=False)
            return
        with written_whole(target) as file:
            file.writelines(pieces)
    click.echo(f"{_counted(job.record_count)} written to {target}.")


def _pieces(work: UnitOfWork, job: Job, form: Form) -> Iterable[bytes]:
    quiet = not sys.stderr.isatty()
    records = tqdm(work.jobs.records(job.job_id), total=job.record_count, desc="writing", disable=quiet, leave=False)
    return output_pieces(job, records, form)


def _finished(work: UnitOfWork, number: int) -> Job:
    job = _known(work, number)
    if job.kind is not JobKind.REGISTRATION:
        raise Failure(f"job {number} is one of {job.kind}; only registration batches have output files")
    if not job.is_finished:
        raise Failure(f"job {number} is not finished: {job.status}, {job.done:,} of {job.record_count:,} done")
    return job


def _known(work: UnitOfWork, number: int) -> Job:
    job = work.jobs.get(number)
    if job is None:
        raise Failure(f"there is no job {number}; see `lrs-soap batch list`")
    return job


def _counted(learners: int) -> str:
    return f"{learners:,} learner{'' if learners == 1 else 's'}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(SERVICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
