"""Batches over the wire: a served register, jobs done at will, and batches of 200 with what becomes of each record."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from lrs_soap.domain.achievement import Qualification
from lrs_soap.domain.clock import Clock, SystemClock
from lrs_soap.domain.elements import stated
from lrs_soap.domain.jobs import JobStatus
from lrs_soap.domain.learner import Learner
from lrs_soap.store import Store, open_store
from lrs_soap.worker import BatchWorker
from tests import factories
from tests.serving import running_server
from tests.wire.conftest import fill

COLLEGE = factories.organisation(awarding=True)
NEIGHBOUR = factories.organisation(ukprn="TEST0202", reference="TST002", name="Other College", awarding=True)
SCHOOL = factories.organisation(ukprn="TEST0303", reference="TST003", name="School")
FINDER = factories.organisation(ukprn="TEST0404", reference="TST004", name="Finder", grants=frozenset({"find"}))
QUALIFICATIONS = (
    Qualification(
        reference="60123456", title="GCSE in Sociology", qualification_type="GCSE", level="2", grades=("A", "B", "C")
    ),
    Qualification(reference="J5023295", title="Numeracy", qualification_type="Unit", credits=4),
)
PATIENCE_SECONDS = 120

Values = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A served register: where it answers and where its database is."""

    address: str
    url: str

    def work_off(self, clock: Clock | None = None) -> None:
        """Have every job done that was submitted so far."""
        with opened(self.url) as store:
            worker, until = BatchWorker(store, clock or SystemClock()), time.monotonic() + PATIENCE_SECONDS
            while worker.run_pending() or waiting(store):
                assert time.monotonic() < until, "the jobs are not finished"
                time.sleep(0.01)

    def take_up(self, clock: Clock | None = None) -> None:
        """Have somebody begin with the oldest job, and get no further."""
        with opened(self.url) as store, store.writing() as work:
            assert work.jobs.claim("tests", 60, (clock or SystemClock()).now()) is not None

    def give_up(self, reason: str, clock: Clock | None = None) -> None:
        """Have the oldest job fail before its first record."""
        now = (clock or SystemClock()).now()
        with opened(self.url) as store, store.writing() as work:
            hold = work.jobs.claim("tests", 60, now)
            assert hold is not None
            work.jobs.end(hold, JobStatus.FAILED, now, reason)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Give the store at a database URL."""
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def waiting(store: Store) -> int:
    """Return how many jobs are not finished."""
    with store.reading() as work:
        return work.jobs.waiting()


@contextmanager
def served(url: str, learners: Iterable[Learner] = (), env: dict[str, str] | None = None) -> Iterator[Place]:
    """Serve a register on which jobs are done only when a test has them done."""
    fill(url, learners, organisations=[COLLEGE, NEIGHBOUR, SCHOOL, FINDER])
    with opened(url) as store, store.writing() as work:
        work.qualifications.put_many(QUALIFICATIONS)
    with running_server(url, env={"LRS_SOAP_BATCH_WORKER": "false"} | (env or {})) as address:
        yield Place(address, url)


GIVEN = ("Aderyn", "Bogdan", "Callum", "Dilys", "Ewan", "Fatima", "Gethin", "Hyacinth", "Idris", "Jolanta")
FAMILY = (
    "Abernathy", "Blackwood", "Cholmondeley", "Dziedzic", "Eastwick", "Fitzwilliam", "Grzybowski", "Harcourt",
    "Iqbal", "Jankowska", "Kowalczyk", "Llewellyn", "Mbeki", "Nkemelu", "Okonkwo", "Pemberton", "Quiroga",
    "Rutherford", "Szymanski", "Thistlewood",
)  # fmt: skip


def person(number: int) -> Values:
    """Return all that a batch can say of one of 200 people, none of whom could be another; without ULN."""
    return {
        "MISIdentifier": f"MIS-{number:03}",
        "Title": "Mx",
        "GivenName": GIVEN[number % 10],
        "PreferredGivenName": f"Pref {GIVEN[number % 10]}",
        "MiddleOtherName": "Ngozi",
        "FamilyName": FAMILY[number // 10],
        "PreviousFamilyName": "Obi",
        "FamilyNameAtAge16": "Obi-Wan",
        "SchoolAtAge16": "Mill Row Academy & <Sixth Form>",
        "LastKnownAddressLine1": f"{number} Mill Row",
        "LastKnownAddressLine2": "Flat 2",
        "LastKnownAddressTown": "Leeds",
        "LastKnownAddressCountyOrCity": "West Yorkshire",
        "LastKnownPostCode": f"LS{number % 20 + 1} {number // 20}AB",
        "DateOfAddressCapture": "2023-09-01",
        "DateOfBirth": date(1980 + number // 12, number % 12 + 1, 13 + number % 7).isoformat(),
        "PlaceOfBirth": "Łódź",
        "EmailAddress": f"person.{number}@example.org",
        "Gender": "129"[number % 3],
        "Nationality": "GBR",
        "ScottishCandidateNumber": f"{number:09}",
        "AbilityToShare": "1",
        "VerificationType": "999",
        "OtherVerificationDescription": "Citizen card",
        "Notes": "Met at the open day",
    }


def stored(number: int, **changes: Any) -> Learner:
    """Return the learner that the register has of a person."""
    told = {name: value for name, value in person(number).items() if name != "MISIdentifier"}
    return factories.learner(number, **({**stated(told), "tier_level": "2"} | changes))


@dataclass(frozen=True)
class Record:
    """A record of a batch and what it comes to. uln: None for the one that the register chooses or that was sent."""

    sent: Values
    code: str
    uln: str | None = None


def registration_records() -> tuple[list[Learner], list[Record]]:
    """Return a register's learners, and 200 records that come to every return code the web service has but RC008."""
    learners: list[Learner] = []
    records: list[Record] = []
    for number in range(200):
        known, record = _KINDS[number % 20](number) if number % 20 in _KINDS else ([], Record(person(number), "RC001"))
        learners += known
        records.append(record)
    return learners, records


