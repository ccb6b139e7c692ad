"""A gunicorn worker whose own refusals of malformed HTTP look like those of the service: short, and plain text."""

import logging
import socket
import ssl
from contextlib import suppress
from typing import Any, Final

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.sync import SyncWorker

from lrs_soap.services.credentials import certificate_owner
from lrs_soap.services.http import unread
from lrs_soap.tls import Connection, Reason, reason_of, report_refusal

logger = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 10
HANDSHAKE_SECONDS: Final = 5
HANDSHAKE_RECORD: Final = b"\x16"
WANTS_TLS: Final = ("400 Bad Request", "This port speaks HTTPS only; the address must begin with https://.")
BAD_REQUEST: Final = ("400 Bad Request", "The request is not well-formed HTTP.")
OUR_FAULT: Final = ("500 Internal Server Error", "An unexpected error occurred; the service's log explains it.")
REFUSALS: Final[tuple[tuple[type[Exception], tuple[str, str]], ...]] = (
    (errors.InvalidResponseHeader, OUR_FAULT),
    (errors.InvalidResponseHeaderName, OUR_FAULT),
    (errors.ConfigurationProblem, OUR_FAULT),
    (errors.LimitRequestLine, ("414 URI Too Long", "The request line is too long.")),
    (errors.LimitRequestHeaders, ("431 Request Header Fields Too Large", "The headers are too many or too long.")),
    (errors.ExpectationFailed, ("417 Expectation Failed", "Only 100-continue can be expected.")),
    (errors.UnsupportedTransferCoding, ("501 Not Implemented", "Send the body in chunks, or with a Content-Length.")),
    (errors.ForbiddenProxyRequest, ("403 Forbidden", "No proxy may speak for others here.")),
    (errors.ParseException, BAD_REQUEST),
    (ssl.SSLError, BAD_REQUEST),
)


def refusal_of(error: BaseException) -> tuple[str, str]:
    """Return the status line and the sentence for what went wrong before, or outside of, the service."""
    return next((refusal for kind, refusal in REFUSALS if isinstance(error, kind)), OUR_FAULT)


def send_refusal(client: socket.socket, status: str, text: str) -> None:
    """Send a status line and a sentence, to whoever still listens."""
    body = f"{text}\n".encode()
    head = (
        f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with suppress(OSError):
        client.sendall(head.encode() + body)


class Worker(SyncWorker):  # type: ignore[misc]
    """Answers one connection after the other.

    A client that says nothing for some seconds is given up, so that it does not keep the worker from the others.
    """

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Answer one connection."""
        if self.first_byte(client):
            super().handle(listener, client, addr)
        else:
            client.close()

    def first_byte(self, client: socket.socket) -> bytes:
        """Wait for a byte, which is left to be read; there is none when the client says nothing."""
        client.settimeout(min(SILENCE_SECONDS, self.timeout or SILENCE_SECONDS))
        try:
            # The socket's own method, since none of what comes through TLS can be left to be read.
            return socket.socket.recv(client, 1, socket.MSG_PEEK)
        except OSError:
            return b""

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Stop at SIGINT and SIGQUIT as at SIGTERM: the answer under way is sent to its end."""
        self.alive = False

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that never reached the service, or that failed on its way back."""
        status, text = refusal_of(exc)
        if status == OUR_FAULT[0]:
            logger.error("unforeseen error outside of the service", exc_info=exc)
        send_refusal(client, status, text)
        # Closing now could keep the refusal from a client that is still sending.
        with suppress(OSError):
            for _ in unread({"gunicorn.socket": client}):
                pass


class TlsWorker(Worker):
    """Answers one connection after the other over TLS, and knows whose certificate the client has shown."""

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Answer one connection, or refuse it."""
        first = self.first_byte(client)
        if not first:
            client.close()
        elif first != HANDSHAKE_RECORD:
            report_refusal(addr[0], Reason.NOT_TLS, f"it began with {first!r}")
            send_refusal(client, *WANTS_TLS)
            util.close_graceful(client)
        elif (secured := self._secured(client, addr)) is not None:
            self.notify()
            super().handle(listener, secured, addr)

    def handle_request(self, listener: Any, req: Any, client: Connection, addr: Any) -> None:
        """Answer one request, for whom the certificate names."""
        req.scheme = "https"
        before = certificate_owner.set(client.organisation)
        try:
            super().handle_request(listener, req, client, addr)
        finally:
            certificate_owner.reset(before)

    def _secured(self, client: socket.socket, addr: Any) -> Connection | None:
        """Shake hands with a client; return nothing, and close, when that fails."""
        client.settimeout(min(HANDSHAKE_SECONDS, self.timeout or HANDSHAKE_SECONDS))
        try:
            secured: Connection = self.app.tls.accept(client)
        except OSError as error:
            report_refusal(addr[0], reason_of(error), str(error))
            return None
        try:
            secured.greet()
        except OSError as error:
            report_refusal(addr[0], reason_of(error), str(error))
            if isinstance(error, ssl.SSLError):
                # Closing at once could keep the alert from the client.
                util.close_graceful(secured)
            secured.close()
            return None
        return secured
