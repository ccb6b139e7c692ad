"""How many wrong passwords an organisation is given before no more are checked for a while.

Rule: "login attempts".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lrs_soap.domain.organisations import Organisation

if TYPE_CHECKING:
    from lrs_soap.domain.ports import FailedLoginsByOrganisation


@dataclass(frozen=True, slots=True)
class FailedLogins:
    """Wrong passwords. since: when the first was given; password_hash: what all were checked against.

    A new password makes the old failures meaningless, whoever set it.
    """

    password_hash: str
    since: datetime
    count: int


@dataclass(frozen=True, slots=True)
class LoginLimit:
    """attempts: wrong passwords after which none is checked, 0: any number. window: for how long, from the first."""

    attempts: int = 0
    window: timedelta = timedelta(minutes=5)

    def until(self, failed: FailedLogins | None, organisation: Organisation, now: datetime) -> datetime | None:
        """Return until when no password is checked; None when one may be."""
        if not self.attempts or failed is None or failed.count < self.attempts:
            return None
        return failed.since + self.window if self._counts(failed, organisation, now) else None

    def with_another(self, failed: FailedLogins | None, organisation: Organisation, now: datetime) -> FailedLogins:
        """Return the failures with one more, which is the first when those before no longer count."""
        if failed is None or not self._counts(failed, organisation, now):
            return FailedLogins(organisation.password_hash, now, 1)
        return FailedLogins(failed.password_hash, failed.since, failed.count + 1)

    def _counts(self, failed: FailedLogins, organisation: Organisation, now: datetime) -> bool:
        # A clock that was set back must not lock anybody out for as long as it was set back.
        within = failed.since <= now < failed.since + self.window
        return within and failed.password_hash == organisation.password_hash


def may_try(logins: "FailedLoginsByOrganisation", limit: LoginLimit, organisation: Organisation, now: datetime) -> bool:
    """Tell whether a password given for an organisation is to be checked."""
    return not limit.attempts or limit.until(logins.of(organisation.ukprn), organisation, now) is None


def note_failure(
    logins: "FailedLoginsByOrganisation", limit: LoginLimit, organisation: Organisation, now: datetime
) -> datetime | None:
    """Count a wrong password; return until when no more are checked if this one has reached the limit."""
    failed = limit.with_another(logins.hold(organisation.ukprn), organisation, now)
    logins.put(organisation.ukprn, failed)
    return limit.until(failed, organisation, now) if failed.count == limit.attempts else None
