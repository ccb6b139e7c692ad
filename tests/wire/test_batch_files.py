"""`lrs-soap batch`: files of learners checked, handed in and fetched again, as people do it at a terminal."""

import csv
import errno
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from sqlalchemy import select

from lrs_soap.batch_files.layout import COLUMNS
from lrs_soap.cli import main
from lrs_soap.commands import batch as commands
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.clock import SERVICE_ZONE, FixedClock
from lrs_soap.domain.codes import MEANINGS, Channel, Operation
from lrs_soap.domain.jobs import JobKind, JobStatus, Source, Submission
from lrs_soap.settings import CONFIG_VARIABLE, Settings
from lrs_soap.store import Store, open_store
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.schema import audit
from lrs_soap.worker import BatchWorker
from tests import factories
from tests.unit.batch_files.making import CSV_NAME, XML_NAME, csv_file, learner, write, xml_file

Make = Callable[..., str]

BOTH_DATABASES = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=SERVICE_ZONE)
KNOWN = factories.learner(1)
DATABASE_FILES = ("store.db", "store.db-wal", "store.db-shm")
LATER = "LRB_TEST0101_020320261016.CSV"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a fresh database: SQLite, unless a test wants both."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    for name in (CONFIG_VARIABLE, *(f"LRS_SOAP_{name.upper()}" for name in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LRS_SOAP_FIXED_TIME", NOW.isoformat())
    monkeypatch.setenv("LRS_SOAP_DATABASE", database_url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    with store.writing() as work:
        work.organisations.add(factories.organisation())
        work.organisations.add(factories.organisation(ukprn="TEST0102", reference="TST002", grants=frozenset({"find"})))
        work.organisations.add(factories.organisation(ukprn="TEST0103", reference="TST003", status="Closed"))
        work.learners.add(KNOWN)
    yield store
    store.close()


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["batch", *args])


def done(*args: str) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(*args: str, code: int = 1) -> str:
    result = run(*args)
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


def work_on_jobs(store: Store) -> None:
    BatchWorker(store, FixedClock(NOW)).run_pending()


def number_of_jobs(store: Store) -> int:
    with store.reading() as work:
        return len(work.jobs.of(None))


NEW = {"GivenName": "Tariq", "FamilyName": "Whitlock", "DateOfBirth": "2005-11-30", "Gender": "1"}
FIVE = (
    learner(1, MISIdentifier="new", **NEW),
    learner(2, MISIdentifier="known", FamilyName="Okafor"),
    learner(3, MISIdentifier="empty", GivenName=""),
    learner(4, MISIdentifier="wrong", Gender="F"),
    learner(1, MISIdentifier="again", **NEW),
)
CODES = {"new": "RC001", "known": "RC002", "empty": "RC010", "wrong": "RC011", "again": "RC012"}


@BOTH_DATABASES
@pytest.mark.parametrize(("name", "make"), [(CSV_NAME, csv_file), (XML_NAME, xml_file)])
def test_a_file_is_checked_handed_in_worked_on_and_fetched(name: str, make: Make, store: Store, tmp_path: Path) -> None:
    write(tmp_path / name, make(*FIVE))
    checked = run("check", name, "--ukprn", "TEST0101")
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (1, "5 learners, 3 of them would be rejected.")
    said = done("submit", name, "--ukprn", "test0101", "--user-name", "jo")
    assert said == (
        "Job 1: 5 learners handed in for Test College (TEST0101).\n"
        f"3 of them will be rejected; `lrs-soap batch check {name}` tells why.\n"
        "A running `lrs-soap serve` or `lrs-soap worker` works on it; see `lrs-soap batch status 1`.\n"
    )
    assert failed("output", "1") == "Error: job 1 is not finished: Waiting, 0 of 5 done\n"
    assert "Records: 0 of 5 done\n" in done("status", "1")
    work_on_jobs(store)
    assert done("status", "1") == (
        "Job 1: registration (FUL), Successful\n"
        "Organisation: TEST0101 Test College\n"
        f"Handed in: 2026-03-02 10:15:00 by jo, file {name}\n"
        "Started: 2026-03-02 10:15:00\n"
        "Finished: 2026-03-02 10:15:00\n"
        "Records: 5 of 5 done\n"
        + "".join(f"  {code}         1  {MEANINGS[code].text}\n" for code in sorted(CODES.values()))
    )


