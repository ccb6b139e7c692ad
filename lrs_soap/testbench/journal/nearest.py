"""What the caller may have meant: the operation, the element or the path that is nearest to what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from lxml import etree

from lrs_soap.wsdl import ns
from lrs_soap.wsdl.publishing import SERVICES, published_wsdl

NEAR: Final = 0.6


@dataclass(frozen=True, slots=True)
class Offer:
    """A message that a service takes."""

    service: str
    operation: str
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """Where the service is."""
        return f"/{self.service}.svc"


@cache
def offers() -> tuple[Offer, ...]:
    """Return all messages of all services, as the WSDLs publish them."""
    return tuple(offer for service in SERVICES for offer in _offers_of(service))


def nearest_offer(namespace: str, name: str, service: str) -> Offer | None:
    """Return the message nearest to a qualified name, one of the service addressed before others; None when none is."""

    def likeness(offer: Offer) -> tuple[float, bool, float]:
        by_name = max(similarity(name, offer.name), similarity(name, offer.operation))
        return round(by_name, 3), offer.service == service, similarity(namespace, offer.namespace)

    best = max(offers(), key=likeness)
    return best if likeness(best)[0] >= NEAR else None


def differences(namespace: str, name: str, service: str, offer: Offer) -> tuple[str, ...]:
    """Say in what a message that was sent differs from one that is taken."""
    found = []
    if name != offer.name:
        found.append(_name_difference(name, offer))
    if namespace != offer.namespace:
        sent = f"the namespace '{namespace}'" if namespace else "no namespace"
        found.append(f"it was sent in {sent} instead of '{offer.namespace}'")
    if service and service != offer.service:
        found.append(f"it was sent to /{service}.svc, and {offer.path} takes it")
    return tuple(found)


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the text nearest to another, None when none is near."""
    best = max(known, key=lambda text: similarity(wanted, text), default=None)
    return best if best is not None and similarity(wanted, best) >= NEAR else None


def similarity(one: str, other: str) -> float:
    """Tell how alike two texts are, 0 to 1, letter case aside."""
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


def _name_difference(name: str, offer: Offer) -> str:
    if name.lower() == offer.name.lower():
        return f"the letter case of '{name}' is not that of '{offer.name}'"
    if name.lower() == offer.operation.lower():
        return f"'{name}' is the operation's name; its message is the element '{offer.name}'"
    return f"the element is called '{name}' instead of '{offer.name}'"


def _offers_of(service: str) -> Iterable[Offer]:
    wsdl = etree.fromstring(published_wsdl(service, ""))
    elements = {
        message.get("name", ""): _qualified(part, part.get("element", ""))
        for message in wsdl.iter(f"{{{ns.WSDL}}}message")
        for part in message
    }
    for operation in wsdl.iterfind(f"{{{ns.WSDL}}}portType/{{{ns.WSDL}}}operation"):
        taken = operation.find(f"{{{ns.WSDL}}}input")
        assert taken is not None
        element = elements[taken.get("message", "").partition(":")[2]]
        yield Offer(service, operation.get("name", ""), element.namespace or "", element.localname)


def _qualified(element: etree._Element, name: str) -> etree.QName:
    prefix, _, local = name.rpartition(":")
    return etree.QName(element.nsmap[prefix or None], local)
