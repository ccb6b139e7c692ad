"""`lrs-soap exceptions`: what people at a terminal see of the records that wait for them, and what they can do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lrs_soap.cli import main
from lrs_soap.domain import batch
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus, Resolution
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import Operation
from lrs_soap.domain.jobs import JobKind, Submission
from lrs_soap.domain.learner import Learner
from lrs_soap.settings import CONFIG_VARIABLE, Settings
from lrs_soap.store import Store, open_store
from tests.factories import learner, organisation, uln_of
from tests.fakes_batches import a_record, an_exception

SUBMITTED = datetime(2026, 3, 2, 23, 40, tzinfo=SERVICE_ZONE)
TODAY = "2026-03-05T09:00:00"
MAYBE = learner(1, date_of_birth=date(2004, 2, 28))
MOVED = learner(2, family_name="Okafor-Reid", last_known_post_code="M1 1AE")
WAITING = an_exception(candidates=(MAYBE.uln, MOVED.uln), reason="2 learners may be the one.")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (CONFIG_VARIABLE, *(f"LRS_SOAP_{name.upper()}" for name in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LRS_SOAP_FIXED_TIME", TODAY)
    monkeypatch.setenv("LRS_SOAP_DATABASE", f"sqlite:///{tmp_path / 'register.db'}")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'register.db'}")
    store.migrate()
    with store.writing() as work:
        work.organisations.add(organisation(ukprn="TEST0101"))
        work.organisations.add(organisation(ukprn="OTHER001", reference="TST002"))
        for each in (MAYBE, MOVED):
            work.learners.add(each)
    yield store
    store.close()


def add(store: Store, *exceptions: BatchException, submitted: datetime = SUBMITTED) -> None:
    """Store exceptions of one job."""
    by = Actor("TEST0101", "mis.user")
    with store.writing() as work:
        records = [exception.values for exception in exceptions]
        job_id = work.jobs.submit(Submission(kind=JobKind.REGISTRATION, by=by, at=submitted), records)
        for position, exception in enumerate(exceptions, 1):
            placed = replace(exception, job_id=job_id, position=position, submitted_at=submitted)
            work.exceptions.add(placed)


def stored(store: Store, number: int = 1) -> BatchException:
    with store.reading() as work:
        found = work.exceptions.get(number)
    assert found is not None
    return found


def learners(store: Store, *ulns: str | None) -> list[Learner]:
    with store.reading() as work:
        return list(work.learners.many(filter(None, ulns)).values())


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["exceptions", *args])


def done(*args: str) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(*args: str, code: int = 1) -> str:
    result = run(*args)
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


class TestList:
    def test_those_that_wait_with_what_is_needed_to_choose_one(self, store: Store) -> None:
        add(store, WAITING, an_exception(code="RC010", values={"FamilyName": "Quill"}))
        heading, first, second = done("list", "--ukprn", "test0101").splitlines()
        assert heading.split() == "number job record code born due days left names candidates, or how it ended".split()
        assert first == (
            "     1       1       1  RC007  2004-02-29  2026-04-17         43  Okafor, Maeve                   "
            f"{MAYBE.uln} {MOVED.uln}"
        )
        assert second == "     2       1       2  RC010              2026-04-17         43  Quill"

    def test_the_time_they_have_is_a_setting(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        add(store, WAITING)
        monkeypatch.setenv("LRS_SOAP_EXCEPTION_DAYS", "3")
        assert "2026-03-05          0  Okafor" in done("list", "--ukprn", "TEST0101")
        monkeypatch.setenv("LRS_SOAP_EXCEPTION_DAYS", "2")
        assert "2026-03-04       over  Okafor" in done("list", "--ukprn", "TEST0101")

    def test_those_of_others_and_those_that_ended_are_not_listed(self, store: Store) -> None:
        ended = an_exception(status=ExceptionStatus.RESOLVED, resolution=Resolution.DISCARDED)
        add(store, ended, an_exception(organisation="OTHER001"))
        assert done("list", "--ukprn", "TEST0101") == "No record waits for a person.\n"

    def test_all_with_what_they_came_to(self, store: Store) -> None:
        accepted = an_exception(
            status=ExceptionStatus.RESOLVED, resolution=Resolution.ACCEPTED, uln=MAYBE.uln, candidates=(MOVED.uln,)
        )
        closed = an_exception(status=ExceptionStatus.CLOSED, resolution=Resolution.OVERDUE)
        add(store, accepted, closed, an_exception())
        lines = done("list", "--ukprn", "TEST0101", "--all").splitlines()[1:]
        assert [line[98:].split() for line in lines] == [["accepted", MAYBE.uln], ["overdue"], []]
        assert [line[55:64].strip() for line in lines] == ["", "", "43"]

    def test_those_of_one_job(self, store: Store) -> None:
        add(store, WAITING)
        add(store, WAITING)
        lines = done("list", "--ukprn", "TEST0101", "--job", "2").splitlines()[1:]
        assert [line.split()[:3] for line in lines] == [["2", "2", "1"]]
        assert done("list", "--ukprn", "TEST0101", "--job", "3") == "No record waits for a person.\n"

    def test_an_organisation_that_is_none(self, store: Store) -> None:
        said = failed("list", "--ukprn", "NONE0001")
        assert said == "Error: there is no organisation with UKPRN NONE0001; see `lrs-soap organisation list`\n"

    def test_the_organisation_has_to_be_named(self) -> None:
        assert "Missing option '--ukprn'" in failed("list", code=2)


class TestShow:
    def test_a_record_beside_the_learners_that_it_may_be(self, store: Store) -> None:
        advice = "Compare them with the learner's own papers; accept one of them, or register the learner as new."
        moved = f"{MOVED.uln}  Okafor-Reid  Maeve      2004-02-29   2       M1 1AE           "
        add(store, replace(WAITING, values=a_record(ULN="1234567890", Notes="Seen\x1b[2J twice")))
        assert done("show", "1") == "\n".join(
            [
                "Exception 1: record 1 of job 1, submitted by TEST0101 at 2026-03-02 23:40",
                "RC007: Learners found that the record may mean.",
                "Why: 2 learners may be the one.",
                f"What to do: {advice}",
                "Open until 2026-04-17; days left: 43",
                "",
                "The record:",
                "  ULN                1234567890",
                "  MISIdentifier      S-1",
                "  GivenName          Maeve",
                "  FamilyName         Okafor",
                "  LastKnownPostCode  LS2 9AB",
                "  DateOfBirth        2004-02-29",
                "  Gender             2",
                "  AbilityToShare     1",
                "  VerificationType   1",
                "  Notes              Seen\N{REPLACEMENT CHARACTER}[2J twice",
                "",
                "Learners that it may be:",
                "  ULN         FamilyName   GivenName  DateOfBirth  Gender  LastKnownPostCode  differs in",
                "  the record  Okafor       Maeve      2004-02-29   2       LS2 9AB",
                f"  {MAYBE.uln}  Okafor       Maeve      2004-02-28   2       LS2 9AB            DateOfBirth",
                f"  {moved}  FamilyName, LastKnownPostCode",
                "",
            ]
        )

    def test_one_who_was_registered_since_differs_in_nothing(self, store: Store) -> None:
        add(store, an_exception(code="RC006"))
        with store.writing() as work:
            work.learners.add(learner(3))
        assert (
            done("show", "1").splitlines()[-1]
            == f"  {uln_of(3)}  Okafor      Maeve      2004-02-29   2       LS2 9AB            nothing"
        )

    def test_one_without_learners_that_it_may_be(self, store: Store) -> None:
        add(store, an_exception(code="RC010", values={"FamilyName": "Quill"}, reason="Missing: GivenName."))
        said = done("show", "1")
        assert "Why: Missing: GivenName.\nWhat to do: Send both names" in said
        assert said.endswith("The record:\n  FamilyName  Quill\n")

    def test_one_whose_time_is_over(self, store: Store) -> None:
        add(store, WAITING, submitted=SUBMITTED - timedelta(days=60))
        assert "\nOpen until 2026-02-15, which is over; submit the record again.\n" in done("show", "1")

    def test_one_that_ended_without_what_was_to_be_done(self, store: Store) -> None:
        add(store, WAITING)
        done("resolve", "1", "--accept", MOVED.uln, "--user-name", "jo.mills")
        said = done("show", "1")
        assert f"\nResolved on 2026-03-05 by jo.mills: accepted {MOVED.uln}\n" in said
        assert "What to do" not in said
        assert MAYBE.uln not in said

    @pytest.mark.parametrize("number", ["2", str(2**63 - 1)])
    def test_one_that_is_not_there(self, store: Store, number: str) -> None:
        add(store, WAITING)
        said = f"Error: there is no exception {number}; see `lrs-soap exceptions list --ukprn UKPRN`\n"
        assert failed("show", number) == failed("resolve", number, "--discard") == said

    @pytest.mark.parametrize("number", ["0", "one", str(2**63)])
    def test_what_is_no_number(self, number: str) -> None:
        assert "Invalid value for 'NUMBER'" in failed("show", number, code=2)


class TestResolve:
    def test_accepting(self, store: Store) -> None:
        add(store, WAITING)
        typed = f"{MAYBE.uln[:4]} {MAYBE.uln[4:7]} {MAYBE.uln[7:]}"
        said = done("resolve", "1", "--accept", typed, "--user-name", "jo.mills")
        assert said == f"Exception 1 is resolved: accepted {MAYBE.uln}\n"
        ended = stored(store)
        assert (ended.resolution, ended.uln, ended.ended_by) == (Resolution.ACCEPTED, MAYBE.uln, "jo.mills")
        assert ended.ended_at == datetime(2026, 3, 5, 9, tzinfo=SERVICE_ZONE)
        with store.reading() as work:
            _, (entry,) = work.audit.views([MAYBE.uln], Operation.RESOLVE_EXCEPTION, 0, 20)
        assert (entry.organisation, entry.user_name, entry.outcome) == ("TEST0101", "jo.mills", "accepted")

    def test_correcting(self, store: Store) -> None:
        add(store, replace(WAITING, values=a_record(ULN=uln_of(9))))
        corrections = ("--correct", "DateOfBirth=2004-02-28", "--correct", "ULN=", "--correct", "Notes=a=b")
        said = done("resolve", "1", *corrections)
        assert said == (f"Exception 1 is resolved: corrected {MAYBE.uln} (RC003: The learner was found and updated.)\n")
        assert stored(store).values == a_record(DateOfBirth="2004-02-28", Notes="a=b")
        assert [found.notes for found in learners(store, MAYBE.uln)] == ["a=b"]

    def test_correcting_in_vain(self, store: Store) -> None:
        add(store, WAITING)
        said = failed("resolve", "1", "--correct", "Gender=x")
        assert said.startswith("Error: exception 1 stays open: RC011: incorrect-format: Gender: 'x' should be 0 ")
        assert said.endswith(" See `lrs-soap exceptions show 1`.\n")
        kept = stored(store)
        assert (kept.is_open, kept.code, kept.values["Gender"]) == (True, "RC011", "x")

    def test_registering(self, store: Store) -> None:
        add(store, WAITING)
        said = done("resolve", "1", "--register")
        new = stored(store).uln
        meaning = "The learner has been registered; the ULN is new."
        assert said == f"Exception 1 is resolved: registered {new} (RC001: {meaning})\n"
        (found,) = learners(store, new)
        assert (found.given_name, found.registered_by, found.created_via) == ("Maeve", "TEST0101", "Portal")

    def test_registering_somebody_who_is_there(self, store: Store) -> None:
        add(store, WAITING)
        with store.writing() as work:
            work.learners.add(learner(3))
        said = failed("resolve", "1", "--register")
        assert said == (
            f"Error: exception 1 stays open: RC007: The learner with ULN {uln_of(3)} has the same five details; "
            "accept that one. See `lrs-soap exceptions show 1`.\n"
        )
        assert done("resolve", "1", "--accept", uln_of(3)) == f"Exception 1 is resolved: accepted {uln_of(3)}\n"

    def test_discarding(self, store: Store) -> None:
        add(store, WAITING)
        assert done("resolve", "1", "--discard") == "Exception 1 is resolved: discarded\n"
        assert stored(store).resolution is Resolution.DISCARDED

    def test_the_user_is_the_one_who_is_logged_in(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        add(store, WAITING, WAITING)
        monkeypatch.setenv("LOGNAME", "sam")
        done("resolve", "1", "--discard")

        def unknown() -> str:
            raise KeyError("getpwuid(): uid not found: 4242")

        monkeypatch.setattr("getpass.getuser", unknown)
        done("resolve", "2", "--discard")
        assert [stored(store, number).ended_by for number in (1, 2)] == ["sam", "command line"]

    @pytest.mark.parametrize(
        ("args", "problem"),
        [
            (("--accept", uln_of(9)), f"{uln_of(9)} is none of the learners that the record may be; those are"),
            (("--accept", "12"), "12 is none of the learners that the record may be; those are"),
        ],
    )
    def test_what_does_not_work_out(self, store: Store, args: tuple[str, ...], problem: str) -> None:
        add(store, WAITING)
        said = failed("resolve", "1", *args)
        assert said.startswith(f"Error: {problem}")
        assert said.count("\n") == 1
        assert stored(store).is_open

    @pytest.mark.parametrize(
        ("args", "problem"),
        [
            ((), "give exactly one of --accept, --correct, --register and --discard"),
            (("--register", "--discard"), "give exactly one of"),
            (("--accept", MAYBE.uln, "--correct", "Gender=1"), "give exactly one of"),
            (("--correct", "Gender"), "'Gender' is no correction; write it like DateOfBirth=2006-03-14"),
            (("--correct", "Gender=1", "--correct", "Gender=2"), "Gender is corrected twice"),
            (("--correct", "gender=1"), "a record has no gender; it has ULN, MISIdentifier, Title, "),
        ],
    )
    def test_what_cannot_be_meant(self, store: Store, args: tuple[str, ...], problem: str) -> None:
        add(store, WAITING)
        assert problem in failed("resolve", "1", *args, code=2)
        assert stored(store).is_open

    def test_one_that_ended(self, store: Store) -> None:
        add(store, WAITING)
        done("resolve", "1", "--discard", "--user-name", "jo.mills")
        said = "Error: exception 1 was resolved on 2026-03-05 by jo.mills: discarded; submit the record again if need"
        assert failed("resolve", "1", "--register").startswith(said)

    def test_one_whose_time_is_over(self, store: Store) -> None:
        add(store, WAITING, submitted=SUBMITTED - timedelta(days=60))
        said = "Error: exception 1 had to be dealt with by 2026-02-15; submit the record again\n"
        assert failed("resolve", "1", "--discard") == said

    def test_others_who_change_the_same_learner_again_and_again(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def raced(*_: Any) -> Any:
            raise batch.RecordRaced

        add(store, WAITING)
        monkeypatch.setattr(batch, "process", raced)
        assert "nothing has been done; try again" in failed("resolve", "1", "--correct", "Gender=1")
        assert stored(store) == replace(WAITING, exception_id=1, job_id=1, position=1, submitted_at=SUBMITTED)
