"""A client certificate beside the rest of what a caller says: whose it must be, and when that is checked."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lrs_soap.domain.clock import FixedClock
from lrs_soap.domain.codes import ErrorCode, Service
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.organisations import OrganisationStatus
from lrs_soap.services.credentials import Claim, Gate, certificate_owner
from lrs_soap.services.faults import RegisterFault
from lrs_soap.services.register import Register, admit
from lrs_soap.store import Store, open_store
from tests import factories

MONDAY = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store("sqlite://")
    store.migrate()
    with store.writing() as work:
        work.organisations.add(factories.organisation(grants=frozenset({"find"})))
        work.organisations.add(factories.organisation(ukprn="TEST0202", reference="TST002"))
        work.organisations.add(
            factories.organisation(ukprn="TEST0303", reference="TST003", status=OrganisationStatus.CLOSED)
        )
    yield store
    store.close()


@pytest.fixture
def gate(store: Store) -> Gate:
    return Gate(store, OpeningHours.parse("Mon-Fri 07:00-23:00"), 20)


def outcome(
    gate: Gate, certificate: str | None, ukprn: str = "TEST0101", now: datetime = MONDAY, **changes: str
) -> str:
    password = changes.get("password", factories.PASSWORD)
    service = Service(changes.get("service", "find"))
    try:
        return gate.admit(Claim(ukprn, None, password, "mis.user", certificate), service, now).ukprn
    except RegisterFault as fault:
        return str(fault.code.value)


def test_the_certificate_must_be_that_of_the_organisation(gate: Gate) -> None:
    for _ in range(2):
        assert outcome(gate, None) == "TEST0101"
        assert outcome(gate, "TEST0101") == "TEST0101"
        assert outcome(gate, "test0101") == "TEST0101"
        assert outcome(gate, "TEST0202") == ErrorCode.NOT_GRANTED
        assert outcome(gate, "TEST0202", "TEST0202") == "TEST0202"


@pytest.mark.parametrize("certificate", ["NOBODY99", "TEST0303", ""], ids=["unknown", "closed", "none named"])
def test_the_organisation_of_the_certificate_must_be_known(gate: Gate, certificate: str) -> None:
    for _ in range(2):
        assert outcome(gate, certificate) == ErrorCode.UNKNOWN_ORGANISATION
        assert outcome(gate, certificate, password="fedcba9876543210") == ErrorCode.UNKNOWN_ORGANISATION
        assert outcome(gate, None) == "TEST0101"


def test_a_certificate_comes_after_hours_and_whose_it_is_after_the_password(gate: Gate) -> None:
    assert outcome(gate, "NOBODY99", now=SUNDAY) == ErrorCode.OUT_OF_HOURS
    assert outcome(gate, "TEST0202", "NOBODY99") == ErrorCode.UNKNOWN_ORGANISATION
    assert outcome(gate, "TEST0202", password="fedcba9876543210") == ErrorCode.WRONG_PASSWORD


def test_a_certificate_is_no_password_and_no_grant(gate: Gate) -> None:
    assert outcome(gate, "TEST0101", password="fedcba9876543210") == ErrorCode.WRONG_PASSWORD
    assert outcome(gate, "TEST0101", service="register") == ErrorCode.NOT_GRANTED


def test_calls_are_admitted_by_the_certificate_of_their_connection(store: Store, gate: Gate) -> None:
    register = Register(store, gate, FixedClock(MONDAY))
    claim = Claim("TEST0101", None, factories.PASSWORD, "mis.user")
    before = certificate_owner.set("TEST0202")
    try:
        with pytest.raises(RegisterFault) as caught:
            admit(register, claim, Service.FIND)
    finally:
        certificate_owner.reset(before)
    assert caught.value.code == ErrorCode.NOT_GRANTED
    assert "belongs to the organisation TEST0202, the message to TEST0101" in caught.value.further
    assert admit(register, claim, Service.FIND).organisation.ukprn == "TEST0101"
