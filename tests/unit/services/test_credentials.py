"""Who may call: what is checked, in which order, and for how long it is remembered."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lrs_soap.domain.codes import ErrorCode, Service
from lrs_soap.domain.logins import LoginLimit
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.organisations import OrganisationStatus
from lrs_soap.domain.passwords import hash_password, password_is
from lrs_soap.services import credentials
from lrs_soap.services.credentials import Claim, Gate, caller_address
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


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the passwords whose hash was computed."""
    passwords: list[str] = []

    def counting(password: str, password_hash: str) -> bool:
        passwords.append(password)
        return password_is(password, password_hash)

    monkeypatch.setattr(credentials, "password_is", counting)
    return passwords


def by_certificate(ukprn: str, owner: str, password: str = factories.PASSWORD) -> Claim:
    return Claim(ukprn, None, password, "mis.user", owner)


@pytest.mark.parametrize(
    "who",
    [
        claim(password=OTHER_PASSWORD),
        claim(),
        claim("NOBODY99"),
        claim(None, "NOBODY"),
        claim(None, None),
        claim("TEST0101", "TST003"),
        claim("TEST0303"),
        claim("TEST0303", password=OTHER_PASSWORD),
        by_certificate("TEST0101", "TEST0101", OTHER_PASSWORD),
        by_certificate("TEST0101", "NOBODY99"),
        by_certificate("NOBODY99", "TEST0101"),
        by_certificate("TEST0303", "TEST0303"),
        by_certificate("TEST0101", "TEST0101"),
    ],
    ids=[
        "wrong password",
        "right password",
        "unknown UKPRN",
        "unknown reference",
        "no organisation",
        "two organisations",
        "closed",
        "closed, wrong password",
        "certificate and wrong password",
        "unknown certificate",
        "certificate and unknown UKPRN",
        "certificate of a closed one",
        "certificate and right password",
    ],
)
def test_whoever_is_named_one_hash_is_computed(gate: Gate, checked: list[str], who: Claim) -> None:
    code(gate, who)
    assert checked == [who.password]


def test_a_wrong_password_costs_a_hash_each_time_also_where_the_right_one_is_remembered(
    gate: Gate, checked: list[str]
) -> None:
    assert code(gate, claim()) == "TEST0101"
    for wrong in [claim(password=OTHER_PASSWORD), claim("NOBODY99", password=OTHER_PASSWORD)] * 2:
        code(gate, wrong)
    assert code(gate, claim()) == "TEST0101"
    assert checked == [factories.PASSWORD, *[OTHER_PASSWORD] * 4]


LIMIT = LoginLimit(3, timedelta(minutes=5))
WRONG = claim(password=OTHER_PASSWORD)


@pytest.fixture
def limited(register: Store, seconds: Seconds) -> Gate:
    return Gate(register, OpeningHours.parse(""), MEMORY, seconds, LIMIT)


@pytest.fixture
def address() -> Iterator[None]:
    before = caller_address.set("192.0.2.1")
    yield
    caller_address.reset(before)


def lock(gate: Gate) -> None:
    for _ in range(LIMIT.attempts):
        assert code(gate, WRONG) == ErrorCode.WRONG_PASSWORD


def test_after_too_many_wrong_passwords_none_is_checked_until_the_window_ends(
    limited: Gate, checked: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "lrs_soap"):
        lock(limited)
        for who in (claim(), WRONG):
            assert code(limited, who) == ErrorCode.WRONG_PASSWORD
    assert checked == [OTHER_PASSWORD] * LIMIT.attempts
    assert caplog.messages == ["too many wrong passwords for TEST0101: none is checked until 2026-03-02 10:20:00+00:00"]
    assert code(limited, claim(), now=MONDAY + LIMIT.window) == "TEST0101"


def test_both_faults_are_the_same(limited: Gate) -> None:
    texts = []
    for _ in range(LIMIT.attempts + 1):
        with pytest.raises(RegisterFault) as caught:
            limited.admit(WRONG, Service.FIND, MONDAY)
        texts.append((caught.value.code, caught.value.faultstring, str(caught.value.detail)))
    assert len(set(texts)) == 1


def test_a_right_password_remembered_from_the_same_address_is_taken_all_the_same(
    limited: Gate, seconds: Seconds, address: None
) -> None:
    assert code(limited, claim()) == "TEST0101"
    caller_address.set("198.51.100.7")
    lock(limited)
    assert code(limited, claim()) == ErrorCode.WRONG_PASSWORD
    caller_address.set("192.0.2.1")
    assert code(limited, claim()) == "TEST0101"
    seconds.now = MEMORY
    assert code(limited, claim()) == "TEST0101"


def test_a_new_password_is_taken_at_once(limited: Gate, register: Store) -> None:
    lock(limited)
    with register.writing() as work:
        work.organisations.replace(replace(factories.organisation(), password_hash=hash_password("new-password-xyz")))
    assert code(limited, claim(password="new-password-xyz")) == "TEST0101"


def test_others_are_not_shut_out(limited: Gate, register: Store) -> None:
    with register.writing() as work:
        work.organisations.add(factories.organisation(ukprn="TEST0202", reference="TST002"))
    lock(limited)
    assert code(limited, claim("TEST0202")) == "TEST0202"
    assert code(limited, claim(None, "TST001")) == ErrorCode.WRONG_PASSWORD, "the same one by its other name"


def test_a_database_that_takes_no_more_changes_no_answer(
    limited: Gate, register: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(register, "writing", full)
    assert code(limited, WRONG) == ErrorCode.WRONG_PASSWORD
    assert caplog.messages == ["a wrong password for TEST0101 could not be counted"]


def test_what_is_remembered_of_an_organisation_is_bounded(
    limited: Gate, monkeypatch: pytest.MonkeyPatch, checked: list[str], address: None
) -> None:
    monkeypatch.setattr(credentials, "MOST_PASSWORDS", 2)
    for number in (1, 2, 3, 3, 1):
        caller_address.set(f"192.0.2.{number}")
        assert code(limited, claim()) == "TEST0101"
    assert len(checked) == 4