def test_a_handed_in_file_is_a_job_with_a_line_in_the_audit_trail(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1), learner(2)))
    assert "rejected" not in done("submit", CSV_NAME, "--ukprn", "TEST0101", "--job-type", "CHK", "--user-name", "jo")
    with store.reading() as work:
        job = work.jobs.get(1)
        assert [record.values for record in work.jobs.records(1)] == [learner(1), learner(2)]
    assert job is not None
    assert (job.kind, job.mode, job.source, job.status) == (
        JobKind.REGISTRATION,
        "CHK",
        Source.FILE,
        JobStatus.WAITING,
    )
    assert (job.organisation, job.user_name, job.file_name) == ("TEST0101", "jo", CSV_NAME)
    assert job.submitted_at == NOW
    engine = make_engine(parse_url(database_url))
    with engine.connect() as connection:
        (entry,) = connection.execute(select(audit)).all()
    engine.dispose()
    assert (entry.operation, entry.outcome, entry.organisation) == (Operation.SUBMIT_BATCH, "WSRC0007", "TEST0101")
    assert (entry.user_name, json.loads(entry.criteria)) == ("jo", {"JobID": "1", "FileName": CSV_NAME})


def test_the_user_is_the_login_name_unless_given(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "sam")
    write(tmp_path / CSV_NAME, csv_file(learner(1)))
    done("submit", CSV_NAME, "--ukprn", "TEST0101")
    assert "by sam, file" in done("status", "1")


def test_output_files_have_the_layout_of_what_was_handed_in(store: Store, tmp_path: Path) -> None:
    write(tmp_path / CSV_NAME, csv_file(*FIVE))
    done("submit", CSV_NAME, "--ukprn", "TEST0101")
    work_on_jobs(store)
    heading, *rows = csv.reader(io.StringIO(done("output", "1"), newline=""))
    assert heading == [*COLUMNS, "ReturnCode"]
    learners = [dict(zip(heading, row, strict=True)) for row in rows]
    assert {each["MISIdentifier"]: each["ReturnCode"] for each in learners} == CODES
    assert [bool(each["FileVersion"]) for each in learners] == [True, False, False, False, False]
    assert learners[1]["ULN"] == KNOWN.uln
    assert [bool(each["ULN"]) for each in learners] == [True, True, False, False, False]
    assert done("output", "1", "--format", "xml", "--output", "out.xml") == "5 learners written to out.xml.\n"
    root = etree.fromstring((tmp_path / "out.xml").read_bytes())
    assert root.findtext("FileName") == XML_NAME
    assert {each.findtext("MISIdentifier"): each.findtext("ReturnCode") for each in root.iter("Learner")} == CODES
    assert root.findtext("Learner/ULN") == learners[0]["ULN"]


def test_what_came_back_can_be_handed_in_again(store: Store, tmp_path: Path) -> None:
    write(tmp_path / XML_NAME, xml_file(*FIVE[:2]))
    done("submit", XML_NAME, "--ukprn", "TEST0101")
    work_on_jobs(store)
    rows = [row[:-1] for row in csv.reader(io.StringIO(done("output", "1"), newline=""))]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    write(tmp_path / CSV_NAME, text.getvalue())
    done("submit", CSV_NAME, "--ukprn", "TEST0101")
    work_on_jobs(store)
    assert "RC004         2  " in done("status", "2")


