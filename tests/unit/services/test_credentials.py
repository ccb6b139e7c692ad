"""Who may call: what is checked, in which order, and for how long it is remembered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lrs_soap.domain.codes import ErrorCode, Service
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.organisations import OrganisationStatus
from lrs_soap.services.credentials import Claim, Gate, hash_password
from lrs_soap.services.faults import RegisterFault
from lrs_soap.store import Store, open_store
from tests import factories

MONDAY = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
MEMORY = 20.0
OTHER_PASSWORD = "fedcba9876543210"


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def register() -> Iterator[Store]:
    store = open_store("sqlite://")
    store.migrate()
    with store.writing() as work:
        work.organisations.add(factories.organisation(grants=frozenset({"find", "update"})))
        work.organisations.add(
            factories.organisation(ukprn="TEST0303", reference="TST003", status=OrganisationStatus.CLOSED)
        )
    yield store
    store.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def gate(register: Store, seconds: Seconds) -> Gate:
    return Gate(register, OpeningHours.parse("Mon-Fri 07:00-23:00"), MEMORY, seconds)


def claim(ukprn: str | None = "TEST0101", reference: str | None = None, password: str = factories.PASSWORD) -> Claim:
    return Claim(ukprn, reference, password, "mis.user")


def code(gate: Gate, who: Claim, service: Service = Service.FIND, now: datetime = MONDAY) -> str:
    try:
        return gate.admit(who, service, now).ukprn
    except RegisterFault as fault:
        return str(fault.code.value)


@pytest.mark.parametrize(
    ("ukprn", "reference"),
    [("TEST0101", None), ("test0101", ""), (None, "TST001"), ("", "tst001"), ("TEST0101", "TST001")],
)
def test_an_organisation_is_known_by_either_identifier(gate: Gate, ukprn: str | None, reference: str | None) -> None:
    assert code(gate, claim(ukprn, reference)) == "TEST0101"


@pytest.mark.parametrize(
    ("ukprn", "reference"),
    [(None, None), ("", ""), ("NOBODY99", None), (None, "NOBODY"), ("TEST0101", "TST003"), ("TEST0303", None)],
    ids=["none", "empty", "unknown UKPRN", "unknown reference", "two organisations", "closed"],
)
def test_nobody_else_is_known(gate: Gate, ukprn: str | None, reference: str | None) -> None:
    assert code(gate, claim(ukprn, reference)) == ErrorCode.UNKNOWN_ORGANISATION


def test_the_order_of_checks(gate: Gate) -> None:
    assert code(gate, claim("NOBODY99"), now=SUNDAY) == ErrorCode.OUT_OF_HOURS
    assert code(gate, claim(password=OTHER_PASSWORD), Service.REGISTER) == ErrorCode.WRONG_PASSWORD
    assert code(gate, claim(), Service.REGISTER) == ErrorCode.NOT_GRANTED
    assert code(gate, claim(), Service.UPDATE) == "TEST0101"


def test_a_changed_password_works_at_once_and_the_old_one_no_longer_than_it_is_remembered(
    gate: Gate, register: Store, seconds: Seconds
) -> None:
    assert code(gate, claim()) == "TEST0101"
    with register.writing() as work:
        changed = replace(factories.organisation(), password_hash=hash_password(OTHER_PASSWORD))
        work.organisations.replace(changed)
    seconds.now = MEMORY - 1
    assert code(gate, claim(password=OTHER_PASSWORD)) == "TEST0101"
    assert code(gate, claim()) == ErrorCode.WRONG_PASSWORD


def test_what_is_remembered_ends_with_the_memory(gate: Gate, register: Store, seconds: Seconds) -> None:
    assert code(gate, claim()) == "TEST0101"
    with register.writing() as work:
        work.organisations.replace(factories.organisation(status=OrganisationStatus.CLOSED))
    seconds.now = MEMORY - 1
    assert code(gate, claim()) == "TEST0101"
    seconds.now = MEMORY
    assert code(gate, claim()) == ErrorCode.UNKNOWN_ORGANISATION


def test_a_new_grant_takes_effect_at_once(gate: Gate, register: Store) -> None:
    assert code(gate, claim(), Service.REGISTER) == ErrorCode.NOT_GRANTED
    with register.writing() as work:
        work.organisations.replace(factories.organisation())
    assert code(gate, claim(), Service.REGISTER) == "TEST0101"


def test_nothing_is_remembered_when_the_memory_is_0(register: Store, seconds: Seconds) -> None:
    gate = Gate(register, OpeningHours.parse(""), 0, seconds)
    assert code(gate, claim()) == "TEST0101"
    with register.writing() as work:
        work.organisations.replace(factories.organisation(status=OrganisationStatus.CLOSED))
    assert code(gate, claim()) == ErrorCode.UNKNOWN_ORGANISATION
