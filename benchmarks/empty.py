"""An application that does nothing: it answers every request by the same few bytes, for what a server alone takes."""

from collections.abc import Callable, Iterable
from typing import Any

ANSWER = b"<ResponseCode>WSRC0004</ResponseCode>"
HEADERS = [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(ANSWER)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer."""
    environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", HEADERS)
    return [ANSWER]
