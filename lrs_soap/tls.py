"""TLS for the server: which certificates it shows and asks for, and what it means when a handshake fails."""

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from socket import SHUT_RD, socket
from time import time
from typing import Any, Final

from lrs_soap.certificates.layout import Layout
from lrs_soap.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

_FileState = tuple[int, int, int] | None


class Reason(StrEnum):
    """Why there was no connection."""

    NO_CERTIFICATE = "no client certificate"
    FOREIGN = "client certificate of an unknown authority"
    EXPIRED = "client certificate expired"
    NOT_YET_VALID = "client certificate not valid yet"
    REVOKED = "client certificate revoked"
    UNFIT = "client certificate not acceptable"
    DISTRUSTED = "client does not trust the service's certificate"
    OLD_PROTOCOL = "protocol version too old"
    NOT_TLS = "plain HTTP sent to a TLS port"
    TOO_SLOW = "handshake took too long"
    BROKEN_OFF = "client broke off"
    OTHER = "handshake failed"


ADVICE: Final = {
    Reason.NO_CERTIFICATE: "Let the client show a certificate.",
    Reason.FOREIGN: "Issue the client's certificate with the authority of the service's directory.",
    Reason.EXPIRED: "Issue another certificate to the client.",
    Reason.NOT_YET_VALID: "Compare the clocks of the client's and the service's machine.",
    Reason.REVOKED: "Issue another certificate to the client.",
    Reason.UNFIT: "Let the client show a client's certificate, not a server's.",
    Reason.DISTRUSTED: "Let the client trust the service's authority, and call by a name that its certificate has.",
    Reason.OLD_PROTOCOL: "Let the client speak TLS 1.2 or 1.3.",
    Reason.NOT_TLS: "Let the client call an address that begins with https://.",
    Reason.TOO_SLOW: "Look whether the client hangs, or something between it and the service.",
    Reason.BROKEN_OFF: "The client, or something between it and the service, closed the connection.",
    Reason.OTHER: "See what was said of it.",
}
"""What to do about each reason."""


@dataclass(frozen=True, slots=True)
class HandshakeRefusal:
    """A connection that came to nothing.

    at: the machine's time. remote: the caller's address. detail: what OpenSSL said, or the system.
    """

    at: datetime
    remote: str
    reason: Reason
    detail: str

    @property
    def code(self) -> str:
        """The reason in a word, such as EXPIRED."""
        return self.reason.name

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.reason]


on_refusal: Final[list[Callable[[HandshakeRefusal], None]]] = []
"""What is called with every refusal, in the worker process where it happened."""

# The numbers are those of X509_V_ERR_….
_BY_VERIFICATION: Final = {
    9: Reason.NOT_YET_VALID,
    10: Reason.EXPIRED,
    23: Reason.REVOKED,
    **dict.fromkeys((2, 3, 7, 18, 19, 20, 21), Reason.FOREIGN),
}
_BY_WORDS: Final = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": Reason.NO_CERTIFICATE,
    "ALERT_UNKNOWN_CA": Reason.DISTRUSTED,
    "ALERT_BAD_CERTIFICATE": Reason.DISTRUSTED,
    "ALERT_CERTIFICATE_": Reason.DISTRUSTED,
    "UNSUPPORTED_PROTOCOL": Reason.OLD_PROTOCOL,
    "VERSION_TOO_LOW": Reason.OLD_PROTOCOL,
    "HTTP_REQUEST": Reason.NOT_TLS,
    "UNEXPECTED_EOF": Reason.BROKEN_OFF,
}


class LapsedSessionError(OSError):
    """A client took up an earlier session, and its certificate has expired since."""


def reason_of(error: OSError) -> Reason:
    """Return why a handshake failed."""
    match error:
        case ssl.SSLCertVerificationError():
            return _BY_VERIFICATION.get(error.verify_code, Reason.UNFIT)
        case LapsedSessionError():
            return Reason.EXPIRED
        case TimeoutError():
            return Reason.TOO_SLOW
        case ConnectionError() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Reason.BROKEN_OFF
    said = str(getattr(error, "reason", ""))
    return next((reason for words, reason in _BY_WORDS.items() if words in said), Reason.OTHER)


def report_refusal(remote: str, reason: Reason, detail: str) -> None:
    """Log that a connection came to nothing, and tell everybody who wants to know."""
    logger.info("no connection with %s: %s (%s)", remote, reason, detail)
    refusal = HandshakeRefusal(datetime.now(UTC), remote, reason, detail)
    for tell in on_refusal:
        try:
            tell(refusal)
        except Exception:
            logger.exception("a refused connection could not be noted")


