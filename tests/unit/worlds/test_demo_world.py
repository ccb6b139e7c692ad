"""The demo world and its document: every row of docs/demo-world.md is tried on the world as it is loaded."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lrs_soap.domain.achievements import process
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.clock import age_on
from lrs_soap.domain.codes import ResponseCode, Service, SubmissionType, UserType, VerificationCode
from lrs_soap.domain.criteria import FindByDemographics, FindByUln
from lrs_soap.domain.field_rules import check_request
from lrs_soap.domain.finding import FindResult, find_by_demographics, find_by_uln
from lrs_soap.domain.learning_record import LearningRecordRequest, learning_record
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.passwords import hash_password
from lrs_soap.domain.registration import LearnerToRegister, RegistrationPolicy, register
from lrs_soap.domain.updating import LearnerUpdate, update
from lrs_soap.domain.verification import LearnerToVerify, retrieve, verify
from lrs_soap.services.credentials import Claim, Gate
from lrs_soap.services.faults import RegisterFault
from lrs_soap.store import Store, UnitOfWork, open_store
from lrs_soap.worlds import Loaded, Means, load_demo, load_qualifications

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DEMO = Actor("DEMO0001", "demo")
ABSENT = "\u2013"
DOCUMENT = Path(__file__).parents[3] / "docs" / "demo-world.md"

Row = dict[str, str]


def tables() -> dict[str, list[Row]]:
    """Return the table of each section of the document, its rows by column."""
    sections: dict[str, list[Row]] = {}
    for part in DOCUMENT.read_text("utf-8").split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("|")]
        heading, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        sections[part.splitlines()[0]] = [
            {name: "" if cell == ABSENT else cell for name, cell in zip(heading, row, strict=True)} for row in rows[1:]
        ]
    return sections


TABLES = tables()


def rows_of(section: str) -> pytest.MarkDecorator:
    rows = TABLES[section]
    labels = [row.get("what it shows") or row.get("what it is") or row.get("rule") for row in rows]
    return pytest.mark.parametrize("row", rows, ids=labels)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}")
    store.migrate()
    with store.writing() as work:
        loaded = load_demo(work, Means(NOW, hash_password, random.Random(1).randrange))
        load_qualifications(work)
    assert loaded == Loaded(organisations=3, learners=62, events=13)
    yield store
    store.close()


class Undo(Exception):  # noqa: N818 - nothing went wrong
    """Takes back what a unit of work did."""


@pytest.fixture
def work(demo: Store) -> Iterator[UnitOfWork]:
    """Give a unit of work on the fresh demo world, undone afterwards."""
    with suppress(Undo), demo.writing() as unit:
        yield unit
        raise Undo


def ulns(text: str) -> list[str]:
    return text.split(", ") if text else []


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@rows_of("Who may call")
def test_who_may_call(row: Row, demo: Store) -> None:
    gate = Gate(demo, OpeningHours.parse(""), 0)
    claim = Claim(row["UKPRN"], row["OrganisationRef"], row["OrgPassword"], "demo")
    assert admitted(gate, claim, Service(row["service"])) == row["answer"]


def admitted(gate: Gate, claim: Claim, service: Service) -> str:
    try:
        gate.admit(claim, service, NOW)
    except RegisterFault as fault:
        return fault.code
    return "granted"


def assert_found(result: FindResult, row: Row) -> None:
    assert (result.code, list(result.ulns)) == (row["answer"], ulns(row["ULNs returned"]))


@rows_of("Find by ULN")
def test_find_by_uln(row: Row, work: UnitOfWork) -> None:
    assert_found(find_by_uln(FindByUln(row["ULN"], row["GivenName"], row["FamilyName"]), work.learners), row)


ALSO = {
    "PreviousFamilyName": "previous_family_name",
    "SchoolAtAge16": "school_at_age_16",
    "PlaceOfBirth": "place_of_birth",
    "EmailAddress": "email_address",
}


@rows_of("Find by demographics")
def test_find_by_demographics(row: Row, work: UnitOfWork) -> None:
    pairs = [pair.split("=") for pair in ulns(row["also"])]
    wanted = FindByDemographics(
        row["FamilyName"],
        row["GivenName"],
        date.fromisoformat(row["DateOfBirth"]),
        row["Gender"],
        row["LastKnownPostCode"],
        **{ALSO[name]: value for name, value in pairs},
    )
    assert_found(find_by_demographics(wanted, work.learners), row)


@rows_of("Register")
def test_register(row: Row, work: UnitOfWork) -> None:
    wanted = LearnerToRegister(
        given_name=row["GivenName"],
        family_name=row["FamilyName"],
        date_of_birth=date.fromisoformat(row["DateOfBirth"]),
        gender=row["Gender"],
        last_known_post_code=row["LastKnownPostCode"],
        verification_type="1",
        ability_to_share="1",
    )
    result = register(
        wanted,
        DEMO,
        learners=work.learners,
        audit=work.audit,
        now=NOW,
        policy=RegistrationPolicy(),
        randbelow=random.Random(2).randrange,
    )
    assert result.code == row["answer"]


CHANGED = {
    "FamilyName": "family_name",
    "AbilityToShare": "ability_to_share",
    "Notes": "notes",
    "LastKnownPostCode": "last_known_post_code",
}


@rows_of("Update")
def test_update(row: Row, work: UnitOfWork) -> None:
    wanted = LearnerUpdate(row["ULN"], int(row["VersionNumber"]), {CHANGED[row["field"]]: row["new value"]})
    result = update(wanted, DEMO, learners=work.learners, now=NOW)
    assert (result.code, result.uln or "") == (row["answer"], row["ULN meant"])


@rows_of("Verify")
def test_verify(row: Row, work: UnitOfWork) -> None:
    wanted = LearnerToVerify(row["ULN"], row["GivenName"], row["FamilyName"], day(row["DateOfBirth"]), row["Gender"])
    result = verify(wanted, work.learners)
    assert (result.code, list(result.flags)) == (row["answer"], ulns(row["FailureFlag"]))


@rows_of("Retrieve ULNs")
def test_retrieve(row: Row, work: UnitOfWork) -> None:
    (result,) = retrieve([row["ULN"]], work.learners)
    assert (result.code, result.master_uln or "") == (row["answer"], row["master"])


@rows_of("Learning events")
def test_learning_events(row: Row, work: UnitOfWork) -> None:
    wanted = LearningRecordRequest(row["ULN"], row["GivenName"], row["FamilyName"], user_type=UserType(row["userType"]))
    result = learning_record(wanted, work.learners, work.events)
    shown = [str(event.event_id) for event in result.events]
    assert (result.code, result.found_uln or "", shown) == (row["answer"], row["FoundULN"], ulns(row["event IDs"]))


def sent(row: Row) -> dict[str, str]:
    """Return the record of an achievement that a row stands for."""
    usual = {
        "Action": "1",
        "AchievementAwardDate": "2024-08-22T00:00:00",
        "ActionDate": "2024-08-23T00:00:00",
        "ProviderUkprn": "DEMO0002",
    }
    columns = ("Uln", "GivenName", "FamilyName", "UnitOrQualificationReferenceNumber", "Grade")
    also = dict(pair.split("=") for pair in ulns(row["also"]))
    return usual | {name: row[name] for name in columns if row[name]} | also


@rows_of("Achievements")
def test_achievements(row: Row, work: UnitOfWork) -> None:
    reporter = work.organisations.by_ukprn("DEMO0003")
    assert reporter is not None
    assert reporter.awarding
    result = process(
        sent(row),
        submission_type=SubmissionType.FINAL,
        reporter=reporter,
        now=NOW,
        learners=work.learners,
        achievements=work.achievements,
        qualifications=work.qualifications,
        organisations=work.organisations,
    )
    told = [error["code"] for error in result.facts.get("errors", ())]
    assert (result.code, told) == (row["outcome"], ulns(row["errors"]))


def test_one_organisation_of_the_world_reports_achievements(work: UnitOfWork) -> None:
    assert [known.ukprn for known in work.organisations.all() if known.awarding] == ["DEMO0003"]


@rows_of("Get organisation")
def test_get_organisation(row: Row, work: UnitOfWork) -> None:
    known = work.organisations
    found = known.by_ukprn(row["ukPrn"]) if row["ukPrn"] else known.by_reference(row["orgRef"])
    code = ResponseCode.EXACT_MATCH if found else ResponseCode.NO_MATCH
    assert (code, found.name if found else "") == (row["answer"], row["DisplayName"])


@rows_of("Badly formed requests")
def test_badly_formed(row: Row) -> None:
    sound = {"GivenName": "Newton", "FamilyName": "Arrival", "DateOfBirth": "2007-01-30", "VerificationType": "1"}
    assert check_request(sound, NOW.date()) is None
    breach = check_request(sound | {row["element"]: row["value"]}, NOW.date())
    assert breach is not None
    assert breach.rule == row["rule"]


def test_every_section_is_tried() -> None:
    tried = {
        "Who may call",
        "Find by ULN",
        "Find by demographics",
        "Register",
        "Update",
        "Verify",
        "Retrieve ULNs",
        "Learning events",
        "Achievements",
        "Get organisation",
        "Badly formed requests",
    }
    assert TABLES.keys() == tried
    assert all(len(rows) > 2 for rows in TABLES.values())


# Codes of batch operations, which no single request answers.
BATCH_CODES = {"WSRC0007", "WSRC0008", "WSRC0009", "WSRC0010", "WSRC0017", "WSRC0018", "WSRC0043"}


def test_every_code_of_single_operations_is_shown() -> None:
    shown = {row.get("answer") for rows in TABLES.values() for row in rows}
    single = {code.value for code in (*ResponseCode, *VerificationCode)} - BATCH_CODES
    assert single <= shown
    assert {"WSEC0001", "WSEC0003", "WSEC0005", "WSEC0006", "WSEC0136", "WSEC0206", "WSEC0208"} <= shown
    text = DOCUMENT.read_text("utf-8")
    assert all(code in text for code in ("WSEC0002", "WSEC0004", "WSEC0999"))


def test_ages_stay_permitted_for_years(work: UnitOfWork) -> None:
    born = [learner.date_of_birth for learner in work.learners.many(demo_ulns()).values()]
    assert len(born) == 62
    youngest, eldest = max(born), min(born)
    assert age_on(NOW.date(), youngest) >= 13
    assert age_on((NOW + timedelta(days=10 * 365)).date(), eldest) <= 110


def demo_ulns() -> list[str]:
    world = (Path(__file__).parents[3] / "lrs_soap" / "worlds" / "demo.yaml").read_text("utf-8")
    return [line.split()[-1] for line in world.splitlines() if line.startswith("  - ULN: ")]


def test_nothing_in_the_world_breaks_a_rule_of_requests(work: UnitOfWork) -> None:
    for learner in work.learners.many(demo_ulns()).values():
        values = {
            "ULN": learner.uln,
            "GivenName": learner.given_name,
            "FamilyName": learner.family_name,
            "DateOfBirth": learner.date_of_birth.isoformat(),
            "LastKnownPostCode": learner.last_known_post_code,
            "EmailAddress": learner.email_address or "",
            "VerificationType": learner.verification_type,
            "OtherVerificationDescription": learner.other_verification_description or "",
        }
        assert check_request(values, NOW.date()) is None, learner.uln
