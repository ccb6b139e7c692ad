"""Who is calling, and may they.

Rules: "who may call", "order of checks": hours, organisation, password, grants.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

from lrs_soap.domain.codes import ErrorCode, Service
from lrs_soap.domain.logins import LoginLimit, may_try, note_failure
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.organisations import Organisation, find_organisation
from lrs_soap.domain.passwords import hash_password, password_is
from lrs_soap.services.faults import RegisterFault
from lrs_soap.store import Store

logger = logging.getLogger(__name__)

MOST_REMEMBERED = 10_000
MOST_PASSWORDS = 1_000
NO_LIMIT = LoginLimit()

UNKNOWN = (
    "Give the UKPRN or the OrganisationRef of a registered organisation; when both are given they must "
    "name the same one."
)
UNKNOWN_CERTIFICATE = "The client certificate of this connection names no registered organisation."

certificate_owner: ContextVar[str | None] = ContextVar("certificate_owner", default=None)
"""UKPRN in the client certificate of the connection: empty when that names none, None without a certificate."""

caller_address: ContextVar[str] = ContextVar("caller_address", default="")
"""The address that the request being answered comes from, as far as proxies that are believed tell it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it comes from; texts as sent, None when absent. certificate: as certificate_owner."""

    ukprn: str | None
    reference: str | None
    password: str | None
    user_name: str | None
    certificate: str | None = None


@dataclass(slots=True)
class _Known:
    organisation: Organisation
    until: float
    passwords: set[bytes] = field(default_factory=set)


class Gate:
    """Checks callers, and remembers for a short while whom it has checked.

    memory: seconds for which an organisation and its checked passwords are remembered, at most 60, so that a changed
    password, grant or status takes effect within a minute. limit: the wrong passwords an organisation is given; a right
    one that is remembered from the same address is taken even after them, so that no stranger shuts anybody out.
    """

    def __init__(
        self,
        store: Store,
        hours: OpeningHours,
        memory: float,
        monotonic: Callable[[], float] = time.monotonic,
        limit: LoginLimit = NO_LIMIT,
    ) -> None:
        self._store = store
        self._hours = hours
        self._memory = memory
        self._monotonic = monotonic
        self._limit = limit
        self._salt = token_bytes(16)
        self._known: dict[tuple[str, str], _Known] = {}
        self._nobody = hash_password("no organisation")

    def admit(self, claim: Claim, service: Service, now: datetime) -> Organisation:
        """Return the calling organisation, or raise the fault of the first check it fails."""
        if not self._hours.is_open(now):
            raise RegisterFault(ErrorCode.OUT_OF_HOURS, f"The service is open {self._hours}.")
        owner = self._owner_of_certificate(claim)
        known = self._remembered(claim)
        if known is None or not self._is_admitted(known, claim, service):
            known = self._identify(claim)
            self._check(known, claim, service, now)
        if owner is not None and owner != known.organisation.ukprn:
            raise RegisterFault(
                ErrorCode.NOT_GRANTED,
                f"The client certificate of this connection belongs to the organisation {owner}, the message to "
                f"{known.organisation.ukprn}; call with a certificate of the organisation that the message names.",
            )
        return known.organisation

    def _owner_of_certificate(self, claim: Claim) -> str | None:
        if claim.certificate is None:
            return None
        named = Claim(claim.certificate, None, claim.password, None)
        return (self._remembered(named) or self._identify(named, UNKNOWN_CERTIFICATE)).organisation.ukprn

    def _is_admitted(self, known: _Known, claim: Claim, service: Service) -> bool:
        digest = self._digest(claim.password or "")
        return digest in known.passwords and known.organisation.may_use(service)

    def _check(self, known: _Known, claim: Claim, service: Service, now: datetime) -> None:
        digest = self._digest(claim.password or "")
        if digest not in known.passwords:
            self._prove(known.organisation, claim.password or "", now)
            if len(known.passwords) >= MOST_PASSWORDS:
                known.passwords.clear()
            known.passwords.add(digest)
        if not known.organisation.may_use(service):
            raise RegisterFault(
                ErrorCode.NOT_GRANTED,
                f"The organisation has not been granted '{service.value}'; ask the service's operator to grant it.",
            )

    def _prove(self, organisation: Organisation, password: str, now: datetime) -> None:
        """Raise the fault of a wrong password; after too many of them, whatever the password is."""
        with self._store.reading() as work:
            tries = may_try(work.failed_logins, self._limit, organisation, now)
        if tries and password_is(password, organisation.password_hash):
            return
        if tries and self._limit.attempts:
            self._count(organisation, now)
        raise RegisterFault(
            ErrorCode.WRONG_PASSWORD,
            "Check OrgPassword, which R9 calls Password: exactly 16 characters, letter case counts.",
        )

    def _count(self, organisation: Organisation, now: datetime) -> None:
        try:
            with self._store.writing() as work:
                until = note_failure(work.failed_logins, self._limit, organisation, now)
        except Exception as error:
            # The password is wrong all the same, even where the database takes no more.
            logger.error("a wrong password for %s could not be counted", organisation.ukprn, exc_info=error)
            return
        if until is not None:
            logger.warning("too many wrong passwords for %s: none is checked until %s", organisation.ukprn, until)

    def _digest(self, password: str) -> bytes:
        proof = f"{caller_address.get()}\0{password}"
        return blake2b(proof.encode("utf-8", "surrogatepass"), key=self._salt).digest()

    def _remembered(self, claim: Claim) -> _Known | None:
        known = self._known.get(_identity(claim))
        return known if known is not None and self._monotonic() < known.until else None

    def _identify(self, claim: Claim, otherwise: str = UNKNOWN) -> _Known:
        key = _identity(claim)
        organisation = self._look_up(*key)
        if organisation is None or not organisation.is_active:
            self._known.pop(key, None)
            # An unknown organisation takes as long as a wrong password, so that names cannot be tried out.
            password_is(claim.password or "", self._nobody)
            raise RegisterFault(ErrorCode.UNKNOWN_ORGANISATION, otherwise)
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        before = self._known.get(key)
        known = self._known[key] = _Known(organisation, self._monotonic() + self._memory)
        if before is not None and before.organisation.password_hash == organisation.password_hash:
            # A stranger's wrong password must not make everybody else's right one be checked anew.
            known.passwords = before.passwords
        return known

    def _look_up(self, ukprn: str, reference: str) -> Organisation | None:
        with self._store.reading() as work:
            return find_organisation(work.organisations, ukprn, reference)


def _identity(claim: Claim) -> tuple[str, str]:
    return (claim.ukprn or "").strip().upper(), (claim.reference or "").strip().upper()
