"""The SOAP 1.1 envelope: opened with nothing ignored, and written in the two dialects that clients rely on.

Rules: "transport", "limits", "order of checks".
"""

from base64 import b64encode
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from lxml import etree

from lrs_soap.services import ns
from lrs_soap.services.faults import EnvelopeFault, RegisterFault, invalid
from lrs_soap.services.writing import escape
from lrs_soap.wsdl.explaining import own_texts

ENVELOPE: Final = f"{{{ns.SOAP11}}}Envelope"
HEADER: Final = f"{{{ns.SOAP11}}}Header"
BODY: Final = f"{{{ns.SOAP11}}}Body"
MUST_UNDERSTAND: Final = f"{{{ns.SOAP11}}}mustUnderstand"
ACTOR: Final = f"{{{ns.SOAP11}}}actor"
NEXT_ACTOR: Final = "http://schemas.xmlsoap.org/soap/actor/next"
TRUE: Final = frozenset({"1", "true"})
BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

PARSER_ADVICE: Final = ", use XML_PARSE_HUGE option"
LEGACY_FAULT_STRING: Final = "uk.gov.miap.lrs.api.exceptions.MIAPAPIException"

_PARSER_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    # collect_ids stays True: False makes libxml2 load the external subset of a DTD, whatever load_dtd says.
}
_PARSERS: dict[str | None, etree.XMLParser] = {}


def _parser(charset: str | None) -> etree.XMLParser:
    if charset not in _PARSERS:
        if len(_PARSERS) > 32:
            _PARSERS.clear()
        _PARSERS[charset] = etree.XMLParser(encoding=charset, **_PARSER_OPTIONS)
    return _PARSERS[charset]


def knows_charset(charset: str) -> bool:
    """Tell whether documents in a character set can be read."""
    try:
        _parser(charset)
    except (LookupError, ValueError):
        # A name may hold what no name can, such as a NUL percent-encoded in a charset* parameter.
        return False
    return True


def parse(message: bytes, charset: str | None) -> etree._Element:
    """Return the root of a message. Raises the fault of a badly formed request."""
    try:
        parser = _parser(_charset(message, charset))
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(str(error.msg).replace(PARSER_ADVICE, "")) from None
    except (ValueError, AssertionError, LookupError) as error:
        raise invalid(f"The message cannot be read as XML: {error}.") from None
    # lxml lets a prefix without a namespace pass when a mere warning comes after it.
    for entry in parser.error_log.filter_from_errors():
        raise _not_well_formed(f"{entry.message}, line {entry.line}, column {entry.column}")
    if root.getroottree().docinfo.internalDTD is not None:
        raise invalid("A document type declaration (DOCTYPE) is not allowed in a SOAP message.")
    return root


def _not_well_formed(why: str) -> RegisterFault:
    return invalid(f"The message is not well-formed XML: {why}.")


def peek(start: bytes, charset: str | None) -> str | None:
    """Return the qualified name of the body's element from the beginning of a message, None when it does not show."""
    parser = etree.XMLPullParser(events=("start",), encoding=_charset(start, charset), **_PARSER_OPTIONS)
    # What stands before an error counts: a batch with an error in it is to be told of the error, not of its size.
    with suppress(etree.XMLSyntaxError):
        parser.feed(start)
    for _, element in parser.read_events():
        if isinstance(element, etree._Element) and _is_body(element.getparent()):
            return str(element.tag)
    return None


def _is_body(element: etree._Element | None) -> bool:
    envelope = None if element is None or element.tag != BODY else element.getparent()
    return envelope is not None and envelope.tag == ENVELOPE and envelope.getparent() is None


def _charset(message: bytes, charset: str | None) -> str | None:
    """Return the charset to read by: a byte order mark outranks the transport's, as that does the declaration."""
    return None if message.startswith(BYTE_ORDER_MARKS) else charset


