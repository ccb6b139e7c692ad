"""A gunicorn worker whose own refusals of malformed HTTP look like those of the service: short, and plain text."""

import logging
import socket
from contextlib import suppress
from typing import Any, Final

from gunicorn.http import errors
from gunicorn.workers.sync import SyncWorker

logger = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 10
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
)


def refusal_of(error: BaseException) -> tuple[str, str]:
    """Return the status line and the sentence for what went wrong before, or outside of, the service."""
    return next((refusal for kind, refusal in REFUSALS if isinstance(error, kind)), OUR_FAULT)


class Worker(SyncWorker):  # type: ignore[misc]
    """Answers one connection after the other.

    A client that says nothing for some seconds is given up, so that it does not keep the worker from the others.
    """

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Answer one connection."""
        client.settimeout(min(SILENCE_SECONDS, self.timeout or SILENCE_SECONDS))
        try:
            spoke = client.recv(1, socket.MSG_PEEK)
        except OSError:
            spoke = b""
        if spoke:
            super().handle(listener, client, addr)
        else:
            client.close()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Stop at SIGINT and SIGQUIT as at SIGTERM: the answer under way is sent to its end."""
        self.alive = False

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer a request that never reached the service, or that failed on its way back."""
        status, text = refusal_of(exc)
        if status == OUR_FAULT[0]:
            logger.error("unforeseen error outside of the service", exc_info=exc)
        body = f"{text}\n".encode()
        head = (
            f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with suppress(OSError):
            client.sendall(head.encode() + body)
