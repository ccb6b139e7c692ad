"""From an operation to its message, and from an answer to what it tells."""

from collections.abc import Iterator

from lxml import etree

from tests.history.operations import DETAILS, MEMBERS, Kind, Seen, Values
from tests.wire import requests
from tests.wire.soap import Reply

R9 = frozenset({Kind.FIND_R9, Kind.UPDATE_SUBSET})
_SUBSET = {
    "EmailAddress": "emailAddress",
    "SchoolAtAge16": "schoolAtAge16",
    "PreferredGivenName": "preferredGivenName",
}


def service_of(kind: Kind) -> str:
    """Return the service that an operation is for."""
    return "LearnerServiceR9" if kind in R9 else "LearnerService"


def message_of(kind: Kind, values: Values, uln: str, version: int) -> str:
    """Write the request of an operation; a registration and a search need neither ULN nor version."""
    match kind:
        case Kind.REGISTER:
            return requests.register(requests.CALLER, **values)
        case Kind.FIND:
            return requests.by_uln(uln, values["GivenName"], values["FamilyName"])
        case Kind.FIND_R9:
            return requests.by_uln_r9(uln, givenName=values["GivenName"], familyName=values["FamilyName"])
        case Kind.SEARCH:
            return requests.by_demographics(**{name: values[name] for name in DETAILS})
        case Kind.UPDATE:
            return requests.update(uln, version, **values)
        case Kind.UPDATE_SUBSET:
            return requests.update_subset(uln, version, **{_SUBSET[name]: text for name, text in values.items()})
        case Kind.VERIFY:
            return requests.verify(uln, **{name: values[name] for name in DETAILS if name != "LastKnownPostCode"})
    raise ValueError(kind)


def learners_in(reply: Reply) -> tuple[Seen, ...]:
    """Return the learners that an answer shows in full."""
    found = (element for element in reply.body.iter() if etree.QName(element).localname == "Learner")
    return tuple(_seen(element) for element in found)


def _seen(learner: etree._Element) -> Seen:
    shown = dict(_texts(learner))
    values = {name: shown[name] for name in MEMBERS if name in shown}
    # R9 gives the day as a moment.
    values["DateOfBirth"] = values["DateOfBirth"][:10]
    return Seen(shown.get("ULN") or shown["Uln"], int(shown["VersionNumber"]), values)


def _texts(learner: etree._Element) -> Iterator[tuple[str, str]]:
    for element in learner:
        if element.text:
            yield etree.QName(element).localname, element.text