def test_a_file_takes_its_name_once_it_is_complete(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1)))
    done("submit", CSV_NAME, "--ukprn", "TEST0101")
    work_on_jobs(store)

    def broken(*_: object) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(commands, "output_pieces", broken)
    write(tmp_path / "out.csv", "as before")
    assert failed("output", "1", "--output", "out.csv") == "Error: out.csv cannot be written: No space left on device\n"
    assert (tmp_path / "out.csv").read_text() == "as before"
    assert {path.name for path in tmp_path.iterdir()} <= {"out.csv", CSV_NAME, *DATABASE_FILES}
    assert "cannot be written: No such file" in failed("output", "1", "--output", "nowhere/out.csv")


def test_the_output_of_a_failed_job_is_what_was_done(store: Store, tmp_path: Path) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1), learner(2)))
    done("submit", CSV_NAME, "--ukprn", "TEST0101")
    with store.writing() as work:
        hold = work.jobs.claim("tests", 60, NOW)
        assert hold is not None
        work.jobs.end(hold, JobStatus.FAILED, NOW, "Record 1 could not be dealt with.")
    assert "Reason: Record 1 could not be dealt with.\n" in done("status", "1")
    _, *rows = csv.reader(io.StringIO(done("output", "1"), newline=""))
    assert [row[-1] for row in rows] == ["", ""]


@BOTH_DATABASES
@pytest.mark.parametrize(("name", "make"), [(CSV_NAME, csv_file), (XML_NAME, xml_file)])
def test_nothing_of_a_refused_file_is_handed_in(name: str, make: Make, store: Store, tmp_path: Path) -> None:
    rows = [learner(number) for number in range(1500)]
    text = make(*rows, learner(2000, DateOfBirth="1/2/2004"), learner(2001, Gender="F"))
    write(tmp_path / name, text)
    said = failed("submit", name, "--ukprn", "TEST0101")
    assert said.startswith(f"Error: nothing has been handed in:\n{name}:")
    assert "DateOfBirth: spreadsheet-date: " in said
    assert "Gender" not in said
    assert number_of_jobs(store) == 0
    assert done("list") == "No batch has been handed in.\n"


@pytest.mark.parametrize(
    ("ukprn", "problem"),
    [
        ("TEST0109", "there is no organisation with UKPRN TEST0109; see `lrs-soap organisation list`"),
        ("TEST0103", "Test College (TEST0103) is closed, so nothing can be handed in for it"),
        (
            "TEST0102",
            "Test College (TEST0102) has not been granted batch; grant it with `lrs-soap organisation grant",
        ),
    ],
)
def test_who_may_not_hand_in(ukprn: str, problem: str, store: Store, tmp_path: Path) -> None:
    name = f"LRB_{ukprn}_020320261015.CSV"
    write(tmp_path / name, csv_file(learner(1), of_file={"UKPRN": ukprn}))
    assert failed("submit", name, "--ukprn", ukprn).startswith(f"Error: {problem}")
    assert number_of_jobs(store) == 0


def test_a_file_of_another_organisation_is_refused(store: Store, tmp_path: Path) -> None:
    name = "LRB_TEST0102_020320261015.CSV"
    write(tmp_path / name, csv_file(learner(1), of_file={"UKPRN": "TEST0102"}))
    said = failed("submit", name, "--ukprn", "TEST0101")
    assert "name: the name says that UKPRN TEST0102 sends the file, but it is handed in for TEST0101" in said


