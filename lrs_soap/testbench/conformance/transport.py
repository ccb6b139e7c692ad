"""Rules on how a message is sent: HTTP, media type, encoding and SOAPAction."""

import codecs
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from lxml import etree

from lrs_soap.testbench.conformance.checks import KEPT, Check, Said
from lrs_soap.testbench.conformance.excerpts import excerpt, header_line
from lrs_soap.testbench.conformance.sent import Sent
from lrs_soap.wsdl import ns
from lrs_soap.wsdl.publishing import published_wsdl

Named = tuple[tuple[str, str], ...]

ALLOWED_ENCODINGS: Final = frozenset({"utf-8", "utf-16", "us-ascii"})
LONGEST_DECLARATION: Final = 200

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._\-]*)["']""")
_MARKS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_QUOTED = re.compile(r'"[^"]*"')


def post(sent: Sent) -> Said:
    """Rule R1132."""
    method = sent.exchange.method
    return KEPT if method == "POST" else excerpt(f"{method} {sent.exchange.path}")


def text_xml(sent: Sent) -> Said:
    """Rule LRS-101."""
    return KEPT if sent.media_type.name == "text/xml" else _content_type(sent)


def names_charset(sent: Sent) -> Said:
    """Rule R1018."""
    return KEPT if sent.media_type.charset is not None else _content_type(sent)


def _content_type(sent: Sent) -> str:
    return header_line("Content-Type", sent.headers.get("content-type", ""))


def unicode_encoding(sent: Sent) -> Said:
    """Rule R1012."""
    named = encodings(sent)
    if not named and not sent.exchange.body:
        return None
    where, encoding = named[0] if named else ("absence of any other", "utf-8")
    return KEPT if encoding in ALLOWED_ENCODINGS else f"{encoding}, by the {where}"


def encodings_agree(sent: Sent) -> Said:
    """Rule LRS-102."""
    named = encodings(sent)
    if len(named) < 2:
        return None
    agree = len({encoding for _, encoding in named}) == 1
    return KEPT if agree else ", ".join(f"{where}: {encoding}" for where, encoding in named)


def encodings(sent: Sent) -> Named:
    """Return where a request names its encoding, and which, the one that counts first."""
    return _encodings(sent.exchange.body[:LONGEST_DECLARATION], sent.media_type.charset)


@lru_cache(maxsize=256)
def _encodings(start: bytes, charset: str | None) -> Named:
    mark = _MARKS.get(start[:3]) or _MARKS.get(start[:2])
    declared = _DECLARED.search(start.replace(b"\x00", b""))
    named = (
        ("byte order mark", mark),
        ("Content-Type", charset),
        ("XML declaration", declared[1].decode("ascii") if declared else None),
    )
    return tuple((where, _plain(encoding)) for where, encoding in named if encoding)


def _plain(encoding: str) -> str:
    try:
        known = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return excerpt(encoding[:40].lower())
    return {"ascii": "us-ascii", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(known, known)


def no_mark_in_utf8(sent: Sent) -> Said:
    """Rule LRS-103."""
    if not sent.exchange.body:
        return None
    return "the message starts with EF BB BF" if sent.exchange.body.startswith(codecs.BOM_UTF8) else KEPT


def names_product(sent: Sent) -> Said:
    """Rule LRS-104."""
    return KEPT if sent.headers.get("user-agent", "") else "no User-Agent"


def declares_xml(sent: Sent) -> Said:
    """Rule LRS-201."""
    if sent.root is None:
        return None
    return KEPT if b"<?xml" in sent.exchange.body[:20].replace(b"\x00", b"") else "no XML declaration"


def action_quoted(sent: Sent) -> Said:
    """Rule R1109."""
    value = sent.headers.get("soapaction", "")
    if not value:
        return None
    return KEPT if _QUOTED.fullmatch(value) else header_line("SOAPAction", value)


def action_as_published(sent: Sent) -> Said:
    """Rule R2744."""
    action = soap_actions(sent.service).get(sent.exchange.observation.operation)
    return _judge_action(sent, action) if action else None


def action_empty_as_published(sent: Sent) -> Said:
    """Rule R2745."""
    action = soap_actions(sent.service).get(sent.exchange.observation.operation)
    return _judge_action(sent, action) if action == "" else None


def _judge_action(sent: Sent, action: str) -> Said:
    value = sent.headers.get("soapaction", "")
    if value and value.strip('"') == action:
        return KEPT
    return f'{header_line("SOAPAction", value)}; published: "{action}"'


@cache
def soap_actions(service: str) -> Mapping[str, str]:
    """Return the SOAPAction of each operation of a service, as its WSDL has them."""
    wsdl = etree.fromstring(published_wsdl(service, "http://127.0.0.1/"))
    operations = wsdl.iterfind(f"{{{ns.WSDL}}}binding/{{{ns.WSDL}}}operation")
    return {one.get("name", ""): _action(one) for one in operations}


def _action(operation: etree._Element) -> str:
    told = operation.find(f"{{{ns.SOAP}}}operation")
    return told.get("soapAction", "") if told is not None else ""


RULES: Final[Mapping[str, Check]] = {
    "R1012": unicode_encoding,
    "R1018": names_charset,
    "R1109": action_quoted,
    "R1132": post,
    "R2744": action_as_published,
    "R2745": action_empty_as_published,
    "LRS-101": text_xml,
    "LRS-102": encodings_agree,
    "LRS-103": no_mark_in_utf8,
    "LRS-104": names_product,
    "LRS-201": declares_xml,
}
