"""The published contract: the WSDL of each service, as one self-contained document.

The files under ``published/`` refer to each other by relative locations, so that any tool can read them from disk.
What is served has every schema in place and imports by namespace alone, which every SOAP toolkit resolves within the
document.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path

from lxml import etree

from lrs_soap.wsdl import ns

SERVICES = ("LearnerService", "LearnerServiceR9", "ExternalService", "LearnerRegister")

_FOLDER = Path(__file__).with_name("published")


def published_wsdl(service: str, address: str) -> bytes:
    """Return the WSDL of `service` in UTF-8, with `address` (an absolute URL) as its ``soap:address``.

    Raises ValueError for a service that is none of SERVICES.
    """
    document = deepcopy(_self_contained(service))
    for location in document.iter(f"{{{ns.SOAP}}}address"):
        location.set("location", address)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True)


@cache
def published_schema(service: str) -> etree.XMLSchema:
    """Return the schema of everything `service` publishes: what its answers are made of.

    Raises ValueError for a service that is none of SERVICES.
    """
    imports = _imports(_read_wsdl(service))
    return etree.XMLSchema(etree.fromstring(etree.tostring(imports), base_url=str(_FOLDER / f"{service}.wsdl")))


@cache
def request_messages(service: str) -> frozenset[str]:
    """Return the qualified names, ``{namespace}name``, of the message elements that `service` takes.

    Raises ValueError for a service that is none of SERVICES.
    """
    wsdl = _read_wsdl(service)
    elements = {
        message.get("name"): _qualified(part, part.get("element", ""))
        for message in wsdl.iter(f"{{{ns.WSDL}}}message")
        for part in message
    }
    inputs = wsdl.iterfind(f"{{{ns.WSDL}}}portType/{{{ns.WSDL}}}operation/{{{ns.WSDL}}}input")
    return frozenset(elements[message.get("message", "").partition(":")[2]] for message in inputs)


@cache
def _self_contained(service: str) -> etree._Element:
    """Return the WSDL of `service` with the schemas it imports in the place of the imports."""
    wsdl = _read_wsdl(service)
    imports = _imports(wsdl)
    types = imports.getparent()
    assert types is not None
    types.remove(imports)
    types.extend(_read(_FOLDER / str(location.get("schemaLocation"))) for location in imports)
    for location in types.iter(f"{{{ns.XS}}}import"):
        del location.attrib["schemaLocation"]
    etree.indent(wsdl)
    return wsdl


def _read_wsdl(service: str) -> etree._Element:
    if service not in SERVICES:
        raise ValueError(f"no such service: {service!r}")
    return _read(_FOLDER / f"{service}.wsdl")


def _imports(wsdl: etree._Element) -> etree._Element:
    """Return the schema inside ``wsdl:types`` that only imports the others."""
    imports = wsdl.find(f"{{{ns.WSDL}}}types/{{{ns.XS}}}schema")
    assert imports is not None
    return imports


def _read(path: Path) -> etree._Element:
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    return etree.parse(path, parser).getroot()


def _qualified(element: etree._Element, name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{element.nsmap[prefix or None]}}}{local}"