def test_jobs_are_listed_newest_first(store: Store, tmp_path: Path) -> None:
    for name in (CSV_NAME, LATER):
        write(tmp_path / name, csv_file(learner(1), of_file={"FileName": name}))
        done("submit", name, "--ukprn", "TEST0101")
    by = Actor("TEST0102", "mis", Channel.BATCH)
    with store.writing() as work:
        work.jobs.submit(Submission(kind=JobKind.VERIFICATION, by=by, at=NOW), [{"ULN": KNOWN.uln}])
    heading, *lines = done("list").splitlines()
    assert heading.split() == ["job", "status", "kind", "UKPRN", "done", "handed", "in", "file,", "or", "way"]
    assert [line.split() for line in lines] == [
        ["3", "Waiting", "verification", "TEST0102", "0/1", "2026-03-02", "10:15", "web", "service"],
        ["2", "Waiting", "registration", "TEST0101", "0/1", "2026-03-02", "10:15", LATER],
        ["1", "Waiting", "registration", "TEST0101", "0/1", "2026-03-02", "10:15", CSV_NAME],
    ]
    assert [line.split()[0] for line in done("list", "--ukprn", "test0101").splitlines()] == ["job", "2", "1"]
    assert [line.split()[0] for line in done("list", "--limit", "1").splitlines()] == ["job", "3"]
    assert "there is no organisation with UKPRN X" in failed("list", "--ukprn", "X")


def test_only_registration_batches_have_output_files(store: Store) -> None:
    by = Actor("TEST0101", "mis\x1b[2J", Channel.BATCH)
    with store.writing() as work:
        work.jobs.submit(Submission(kind=JobKind.VERIFICATION, by=by, at=NOW), [{"ULN": KNOWN.uln}])
    said = failed("output", "1")
    assert said == "Error: job 1 is one of verification; only registration batches have output files\n"
    assert "by mis\ufffd[2J, web service" in done("status", "1")


@pytest.mark.parametrize("command", ["status", "output"])
def test_an_unknown_job(command: str, store: Store) -> None:
    assert failed(command, "1") == "Error: there is no job 1; see `lrs-soap batch list`\n"
    assert "is not a valid integer" in failed(command, "x", code=2)
    assert "is not in the range" in failed(command, "0", code=2)


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRS_SOAP_DATABASE", "sqlite:////nowhere/at/all/register.db")


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(("name", "make"), [(CSV_NAME, csv_file), (XML_NAME, xml_file)])
def test_a_file_is_checked_without_a_database(name: str, make: Make, tmp_path: Path) -> None:
    write(tmp_path / name, make(*(learner(number) for number in range(1200))))
    assert done("check", name) == "1,200 learners, no problems.\n"
    write(tmp_path / name, make(learner()))
    assert done("check", name, "--ukprn", "TEST0101") == "1 learner, no problems.\n"


@pytest.mark.usefixtures("no_database")
def test_a_check_tells_all_that_is_wrong(tmp_path: Path) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1), learner(2, ULN="12"), of_file={"FileVersion": "1A"}))
    result = run("check", CSV_NAME, "--ukprn", "TEST0102")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{CSV_NAME}: name: the name says that UKPRN TEST0101 sends the file, but it is handed in for TEST0102",
        f"{CSV_NAME}:2: FileVersion: version: '1A' should be 2A",
        f"{CSV_NAME}:3: ULN: incorrect-format: '12' should be ten digits, the first not 0. (RC011)",
        "2 learners read; the file would be refused as a whole.",
    ]


@pytest.mark.usefixtures("no_database")
def test_ages_are_reckoned_on_the_day_of_the_clock(tmp_path: Path) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(DateOfBirth="2013-03-03")))
    assert "permitted-age" in run("check", CSV_NAME).stdout
    assert done("check", CSV_NAME, "--fixed-time", "2026-03-03T00:00:00") == "1 learner, no problems.\n"


@pytest.mark.usefixtures("no_database")
def test_what_a_file_holds_cannot_steer_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1, EmailAddress="\u009b2J"), learner(2, LastKnownPostCode="\u202eX")))
    said = run("check", CSV_NAME).stdout
    assert "'\ufffd2J' should be an email address" in said
    assert all(line.isprintable() for line in said.splitlines())


@pytest.mark.usefixtures("no_database")
def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / CSV_NAME, csv_file(learner(1)))

    def broken(*_: object, **__: object) -> IO[bytes]:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    assert failed("check", CSV_NAME) == f"Error: {CSV_NAME} cannot be read: Input/output error\n"
    assert "does not exist" in failed("check", "nowhere.CSV", code=2)
