"""What a scenario can be bound to in a message: the operation, the organisation that is claimed, and the learners."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lrs_soap.services import observing, operations_external, operations_r9, translate
from lrs_soap.services.credentials import Claim
from lrs_soap.services.external_service import ExternalService
from lrs_soap.services.learner_register import LearnerRegister
from lrs_soap.services.learner_service import LearnerService
from lrs_soap.services.learner_service_r9 import LearnerServiceR9

ULNS: Final = ("ULN", "Uln", "uln", "learnerUln")
GIVEN_NAMES: Final = ("GivenName", "givenName", "learnerGivenName")
FAMILY_NAMES: Final = ("FamilyName", "familyName", "learnerFamilyName")
SERVICES: Final[tuple[Any, ...]] = (LearnerService, LearnerServiceR9, ExternalService, LearnerRegister)


@dataclass(frozen=True, slots=True)
class Person:
    """A learner as a request names them; empty where it does not."""

    uln: str
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a request that reached an operation.

    element: local name of the body's element. operations: the names by which the operation can be meant.
    organisations: UKPRN and OrganisationRef as claimed, in capitals. job: the number of the job asked after.
    """

    element: str
    operations: frozenset[str]
    organisations: frozenset[str]
    people: tuple[Person, ...]
    job: str


def names_of(service: str, operation: str, element: str) -> frozenset[str]:
    """Return the names by which an operation can be meant: its own, with the service's before it, its element's."""
    return frozenset({operation, f"{service}.{operation}", element})


def known_operations() -> frozenset[str]:
    """Return every name by which an operation can be meant."""
    names = [
        names_of(service.__name__, name, descriptor.in_message.Attributes.sub_name)
        for service in SERVICES
        for name, descriptor in service.public_methods.items()
    ]
    return frozenset().union(*names)


def facts_of(service: str, operation: str, request: Any) -> Facts:
    """Return what is known of a request, as its interceptor gets it."""
    noted = observing.observation.get()
    element = noted.element.rpartition("}")[2] if noted is not None else ""
    claimed = claim_of(request)
    given = ((claimed.ukprn or "").strip().upper(), (claimed.reference or "").strip().upper())
    members = translate.members(request)
    job = members.get("JobID", members.get("jobId"))
    return Facts(
        element,
        names_of(service, operation, element),
        frozenset(filter(None, given)),
        tuple(_people(request)),
        "" if job is None else str(job),
    )


def claim_of(request: Any) -> Claim:
    """Return whom a request of any service says it comes from."""
    members = translate.members(request)
    if "invokingOrganisation" in members:
        return operations_r9.claim_of(request.invokingOrganisation)
    if "invokingUser" in members:
        return operations_external.claim_of(request.invokingUser)
    return translate.claim_of(request)


def _people(message: Any) -> Iterator[Person]:
    if isinstance(message, list):
        for each in message:
            yield from _people(each)
        return
    members: Mapping[str, Any] = getattr(message, "__dict__", {})
    yield from _named(members)
    for value in members.values():
        yield from _people(value)


def _named(members: Mapping[str, Any]) -> Iterator[Person]:
    ulns, given_name, family_name = (_first(members, names) for names in (ULNS, GIVEN_NAMES, FAMILY_NAMES))
    for uln in ulns if isinstance(ulns, list) else [ulns]:
        if uln or given_name or family_name:
            yield Person((uln or "").strip(), (given_name or "").strip(), (family_name or "").strip())


def _first(members: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((members[name] for name in names if members.get(name)), None)
