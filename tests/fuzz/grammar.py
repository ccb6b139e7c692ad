"""Whole requests as a grammar: a valid message, what becomes of its elements, its envelope, its bytes and its HTTP."""

import gzip
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from tests.fuzz.changes import BODIES, CHANGES, VALUES
from tests.wire.soap import SOAP

SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
PATHS = ("LearnerService", "LearnerServiceR9", "ExternalService", "LearnerRegister")

HEADERS = (
    "<soapenv:Header/>",
    f'<soapenv:Header xmlns:a="{WSA}"><a:Action>urn:x</a:Action><a:MessageID>urn:uuid:1</a:MessageID></soapenv:Header>',
    f'<soapenv:Header><w:Security xmlns:w="{WSSE}" soapenv:mustUnderstand="1"/></soapenv:Header>',
    '<soapenv:Header><t:T xmlns:t="urn:t" soapenv:mustUnderstand="1" soapenv:actor="urn:else"/></soapenv:Header>',
    '<soapenv:Header><T xmlns="" soapenv:mustUnderstand=" true "/></soapenv:Header>',
    f"<soapenv:Header>{'<t/>' * 500}</soapenv:Header>",
    "<soapenv:Header>text</soapenv:Header>",
    "<soapenv:Header/><soapenv:Header/>",
)
FRAMES = (
    "<soapenv:Envelope {ns}><soapenv:Body soapenv:encodingStyle='x' id='b'>{body}</soapenv:Body></soapenv:Envelope>",
    "<soapenv:Envelope {ns}><soapenv:Body>{body}</soapenv:Body>{header}</soapenv:Envelope>",
    "<soapenv:Envelope {ns}>{header}<soapenv:Body>{body}{body}</soapenv:Body></soapenv:Envelope>",
    "<soapenv:Envelope {ns}><soapenv:Body>{body}</soapenv:Body><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>",
    "<soapenv:Envelope {ns}><soapenv:Body> text {body}</soapenv:Body></soapenv:Envelope>",
    "<soapenv:Envelope {ns}><soapenv:Body/></soapenv:Envelope>",
    "<soapenv:Envelope {ns}/>",
    "<soapenv:Body {ns}>{body}</soapenv:Body>",
    "<Envelope><Body>{body}</Body></Envelope>",
    "{body}",
    "<soapenv:Envelope {ns}><soapenv:Body><soapenv:Body>{body}</soapenv:Body></soapenv:Body></soapenv:Envelope>",
    "<soapenv:Envelope {ns}><?b?><soapenv:Body><!-- a -->{body}</soapenv:Body><!-- a --></soapenv:Envelope><?b?>",
    "<soapenv:Envelope {ns}><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>text",
    "<soapenv:Envelope {ns}><soapenv:Body>{body}</soapenv:Body>",
)
USUAL = "<soapenv:Envelope {ns}>{header}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
PROLOGUES = (
    '<?xml version="1.0"?>', '<?xml version="1.1"?>', '<?xml version="2.0"?>', '<?xml version="1.0" standalone="no"?>',
    "\n", " <?xml version='1.0'?>", "<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://192.0.2.1/"> %b;]>',
    '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]>',
    "<?xml-stylesheet href='x'?>", "<!-- a -->", "\ufeff",
)  # fmt: skip
ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1", "us-ascii", "windows-1252",
    "iso-8859-15", "shift_jis", "utf-7", "cp037", "big5", "koi8-r",
)  # fmt: skip
DECLARED = (
    "utf-8",
    "UTF-16",
    "iso-8859-1",
    "us-ascii",
    "windows-1252",
    "x-none",
    "utf-32",
    "",
    "EBCDIC-CP-US",
    "utf-7",
)
MEDIA_TYPES = (
    "text/xml", "text/xml; charset=utf-8", 'text/xml;charset="UTF-8"', "application/xml", "TEXT/XML", "text/xml;",
    "application/soap+xml; charset=utf-8; action=\"urn:x\"", "application/json", "text/plain", "", "text/xml, text/xml",
    "multipart/related; type=\"text/xml\"; boundary=a; start=\"<a>\"", "text/xml; charset=", "text/xml; charset=x-none",
    "text/xml; charset*=utf-8''utf-8", "text/xml; charset=\"", "text/xml; a=\"" + "b" * 3000, "é/ü",
    "text/xml;charset=utf-16",
)  # fmt: skip
EXTRA = (
    ("SOAPAction", '""'), ("SOAPAction", ""), ("SOAPAction", '"urn:x"'), ("SOAPAction", "a" * 5000),
    ("Expect", "100-continue"), ("Expect", "x"), ("Accept-Encoding", "gzip"), ("Accept", "image/png"),
    ("Connection", "keep-alive"), ("Connection", "upgrade"), ("Upgrade", "h2c"), ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "<a>"), ("X-Forwarded-For", "::1"), ("Host", ""), ("Host", "a b"),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "identity"), ("Content-Encoding", "br"), ("Transfer-Encoding", "gzip"), ("TE", "trailers"),
    ("Content-Length", "5"), ("Content-Length", "-1"), ("Content-Length", "9" * 30), ("Range", "bytes=0-1"),
    ("Authorization", "Basic !!!"), ("Cookie", "a=" + "b" * 2000), ("X-Bad", "a\x00b"), ("X-Bad", "a\rb"),
    ("Bad Name", "a"),
    ("X_Under", "a"), ("X-High", "é"), ("Trailer", "Content-Length"), ("Date", "never"), ("If-None-Match", "*"),
)  # fmt: skip
TARGETS = (
    "/", "/learnerservice.SVC", "/LearnerService.svc/", "//LearnerService.svc", "/LearnerService.svc?wsdl", "/nothing",
    "/LearnerService.svc?" + "a" * 5000, "/LearnerService%2Esvc", "/%00", "/%ff", "*",
    "http://else.example/LearnerService.svc",
    "/LearnerService.svc?singleWsdl&wsdl", "/LearnerService.svc#a", "/../LearnerService.svc", "/é",
    "LearnerService.svc",
    "/w/default/LearnerService.svc", "/_lrs/",
)  # fmt: skip
METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "post", "PO ST", "A" * 40, "<>", "é")
VERSIONS = ("HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "http/1.1", "", "X")


@dataclass(frozen=True, slots=True)
class Http:
    """How a body is sent. announced: how far its Content-Length is off. chunks: sizes to send it in instead."""

    method: str = "POST"
    target: str | None = None
    version: str = "HTTP/1.1"
    media_type: str = "text/xml; charset=utf-8"
    headers: Sequence[tuple[str, str]] = field(default_factory=tuple)
    announced: int | None = 0
    chunks: Sequence[int] = field(default_factory=tuple)
    compressed: bool = False

    def write(self, path: str, body: bytes) -> bytes:
        """Return the bytes of the request."""
        if self.compressed:
            body = gzip.compress(body, mtime=0)
        lines = [f"{self.method} {self.target or path} {self.version}".rstrip(), "Host: lrs.example"]
        lines += [f"Content-Type: {self.media_type}"] if self.media_type else []
        if self.chunks:
            lines.append("Transfer-Encoding: chunked")
        elif self.announced is not None:
            lines.append(f"Content-Length: {max(0, len(body) + self.announced)}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        return head + (self._chunked(body) if self.chunks else body)

    def _chunked(self, body: bytes) -> bytes:
        pieces, place, number = [], 0, 0
        while place < len(body):
            size = min(self.chunks[number % len(self.chunks)], len(body) - place)
            pieces.append(b"%x\r\n%b\r\n" % (size, body[place : place + size]))
            place, number = place + size, number + 1
        return b"".join([*pieces, b"0\r\n\r\n"])


ORDINARY = Http()
_odd_http: st.SearchStrategy[Http] = st.one_of(
    st.builds(replace, st.just(ORDINARY), media_type=st.sampled_from(MEDIA_TYPES)),
    st.builds(replace, st.just(ORDINARY), method=st.sampled_from(METHODS)),
    st.builds(replace, st.just(ORDINARY), target=st.sampled_from(TARGETS)),
    st.builds(replace, st.just(ORDINARY), target=st.sampled_from(TARGETS), method=st.sampled_from(METHODS[:5])),
    st.builds(replace, st.just(ORDINARY), version=st.sampled_from(VERSIONS)),
    st.builds(replace, st.just(ORDINARY), headers=st.lists(st.sampled_from(EXTRA), min_size=1, max_size=3)),
    st.builds(replace, st.just(ORDINARY), announced=st.none() | st.integers(-60, 60) | st.just(70_000)),
    st.builds(
        replace, st.just(ORDINARY), chunks=st.lists(st.sampled_from((1000, 1, 7, 70_000)), min_size=1, max_size=3)
    ),
    st.builds(
        replace,
        st.just(ORDINARY),
        compressed=st.just(True),
        headers=st.sampled_from(((), (("Content-Encoding", "gzip"),))),
    ),
)


@st.composite
def documents(draw: st.DrawFn, body: str) -> str:
    """Give an envelope around what stands for a body, in one time of four an unusual one."""
    frame, namespace, header = USUAL, SOAP, ""
    if draw(st.integers(0, 3)) == 3:
        frame = draw(st.sampled_from((USUAL, *FRAMES)))
        namespace = draw(st.sampled_from((SOAP, SOAP, SOAP, SOAP12, "", "urn:x", SOAP.upper())))
        header = draw(st.sampled_from(("", *HEADERS)))
    # Not str.format, since the body may hold braces.
    written = frame.replace("{ns}", f'xmlns:soapenv="{namespace}"').replace("{header}", header)
    return written.replace("{body}", body)


@st.composite
def encoded(draw: st.DrawFn, document: str) -> bytes:
    """Give the bytes of a document, in one time of four declared or encoded unusually."""
    encoding, prologue = "utf-8", ""
    if draw(st.integers(0, 3)) == 3:
        encoding = draw(st.sampled_from(ENCODINGS))
        declared = draw(st.sampled_from((encoding, *DECLARED)))
        stated = f'<?xml version="1.0" encoding="{declared}"?>'
        prologue = draw(st.sampled_from(("", stated, *PROLOGUES)))
    return (prologue + document).encode(encoding, "xmlcharrefreplace")


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Give the bytes of a request."""
    message, body = draw(st.sampled_from(BODIES))
    root = deepcopy(body)
    # Values alone half of the time: what is wrong with the form never gets as far as the rules.
    changes = VALUES if draw(st.booleans()) else CHANGES
    for change in draw(st.lists(changes, min_size=1, max_size=3)):
        change(root)
    sent = draw(encoded(draw(documents(root.write()))))
    http = draw(_odd_http) if draw(st.integers(0, 5)) == 5 else ORDINARY
    path = message.service if draw(st.integers(0, 15)) < 15 else draw(st.sampled_from(PATHS))
    return http.write(f"/{path}.svc", sent)
