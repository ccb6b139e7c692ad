"""Reads a WSDL as served back into the facts that contract_facts.json restates."""

from functools import cache
from typing import Any

from lxml import etree

from lrs_soap.wsdl.publishing import published_wsdl

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
ACTION = "{http://www.w3.org/2006/05/addressing/wsdl}Action"


class Served:
    """The served WSDL of a service; its names are written with the short names of the contract."""

    def __init__(self, service: str, namespaces: dict[str, str]) -> None:
        self.root = etree.fromstring(published_wsdl(service, f"https://register.example/{service}.svc"))
        self._short = {namespace: short for short, namespace in namespaces.items()}
        self.schemas = {schema.get("targetNamespace"): schema for schema in self.root.iter(f"{XS}schema")}

    def name(self, node: etree._Element, qname: str) -> str:
        """Return a QName that stands in an attribute of `node` with the contract's short name."""
        prefix, _, local = qname.rpartition(":")
        namespace = node.nsmap[prefix or None]
        return f"xs:{local}" if f"{{{namespace}}}" == XS else f"{self._short[namespace]}:{local}"

    def top(self, kind: str) -> dict[str, etree._Element]:
        """Return the top-level declarations of `kind`."""
        return {
            f"{self._short[str(namespace)]}:{node.get('name')}": node
            for namespace, schema in self.schemas.items()
            for node in schema.iterchildren(f"{XS}{kind}")
        }

    def fields(self, node: etree._Element) -> list[str]:
        """Return the elements that a complex type holds, inherited ones first."""
        extension = node.find(f"{XS}complexContent/{XS}extension")
        inherited = [] if extension is None else self.fields(self.top("complexType")[self.base(extension)])
        holder = node if extension is None else extension
        return inherited + [self._field(element) for element in holder.iterfind(f"{XS}sequence/{XS}element")]

    def base(self, extension: etree._Element) -> str:
        return self.name(extension, extension.get("base", ""))

    def bases(self, node: etree._Element) -> list[str]:
        """Return the types that a complex type extends, nearest first."""
        extension = node.find(f"{XS}complexContent/{XS}extension")
        if extension is None:
            return []
        base = self.base(extension)
        return [base, *self.bases(self.top("complexType")[base])]

    def operations(self) -> dict[str, Any]:
        port_type = self.root.find(f"{WSDL}portType")
        binding = self.root.find(f"{WSDL}binding")
        assert port_type is not None
        assert binding is not None
        bound = {operation.get("name"): operation for operation in binding.iterchildren(f"{WSDL}operation")}
        return {
            str(operation.get("name")): self._operation(operation, bound[operation.get("name")])
            for operation in port_type.iterchildren(f"{WSDL}operation")
        }

    def _operation(self, operation: etree._Element, bound: etree._Element) -> dict[str, Any]:
        message, answer, fault = operation
        soap = bound.find(f"{SOAP}operation")
        assert soap is not None
        assert [etree.QName(node).localname for node in operation] == ["input", "output", "fault"]
        names = {node.get("name") for node in (message, answer, *list(bound)[1:3])}
        return {
            "soapAction": soap.get("soapAction"),
            "input": self._message(message),
            "output": self._message(answer),
            "fault": [fault.get("name"), *self._message(fault)],
            "named": names == {self._message(message)[0], self._message(answer)[0]} if any(names) else False,
            "actions": [node.get(ACTION) for node in operation],
        }

    def _message(self, node: etree._Element) -> list[str]:
        prefix, _, local = node.get("message", "").rpartition(":")
        assert node.nsmap[prefix] == self.root.get("targetNamespace")
        (message,) = (m for m in self.root.iterchildren(f"{WSDL}message") if m.get("name") == local)
        (part,) = message
        return [local, part.get("name", ""), self.name(part, part.get("element", ""))]

    def _field(self, element: etree._Element) -> str:
        schema = next(element.iterancestors(f"{XS}schema"))
        assert schema.get("elementFormDefault") == "qualified"
        qualified = "" if element.get("form") == "unqualified" else f"{self._short[schema.get('targetNamespace', '')]}:"
        most = element.get("maxOccurs", "1").replace("unbounded", "*")
        nil = " nil" if element.get("nillable") == "true" else ""
        occurs = f"{element.get('minOccurs', '1')}..{most}{nil}"
        return f"{qualified}{element.get('name')} {occurs} {self.name(element, element.get('type', ''))}"


@cache
def served(service: str, namespaces: tuple[tuple[str, str], ...]) -> Served:
    return Served(service, dict(namespaces))
