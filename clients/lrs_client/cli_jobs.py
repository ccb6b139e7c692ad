"""What all commands for batches do with jobs: submit them, read them, wait for them and show what they came to."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Generic, TypeVar

import click

from lrs_client import output
from lrs_client.cli_options import ANSWER_SECONDS, Session
from lrs_client.connection import Connection
from lrs_client.faults import LrsError
from lrs_client.jobs import FINISHED, JOB_SECONDS, Job, Submitted
from lrs_client.meanings import Meaning
from lrs_client.output_batches import status_told

Record = TypeVar("Record")
Answer = TypeVar("Answer", bound=Job)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Answer]):
    """How jobs of one kind are read and told. command: the one that reads such a job."""

    noun: str
    command: str
    get: Callable[[Connection, int], Answer]
    wait: Callable[..., Answer]
    told: Callable[[Answer], str]
    to_csv: Callable[[Sequence[Answer], str | None], str] = field(default=lambda answers, ukprn: "")
    meanings: Mapping[str, Meaning] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a submission was answered. first and last: which records of the file it held, counted from 1."""

    code: str
    job_id: int | None
    first: int
    last: int


class Desk(Generic[Answer]):
    """What one command does with jobs of a kind, the way its options say."""

    def __init__(self, session: Session, kind: Kind[Answer], *, wait: bool, every: float, form: str = "table") -> None:
        if form == "csv" and session.as_json:
            raise click.UsageError("Give --json or --format csv, not both.")
        # Having time for a job is no reason to wait as long for each answer.
        limit = min(session.timeout or ANSWER_SECONDS, ANSWER_SECONDS) if wait else session.timeout
        self._session = replace(session, as_json=session.as_json or form == "json", timeout=limit)
        self._kind = kind
        self._wait = wait
        self._every = every
        self._job_seconds = session.timeout or JOB_SECONDS
        self._as_csv = form == "csv"

    def output(self, job_id: int) -> Answer:
        """Read a job and show it."""
        with self._session.connection() as connection:
            answer = self._read(connection, job_id)
            if self._as_csv:
                self._show_csv(connection, [answer])
            else:
                self._session.show(answer, self._kind.told(answer))
            return answer

    def submit(
        self, records: Sequence[Record], most: int, send: Callable[[Connection, Sequence[Record]], Submitted]
    ) -> None:
        """Submit records as jobs of at most so many; show the jobs, or with --wait what they came to."""
        if self._as_csv and not self._wait:
            raise click.UsageError("--format csv needs --wait.")
        with self._session.connection() as connection:
            sent: list[Sent] = []
            try:
                for part in _parts(connection, records, most, send):
                    sent.append(part)
                    self._tell(part)
            except LrsError:
                _tell_rest(sent, len(records))
                raise
            self._show(connection, sent)

    def _show(self, connection: Connection, sent: Sequence[Sent]) -> None:
        jobs = [each.job_id for each in sent if each.job_id]
        if not self._wait or len(jobs) < len(sent):
            self._session.show(sent, self._next_step(sent[-1].code, jobs))
            return
        answers = []
        for job_id in jobs:
            answers.append(self._read(connection, job_id))
            if not (self._as_csv or self._session.as_json):
                click.echo("\n" + self._kind.told(answers[-1]))
        if self._as_csv:
            self._show_csv(connection, answers)
        elif self._session.as_json:
            click.echo(output.as_json(answers))

    def _next_step(self, code: str, jobs: Sequence[int]) -> str:
        told = output.code_told(code, self._kind.meanings)
        if not jobs:
            return told
        which = jobs[0] if len(jobs) == 1 else "JOB"
        return "\n" + output.paragraphs(told, f"lrs-client {self._kind.command} {which} --wait")

    def _show_csv(self, connection: Connection, answers: Sequence[Answer]) -> None:
        """Print what finished jobs came to; of the others the code, where it is in nobody's way."""
        finished = [answer for answer in answers if answer.code in FINISHED]
        for answer in answers:
            if answer not in finished:
                click.echo(output.code_told(answer.code, self._kind.meanings), err=True)
        if finished:
            click.echo(self._kind.to_csv(finished, connection.credentials.ukprn), nl=False)

    def _read(self, connection: Connection, job_id: int) -> Answer:
        if not self._wait:
            return self._kind.get(connection, job_id)
        with _progress() as tell:
            return self._kind.wait(connection, job_id, self._every, self._job_seconds, tell)

    def _tell(self, sent: Sent) -> None:
        if sent.job_id:
            text = f"Job {sent.job_id}: {self._kind.noun}s {sent.first} to {sent.last}"
            click.echo(text, err=self._as_csv or self._session.as_json)


def _parts(
    connection: Connection,
    records: Sequence[Record],
    most: int,
    send: Callable[[Connection, Sequence[Record]], Submitted],
) -> Iterator[Sent]:
    """Send records part by part, until one is not accepted."""
    for start in range(0, len(records), most):
        part = records[start : start + most]
        answer = send(connection, part)
        yield Sent(code=answer.code, job_id=answer.job_id, first=start + 1, last=start + len(part))
        if not answer.job_id:
            return


def _tell_rest(sent: Sequence[Sent], count: int) -> None:
    if sent:
        rest = f"{sent[-1].last + 1} to {count} of the file"
        click.echo(f"lrs-client: {rest} have not been accepted, as far as is known.", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[Job], None] | None]:
    """Give what tells, in one line on a terminal, how long a job has been waited for."""
    if not sys.stderr.isatty():
        yield None
        return
    started = monotonic()
    width = 0

    def tell(job: Job) -> None:
        nonlocal width
        text = f"Job {job.job_id}: {status_told(job.status)}, {monotonic() - started:.0f} s"
        click.echo(f"\r{text:{width}}", nl=False, err=True)
        width = max(width, len(text))

    try:
        yield tell
    finally:
        click.echo(f"\r{'':{width}}\r", nl=False, err=True)