def open_body(root: etree._Element) -> etree._Element:
    """Return the one element in the Body. Raises the fault of whatever SOAP 1.1 and this contract do not allow."""
    _check_version(root)
    children = _elements(root, "Envelope")
    if children and children[0].tag == HEADER:
        _check_header(children.pop(0))
    if not children or children[0].tag != BODY:
        found = f"'{children[0].tag}'" if children else "nothing"
        raise invalid(f"cvc-complex-type.2.4.a: a soap:Body is expected in the soap:Envelope, found {found}.")
    if len(children) > 1:
        raise invalid(f"cvc-complex-type.2.4.d: nothing may follow the soap:Body, found '{_local(children[1])}'.")
    entries = _elements(children[0], "Body")
    if len(entries) != 1:
        raise invalid(f"The soap:Body must hold exactly one element, found {len(entries)}.")
    return entries[0]


def _check_version(root: etree._Element) -> None:
    if root.tag == ENVELOPE:
        return
    if etree.QName(root).localname == "Envelope":
        raise EnvelopeFault("VersionMismatch", f"The service speaks SOAP 1.1 only; its envelope is in {ns.SOAP11}.")
    raise invalid(f"cvc-elt.1: Cannot find the declaration of element '{_local(root)}'.")


def _check_header(header: etree._Element) -> None:
    for entry in _elements(header, "Header"):
        addressed = entry.get(ACTOR, NEXT_ACTOR) in ("", NEXT_ACTOR)
        if addressed and entry.get(MUST_UNDERSTAND, "").strip() in TRUE:
            raise EnvelopeFault("MustUnderstand", f"The header '{_local(entry)}' is not understood by the service.")


def _elements(parent: etree._Element, name: str) -> list[etree._Element]:
    for text in own_texts(parent):
        if text.strip():
            raise invalid(
                f"cvc-complex-type.2.3: Element '{name}' cannot have character [children], because the type's "
                "content type is element-only."
            )
    return list(parent)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname[:100]


def legacy_envelope(body: str) -> bytes:
    """Return an answer of LearnerService."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{ns.SOAP11}"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
    ).encode()


def contract_envelope(body: str) -> bytes:
    """Return an answer of R9 or ExternalService."""
    return f'<s:Envelope xmlns:s="{ns.SOAP11}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


def legacy_fault(fault: RegisterFault | EnvelopeFault, now: datetime, *, qualified: bool) -> bytes:
    """Return a fault of LearnerService; `qualified` gives the five children the namespace of the schema."""
    if isinstance(fault, EnvelopeFault):
        return legacy_envelope(_plain_fault("soapenv", fault))
    prefix = "ns10:" if qualified else ""
    rows = {
        "ErrorCode": fault.code.value,
        "ErrorActor": fault.refusal.actor,
        "Description": fault.refusal.description,
        "FurtherDetails": fault.further,
        "ErrorTimestamp": f"{now:%Y-%m-%d %H:%M:%S}",
    }
    children = "".join(f"<{prefix}{name}>{escape(text)}</{prefix}{name}>" for name, text in rows.items())
    return legacy_envelope(
        f"<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>{LEGACY_FAULT_STRING}</faultstring>"
        f'<detail><ns10:MIAPAPIException xmlns:ns10="{ns.EXCEPTIONS}">{children}</ns10:MIAPAPIException></detail>'
        "</soapenv:Fault>"
    )


def contract_fault(fault: RegisterFault | EnvelopeFault) -> bytes:
    """Return a fault of R9 or ExternalService."""
    if isinstance(fault, EnvelopeFault):
        return contract_envelope(_plain_fault("s", fault))
    side = "Client" if fault.refusal.by_client else "Server"
    detail = b64encode(fault.further.encode()).decode()
    return contract_envelope(
        f'<s:Fault><faultcode>s:{side}</faultcode><faultstring xml:lang="en-GB">'
        f"{escape(fault.refusal.description)}</faultstring>"
        f'<detail><DomainFault xmlns="{ns.FAULTS}" xmlns:i="{ns.XSI}"><ErrorCode>{fault.code.value}</ErrorCode>'
        f"<ErrorDetail>{detail}</ErrorDetail></DomainFault></detail></s:Fault>"
    )


def _plain_fault(prefix: str, fault: EnvelopeFault) -> str:
    return (
        f"<{prefix}:Fault><faultcode>{prefix}:{fault.faultcode}</faultcode>"
        f"<faultstring>{escape(fault.faultstring)}</faultstring></{prefix}:Fault>"
    )
