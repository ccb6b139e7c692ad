"""How many wrong passwords an organisation is given: which count, until when, and what makes them forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lrs_soap.domain.logins import FailedLogins, LoginLimit, may_try, note_failure
from tests import factories

NOW = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LIMIT = LoginLimit(3, timedelta(minutes=5))
COLLEGE = factories.organisation()


class Logins:
    """The wrong passwords of one organisation, in memory."""

    def __init__(self) -> None:
        self.kept: FailedLogins | None = None

    def of(self, ukprn: str) -> FailedLogins | None:
        return self.kept if ukprn == COLLEGE.ukprn else None

    hold = of

    def put(self, ukprn: str, failed: FailedLogins) -> None:
        self.kept = failed


@pytest.fixture
def logins() -> Logins:
    return Logins()


def failures(logins: Logins, number: int, limit: LoginLimit = LIMIT) -> list[datetime | None]:
    return [note_failure(logins, limit, COLLEGE, NOW + place * SECOND) for place in range(number)]


def test_the_last_of_the_wrong_passwords_reaches_the_limit(logins: Logins) -> None:
    until = NOW + LIMIT.window
    assert failures(logins, 3) == [None, None, until]
    assert not may_try(logins, LIMIT, COLLEGE, NOW + 3 * SECOND)
    assert note_failure(logins, LIMIT, COLLEGE, NOW + 4 * SECOND) is None, "one that was under way is no news"


def test_one_less_is_no_hindrance(logins: Logins) -> None:
    failures(logins, 2)
    assert may_try(logins, LIMIT, COLLEGE, NOW + 2 * SECOND)


def test_the_window_ends_and_another_begins(logins: Logins) -> None:
    failures(logins, 3)
    end = NOW + LIMIT.window
    assert not may_try(logins, LIMIT, COLLEGE, end - SECOND)
    assert may_try(logins, LIMIT, COLLEGE, end)
    note_failure(logins, LIMIT, COLLEGE, end)
    assert logins.kept == FailedLogins(COLLEGE.password_hash, end, 1)


def test_a_clock_set_back_locks_nobody_out(logins: Logins) -> None:
    failures(logins, 3)
    assert may_try(logins, LIMIT, COLLEGE, NOW - SECOND)


def test_a_new_password_makes_a_new_start(logins: Logins) -> None:
    failures(logins, 3)
    changed = replace(COLLEGE, password_hash=factories.hashed("fedcba9876543210"))
    assert may_try(logins, LIMIT, changed, NOW)
    note_failure(logins, LIMIT, changed, NOW)
    assert logins.kept == FailedLogins(changed.password_hash, NOW, 1)


def test_no_limit_hinders_nobody(logins: Logins) -> None:
    assert failures(logins, 20, LoginLimit(0)) == [None] * 20
    assert may_try(logins, LoginLimit(0), COLLEGE, NOW)
