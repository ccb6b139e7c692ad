"""TLS as clients speak it: an authority with certificates of every kind, and messages sent with one of them."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from lrs_soap.certificates.authority import Authority, Wish
from lrs_soap.domain.clock import FixedClock, SystemClock
from tests.corpus.wire import PATIENCE
from tests.wire.soap import Reply, understood

PFX_PASSWORD = "changeit"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a client shows: its certificate and its private key."""

    certificate: Path
    key: Path


def made(directory: Path, *hosts: str) -> Authority:
    """Make an authority."""
    authority = Authority(directory, SystemClock())
    authority.make(hosts)
    return authority


def issued(authority: Authority, ukprn: str, name: str = "", *, at: datetime | None = None) -> Identity:
    """Issue a certificate for a day, now or at another moment."""
    where = authority if at is None else Authority(authority.layout.directory, FixedClock(at))
    wish = Wish(ukprn=ukprn, password=PFX_PASSWORD, days=1, name=name or ukprn)
    _, key, chain, _ = where.issue(wish)
    return Identity(chain, key)


def serial_of(identity: Identity) -> str:
    """Return the serial number of a certificate, as lists show it."""
    return f"{x509.load_pem_x509_certificate(identity.certificate.read_bytes()).serial_number:X}"


def trusting(
    authority: Authority, identity: Identity | None = None, version: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    """Return the context of a client that trusts an authority and, if at all, shows a certificate."""
    context = ssl.create_default_context(cafile=authority.layout.authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if identity is not None:
        context.load_cert_chain(identity.certificate, identity.key)
    return context


def connected(
    address: str, context: ssl.SSLContext, name: str | None = None, session: ssl.SSLSession | None = None
) -> ssl.SSLSocket:
    """Return a connection that was greeted, under the name that the address has or another."""
    url = urlsplit(address)
    assert url.hostname is not None
    plain = socket.create_connection((url.hostname, url.port), timeout=PATIENCE)
    return context.wrap_socket(plain, server_hostname=name or url.hostname, session=session, suppress_ragged_eofs=False)


def post(
    address: str, context: ssl.SSLContext, service: str, message: str, headers: Mapping[str, str] | None = None
) -> Reply:
    """Send a message and return its answer, which must be valid against what the service publishes."""
    url = urlsplit(address)
    assert url.hostname is not None
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=60, context=context)
    try:
        sent = {"Content-Type": "text/xml; charset=utf-8"} | dict(headers or {})
        connection.request("POST", f"/{service}.svc", message.encode(), sent)
        response = connection.getresponse()
        return understood(service, response.status, response.read(), response.headers.get("Content-Type", ""))
    finally:
        connection.close()


def request_of(message: str) -> bytes:
    """Return a message to LearnerService as the bytes of an HTTP request."""
    body = message.encode()
    head = "POST /LearnerService.svc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def read_to_end(connection: ssl.SSLSocket) -> bytes:
    """Return every byte until the server says that it has said all; an end without that is an SSLEOFError."""
    pieces = []
    while piece := connection.recv(64 * 1024):
        pieces.append(piece)
    return b"".join(pieces)