def _unchanged(number: int) -> tuple[list[Learner], Record]:
    learner = stored(number)
    return [learner], Record(person(number), "RC002", learner.uln)


def _updated(number: int) -> tuple[list[Learner], Record]:
    learner = stored(number)
    return [learner], Record(person(number) | {"EmailAddress": f"new.{number}@example.org"}, "RC003", learner.uln)


def _confirmed(number: int) -> tuple[list[Learner], Record]:
    learner = stored(number)
    return [learner], Record(person(number) | {"ULN": learner.uln}, "RC004", learner.uln)


def _linked(number: int) -> tuple[list[Learner], Record]:
    master = stored(number, given_name="Somebody", family_name="Else")
    linked = factories.linked_to(master, 200 + number, given_name="Linked", family_name=FAMILY[number // 10])
    sent = {"ULN": linked.uln, "GivenName": "Linked", "FamilyName": FAMILY[number // 10]}
    return [master, linked], Record(sent, "RC005", master.uln)


def _without_verification(number: int) -> tuple[list[Learner], Record]:
    return [], Record(person(number) | {"VerificationType": None}, "RC006")


def _possible(number: int) -> tuple[list[Learner], Record]:
    return [stored(number)], Record(person(number) | {"GivenName": "Zbigniew"}, "RC007")


def _not_theirs(number: int) -> tuple[list[Learner], Record]:
    learner = stored(number)
    changes = {"ULN": learner.uln, "GivenName": "Zbigniew", "FamilyName": "Somebody-Else"}
    return [learner], Record(person(number) | changes, "RC009")


def _without_postcode(number: int) -> tuple[list[Learner], Record]:
    return [], Record(person(number) | {"LastKnownPostCode": ""}, "RC010")


def _wrong_check_digit(number: int) -> tuple[list[Learner], Record]:
    return [], Record(person(number) | {"ULN": "1234567894"}, "RC011")


def _repeated(number: int) -> tuple[list[Learner], Record]:
    return [], Record(person(number - 1) | {"MISIdentifier": "again", "Notes": None}, "RC012")


_KINDS = {
    1: _unchanged,
    3: _updated,
    5: _confirmed,
    7: _linked,
    9: _without_verification,
    11: _possible,
    13: _not_theirs,
    15: _without_postcode,
    17: _wrong_check_digit,
    19: _repeated,
}


def expected_learner(record: Record, answered: Values) -> Values:
    """Return what a registration record's output has to be; only a new ULN is taken from the answer."""
    echo = {name: value for name, value in record.sent.items() if value not in (None, "")}
    uln = {"ULN": answered["ULN"]} if record.code == "RC001" else {"ULN": record.uln} if record.uln else {}
    return {**echo, **uln, "ReturnCode": record.code}


IDENTITY = ("ULN", "FamilyName", "GivenName", "DateOfBirth", "Gender")


def verify_records() -> tuple[list[Learner], list[tuple[Values, Values]]]:
    """Return a register's learners, and 200 records to verify, each with what its output has to be."""
    people = [stored(number) for number in range(10)]
    links = [factories.linked_to(one, 200 + number, given_name="Old") for number, one in enumerate(people)]
    records = [_verified(number, people[number % 10], links[number % 10]) for number in range(200)]
    return [*people, *links], records


def _verified(number: int, learner: Learner, linked: Learner) -> tuple[Values, Values]:
    """Return a record to verify and its output: by its number it is one of eight kinds."""
    right = {name: person(number % 10)[name] for name in IDENTITY if name != "ULN"} | {"ULN": learner.uln}
    names = {name: right[name] for name in ("ULN", "FamilyName", "GivenName")}
    swapped = names | {"FamilyName": right["GivenName"], "GivenName": right["FamilyName"]}
    misspelt = right["FamilyName"] + "e"
    kinds: tuple[tuple[Values, str, Values | None, list[str]], ...] = (
        (right, "WSVRC001", right, []),
        (swapped | {"DateOfBirth": "", "Gender": ""}, "WSVRC001", right, []),
        (right | {"ULN": linked.uln}, "WSVRC002", right, []),
        (right | {"FamilyName": misspelt}, "WSVRC003", right, ["VRF4", "VRF5", "VRF6"]),
        (names | {"ULN": linked.uln, "FamilyName": misspelt}, "WSVRC004", right, ["VRF4", "VRF5", "VRF6"]),
        (right | {"GivenName": "Zzz"}, "WSVRC005", None, ["VRF1", "VRF2", "VRF3"]),
        (right | {"DateOfBirth": "1950-01-01", "Gender": "0"}, "WSVRC005", None, ["VRF7", "VRF8"]),
        (names | {"ULN": factories.uln_of(900 + number)}, "WSVRC006", None, []),
    )
    sent, code, shown, flags = kinds[number % 8]
    identifier = {"MISIdentifier": f"MIS & {number}"} if number % 3 else {}
    answer = {f"Searched{name}": sent[name] for name in IDENTITY if sent.get(name)}
    answer |= {**identifier, "ResponseCode": code, **(shown or {})}
    return sent | identifier, answer | ({"FailureFlag": flags} if flags else {})


AWARDED = "2024-08-22T00:00:00"
ACTED = "2024-08-23T09:00:00"


def achievement(number: int, learner: Learner | None = None, **changes: Any) -> Values:
    """Return a sound achievement of one of 200 people, with all that can be said of one, as changed."""
    known = person(number)
    return {
        "AchievementAwardDate": AWARDED,
        "Action": 1,
        "ActionDate": ACTED,
        "ActionReason": "First report",
        "DateofBirth": f"{known['DateOfBirth']}T00:00:00",
        "FamilyName": known["FamilyName"],
        "Gender": int(known["Gender"]),
        "GivenName": known["GivenName"],
        "Grade": "A",
        "LanguageForAssessment": "ENG",
        "LearnerPostcode": known["LastKnownPostCode"],
        "MisIdentifier": f"AO-{number:03}",
        "ProviderUkprn": "TEST0303",
        "Uln": (learner or stored(number)).uln,
        "UnitOrQualificationReferenceNumber": "60123456",
    } | changes