class Connection(ssl.SSLSocket):
    """The server's end of a connection. Before it stops sending it says so, as TLS wants it."""

    def shutdown(self, how: int) -> None:
        """Stop sending, receiving or both."""
        if how != SHUT_RD:
            with suppress(OSError, ValueError):
                # Not to wait for the client's farewell.
                self.settimeout(0)
                self.unwrap()
        super().shutdown(how)

    @property
    def organisation(self) -> str | None:
        """The UKPRN in the client's certificate: empty when it names none, None without a certificate."""
        certificate = self.getpeercert()
        if certificate is None:
            return None
        units = [value for kind, value in _parts(certificate) if kind == "organizationalUnitName"]
        return units[0] if len(units) == 1 else ""

    def greet(self) -> None:
        """Shake hands with the client; raises OSError when that fails."""
        self.do_handshake()
        certificate = self.getpeercert() if self.session_reused else None
        if certificate is not None and ssl.cert_time_to_seconds(str(certificate["notAfter"])) < time():
            raise LapsedSessionError("the certificate of the earlier session has expired")


def _parts(certificate: Any) -> Iterator[tuple[str, str]]:
    """Return the parts of a certificate's subject: what each is, and its text."""
    for group in certificate.get("subject", ()):
        yield from group


@dataclass(frozen=True, slots=True)
class Files:
    """What a server needs for TLS. authority: that of client certificates, with its list of those revoked; or None."""

    certificate: Path
    private_key: Path
    authority: Path | None
    revoked: Path | None
    required: bool

    def state(self) -> tuple[_FileState, ...]:
        """Return what differs as soon as one of the files is another."""
        return tuple(_state(path) for path in (self.certificate, self.private_key, self.authority, self.revoked))


def make_context(files: Files) -> ssl.SSLContext:
    """Return what handshakes are made by. Raises OSError, of which ssl.SSLError is a kind."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.sslsocket_class = Connection
    # Otherwise OpenSSL would ask the terminal for the password of an encrypted key, and wait.
    context.load_cert_chain(files.certificate, files.private_key, password="")
    if files.authority is not None and files.revoked is not None:
        context.load_verify_locations(files.authority)
        context.load_verify_locations(files.revoked)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        context.verify_mode = ssl.CERT_REQUIRED if files.required else ssl.CERT_OPTIONAL
    return context


class Contexts:
    """The context in force, made anew when a certificate is renewed or revoked. Raises OSError when files are unfit."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._state = files.state()
        self._context = make_context(files)

    def current(self) -> ssl.SSLContext:
        """Return the context in force."""
        state = self.files.state()
        if state != self._state:
            self._state = state
            self._renew()
        return self._context

    def accept(self, client: socket) -> Connection:
        """Return a client's connection, on which nothing was said yet."""
        secured = self.current().wrap_socket(client, server_side=True, do_handshake_on_connect=False)
        assert isinstance(secured, Connection), "the context makes no others"
        return secured

    def _renew(self) -> None:
        try:
            # A context never forgets a revocation list nor its sessions; another one does.
            self._context = make_context(self.files)
        except OSError as error:
            logger.error("the changed certificates cannot be used, those before stay in force: %s", error)


def contexts_of(settings: Settings) -> Contexts | None:
    """Return what the settings want for TLS, None for plain HTTP. Raises SettingsError when it cannot be had."""
    if not settings.tls:
        if settings.require_client_certificate or settings.certificate or settings.private_key:
            raise SettingsError("setting tls: certificates need it; give --tls too")
        return None
    files = _files_of(settings)
    for path in (files.certificate, files.private_key, files.authority, files.revoked):
        if path is not None and not path.is_file():
            raise SettingsError(f"setting tls: there is no file {path}; `lrs-soap certs init` makes certificates")
    try:
        return Contexts(files)
    except OSError as error:
        raise SettingsError(f"setting tls: {files.certificate} and its key cannot be used: {error}") from None


def told(settings: Settings) -> list[str]:
    """Return what people are told of TLS when the server starts."""
    if not settings.tls:
        return []
    files = _files_of(settings)
    if files.authority is None:
        return []
    wish = "must" if files.required else "may"
    if settings.certificate:
        return [f"Clients {wish} show a certificate that {files.authority} has issued."]
    return [f"Clients trust {files.authority} and {wish} show a certificate of their own."]


def _files_of(settings: Settings) -> Files:
    if bool(settings.certificate) != bool(settings.private_key):
        raise SettingsError("settings certificate and private_key: give both or neither")
    layout, required = Layout(Path(settings.certificate_directory)), settings.require_client_certificate
    authority, revoked = (layout.authority, layout.revoked) if layout.authority.exists() or required else (None, None)
    if settings.certificate:
        return Files(Path(settings.certificate), Path(settings.private_key), authority, revoked, required)
    return Files(layout.server, layout.server_key, authority, revoked, required)


def _state(path: Path | None) -> _FileState:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino, found.st_size) if found is not None else None
