"""Between the messages of LearnerService and the domain: names of members, texts and dates."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lrs_soap.domain.elements import DATES, TEXTS
from lrs_soap.domain.finding import FoundLearner
from lrs_soap.domain.learner import Learner
from lrs_soap.services.credentials import Claim
from lrs_soap.services.faults import invalid
from lrs_soap.services.messages import learner as messages
from lrs_soap.services.messages.members import make

Members = Mapping[str, Any]


def members(message: Any) -> Members:
    """Return the members of a message by element name; absent ones are None."""
    values: Members = message.__dict__
    return values


def claim_of(request: Any) -> Claim:
    """Return whom a request of LearnerService says it comes from."""
    return Claim(request.UKPRN, request.OrganisationRef, request.OrgPassword, request.UserName)


def to_date(text: str | None) -> date | None:
    """Return a date that the schema has accepted; absent and empty are None. Refuses the one it cannot tell."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        # The schema's pattern takes 29 February 1800 and 1900, which never were.
        raise invalid(f"cvc-datatype-valid.1.2.1: '{text}' is not a valid value for 'date'.") from None


def stated(values: Members) -> dict[str, Any]:
    """Return what a message states about a learner, by the domain's names: absent members are left out, empty ones
    are None."""
    texts = {name: values[wire] or None for wire, name in TEXTS.items() if values[wire] is not None}
    dates = {name: to_date(values[wire]) for wire, name in DATES.items() if values[wire] is not None}
    return {**texts, **dates}


def given(values: Members, names: Iterable[str]) -> dict[str, str]:
    """Return those members that were given and are not empty."""
    return {name: values[name] for name in names if values[name]}


def learner_message(found: FoundLearner) -> Any:
    """Return a learner as a find answers it."""
    learner = found.learner
    message = _identity(learner)
    message.update(
        CreatedDate=learner.created_at.date().isoformat(),
        LastUpdatedDate=learner.updated_at.date().isoformat(),
        TierLevel=learner.tier_level,
        LearnerStatus=learner.status,
        MasterSubstituted="Y" if found.substituted else None,
        LinkedULNs=_linked(learner),
        Notes=learner.notes or "",
        VersionNumber=learner.version,
    )
    return make(messages.Learner, **message)


def _identity(learner: Learner) -> dict[str, Any]:
    values: dict[str, Any] = {wire: getattr(learner, name) for wire, name in TEXTS.items()}
    values["ULN"] = learner.uln
    values["DateOfBirth"] = learner.date_of_birth.isoformat()
    if learner.date_of_address_capture is not None:
        values["DateOfAddressCapture"] = learner.date_of_address_capture.isoformat()
    return values


def _linked(learner: Learner) -> Any:
    if not learner.linked_ulns:
        return make(messages.ArrayOfString)
    return make(messages.ArrayOfString, ULN=list(learner.linked_ulns))


def verified_message(learner: Learner) -> dict[str, str]:
    """Return the stored identity that a verification or a retrieval shows."""
    return {
        "FamilyName": learner.family_name,
        "GivenName": learner.given_name,
        "DateOfBirth": learner.date_of_birth.isoformat(),
        "Gender": learner.gender,
    }
