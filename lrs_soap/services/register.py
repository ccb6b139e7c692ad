"""What an operation works with: the register handed in by the application, and the call being answered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import randbelow

from lrs_soap.domain import field_rules
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.clock import Clock
from lrs_soap.domain.codes import Operation, Service
from lrs_soap.domain.learner import DetailsKey
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.registration import RegistrationPolicy
from lrs_soap.services import observing
from lrs_soap.services.credentials import Claim, Gate, certificate_owner
from lrs_soap.services.faults import invalid
from lrs_soap.store import Store


@dataclass(frozen=True, slots=True)
class Register:
    """All that operations share: the store, the gate, the clock and the rules that an installation may choose.

    randbelow: what new ULNs are drawn with; a caller must not be able to guess the next one.
    """

    store: Store
    gate: Gate
    clock: Clock
    policy: RegistrationPolicy = field(default_factory=RegistrationPolicy)
    randbelow: Callable[[int], int] = randbelow

    @property
    def finds_must_be_kept_at_once(self) -> bool:
        """Whether a registration may ask for a find that has only just been answered."""
        return self.policy.requires_find


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request: who makes it, for which organisation, when, and on which register."""

    register: Register
    organisation: Organisation
    actor: Actor
    now: datetime

    def check_fields(self, values: Mapping[str, str | None]) -> None:
        """Raise the fault of the first field rule that these values, by element name, break."""
        _refuse(field_rules.check_request(values, self.now.date()))

    def check_record(self, values: Mapping[str, str | None]) -> None:
        """Raise the fault of the first field rule that a record to be kept breaks."""
        _refuse(field_rules.check_record(values, self.now.date()))

    def entry(
        self,
        operation: Operation,
        outcome: str,
        ulns: Iterable[str] = (),
        criteria: Mapping[str, str | None] | None = None,
        details: DetailsKey | None = None,
    ) -> AuditEntry:
        """Return the line of the audit trail that this call leaves."""
        observing.note(outcome=str(outcome))
        return AuditEntry(
            at=self.now,
            organisation=self.actor.organisation,
            user_name=self.actor.user_name,
            operation=operation,
            outcome=str(outcome),
            ulns=tuple(ulns),
            criteria={name: value for name, value in (criteria or {}).items() if value},
            details=details,
        )


def _refuse(breach: field_rules.Breach | None) -> None:
    if breach is not None:
        raise invalid(breach.text)


def admit(register: Register, claim: Claim, service: Service) -> Call:
    """Return the call of an organisation that may use a service; raises the fault of the check it fails."""
    now = register.clock.now()
    owner = certificate_owner.get()
    organisation = register.gate.admit(claim if owner is None else replace(claim, certificate=owner), service, now)
    observing.note(organisation=organisation.ukprn, user_name=claim.user_name or "")
    return Call(register, organisation, Actor(organisation.ukprn, claim.user_name or ""), now)
