"""The Spyne models and the published files say the same, member by member."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from lxml import etree

from lrs_soap.app import SERVICES
from lrs_soap.services.endpoint import ContractApplication
from lrs_soap.services.spyne_support import ComplexModel, ProtocolBase
from lrs_soap.wsdl.publishing import published_wsdl

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"

Qualified = tuple[str, str]


class Member(NamedTuple):
    """One member of a type, as both sides can say it."""

    name: str
    namespace: str
    minimum: int
    many: bool
    nillable: bool
    kind: Qualified


class Published:
    """What the WSDL of a service publishes, as served."""

    def __init__(self, service: str) -> None:
        self.root = etree.fromstring(published_wsdl(service, "http://localhost/x"))
        self.types: dict[Qualified, etree._Element] = {}
        self.elements: dict[Qualified, etree._Element] = {}
        for schema in self.root.iter(f"{XS}schema"):
            namespace = schema.get("targetNamespace", "")
            for child in schema.iterchildren(f"{XS}complexType"):
                self.types[namespace, child.get("name", "")] = child
            for child in schema.iterchildren(f"{XS}element"):
                self.elements[namespace, child.get("name", "")] = child

    def type_of(self, element: Qualified) -> etree._Element:
        """Return the type of a global element, named or anonymous."""
        declaration = self.elements[element]
        name = declaration.get("type")
        if name is not None:
            return self.types[resolve(declaration, name)]
        anonymous = declaration.find(f"{XS}complexType")
        assert anonymous is not None
        return anonymous

    def members(self, kind: etree._Element) -> Iterator[Member]:
        """Give the members of a type, inherited ones first."""
        extension = kind.find(f"{XS}complexContent/{XS}extension")
        body = kind if extension is None else extension
        if extension is not None:
            yield from self.members(self.types[resolve(extension, extension.get("base", ""))])
        for element in body.iterfind(f"{XS}sequence/{XS}element"):
            yield self.member(element)

    def member(self, element: etree._Element) -> Member:
        """Return one local element."""
        reference = element.get("ref")
        if reference is not None:
            namespace, name = resolve(element, reference)
            target = self.elements[namespace, name]
            return self.described(element, target, name, namespace)
        schema = next(element.iterancestors(f"{XS}schema"))
        form = element.get("form", schema.get("elementFormDefault", "unqualified"))
        namespace = schema.get("targetNamespace", "") if form == "qualified" else ""
        return self.described(element, element, element.get("name", ""), namespace)

    @staticmethod
    def described(element: etree._Element, declaration: etree._Element, name: str, namespace: str) -> Member:
        """Return a member from where it stands and where it is declared."""
        return Member(
            name,
            namespace,
            int(element.get("minOccurs", "1")),
            element.get("maxOccurs", "1") == "unbounded",
            declaration.get("nillable") == "true",
            resolve(declaration, declaration.get("type", "")),
        )


def resolve(element: etree._Element, name: str) -> Qualified:
    """Return the qualified name that a prefixed one stands for."""
    prefix, _, local = name.rpartition(":")
    return element.nsmap.get(prefix or None) or "", local


def modelled(model: Any) -> Iterator[Member]:
    """Give the members of a Spyne model."""
    for name, member in model.get_flat_type_info(model).items():
        attributes = member.Attributes
        kind = member.__orig__ if issubclass(member, ComplexModel) and member.__orig__ else member
        yield Member(
            name,
            attributes.sub_ns,
            int(attributes.min_occurs),
            attributes.max_occurs > 1,
            bool(attributes.nillable),
            (kind.get_namespace(), kind.get_type_name()),
        )


def descriptors(service: str) -> list[Any]:
    published, _ = SERVICES[service]
    application = ContractApplication(published, "urn:test", service, ProtocolBase(), ProtocolBase())
    return list(application.interface.method_id_map.values())


CASES = [
    pytest.param(service, descriptor, message, id=f"{service}-{descriptor.operation_name}-{side}")
    for service in SERVICES
    for descriptor in descriptors(service)
    for side, message in (("request", descriptor.in_message), ("answer", descriptor.out_message))
]


def parts(model: Any) -> Iterator[Any]:
    """Give the structures in a model, and theirs."""
    for member in model.get_flat_type_info(model).values():
        if issubclass(member, ComplexModel):
            yield member
            yield from parts(member)


@pytest.mark.parametrize(("service", "descriptor", "message"), CASES)
def test_each_member_agrees(service: str, descriptor: Any, message: Any) -> None:
    published = Published(service)
    element = (message.Attributes.sub_ns, message.Attributes.sub_name)

    assert list(modelled(message)) == list(published.members(published.type_of(element)))
    for model in parts(message):
        name = (model.get_namespace(), model.get_type_name())
        assert list(modelled(model)) == list(published.members(published.types[name])), name


@pytest.mark.parametrize("service", SERVICES)
def test_spyne_publishes_the_operations_of_the_wsdl_with_their_messages(service: str) -> None:
    published = Published(service)
    messages = {
        message.get("name"): message.find(f"{WSDL}part") for message in published.root.iterfind(f"{WSDL}message")
    }

    def element_of(operation: etree._Element, side: str) -> Qualified:
        message = operation.find(f"{WSDL}{side}")
        assert message is not None
        part = messages[resolve(message, message.get("message", ""))[1]]
        assert part is not None
        return resolve(part, part.get("element", ""))

    port_type = published.root.find(f"{WSDL}portType")
    assert port_type is not None
    in_wsdl = {
        operation.get("name"): (element_of(operation, "input"), element_of(operation, "output"))
        for operation in port_type.iterfind(f"{WSDL}operation")
    }

    def names(message: Any) -> Qualified:
        return message.Attributes.sub_ns, message.Attributes.sub_name

    assert in_wsdl == {
        descriptor.operation_name: (names(descriptor.in_message), names(descriptor.out_message))
        for descriptor in descriptors(service)
    }
