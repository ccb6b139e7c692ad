"""The one door from bytes to envelope and back: whatever comes in, an ordinary refusal or an envelope goes out."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from typing import Final
from urllib.parse import parse_qsl

from lrs_soap.services.credentials import caller_address
from lrs_soap.services.endpoint import Answer, Endpoint
from lrs_soap.services.faults import EnvelopeFault
from lrs_soap.services.http import (
    READS_ON,
    SOAP12_TYPE,
    Environ,
    HttpRefusal,
    Limits,
    PublicAddress,
    StartResponse,
    check_media_type,
    may_have_body,
    page,
    read_message,
    unread,
)
from lrs_soap.wsdl.publishing import published_wsdl

XML: Final = "text/xml; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
ALLOW: Final = ("Allow", "GET, HEAD, POST")
WSDL_QUERIES: Final = frozenset({"wsdl", "singlewsdl"})
STATUS: Final = {200: "200 OK", 500: "500 Internal Server Error"}
SOAP12: Final = EnvelopeFault("VersionMismatch", "The service speaks SOAP 1.1 only; send text/xml.")


class Edge:
    """A WSGI application over the endpoints of the service.

    endpoints: by path, such as `/LearnerService.svc`; letter case in paths does not count.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint], limits: Limits, address: PublicAddress) -> None:
        self._paths = tuple(endpoints)
        self._endpoints = {path.lower(): (path, endpoint) for path, endpoint in endpoints.items()}
        self._limits = limits
        self._address = address

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            return self._route(environ, start_response)
        except HttpRefusal as refusal:
            return _refuse(refusal, environ, start_response)

    def _route(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        named = self._endpoints.get(path.lower())
        if named is None:
            return self._elsewhere(environ, start_response, path)
        if method == "POST":
            return self._post(named[1], environ, start_response)
        if method not in ("GET", "HEAD"):
            raise HttpRefusal("405 Method Not Allowed", f"{method[:20]} is not a method of this address.", [ALLOW])
        return self._get(*named, environ, start_response)

    def _post(self, endpoint: Endpoint, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        media_type = check_media_type(environ)
        if media_type.name == SOAP12_TYPE:
            return _answer(start_response, endpoint.refuse(SOAP12), rest=_rest(environ))
        try:
            message = read_message(environ, self._limits, media_type.charset)
        except (OSError, EOFError) as error:
            raise HttpRefusal("400 Bad Request", "The body could not be read to its end.") from error
        before = caller_address.set(self._address.of_caller(environ))
        try:
            return _answer(start_response, endpoint.answer(message, media_type.charset))
        finally:
            caller_address.reset(before)

    def _get(self, path: str, endpoint: Endpoint, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        address = f"{self._address.of(environ)}{environ.get('SCRIPT_NAME', '')}{path}"
        queries = {name.lower() for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)}
        if queries & WSDL_QUERIES:
            body, media_type = published_wsdl(endpoint.name, address), XML
        else:
            link = escape(f"{address}?wsdl", quote=True)
            body = page(
                endpoint.name,
                f"<p>This is a SOAP 1.1 service. Its description: "
                f'<a href="{link}">{link}</a>. Send requests to this address by POST as <code>text/xml</code>.</p>',
            )
            media_type = HTML
        return _show(start_response, media_type, body, environ)

    def _elsewhere(self, environ: Environ, start_response: StartResponse, path: str) -> Iterable[bytes]:
        paths = [f"{environ.get('SCRIPT_NAME', '')}{name}" for name in self._paths]
        if path not in ("", "/"):
            raise HttpRefusal("404 Not Found", f"There is nothing here. The services: {' '.join(paths)}")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            allow = ("Allow", "GET, HEAD")
            raise HttpRefusal("405 Method Not Allowed", f"Post to a service: {' '.join(paths)}", [allow])
        links = [escape(f"{name}?wsdl", quote=True) for name in paths]
        items = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
        body = page("Learner Register", f"<p>The services and their descriptions:</p><ul>{items}</ul>")
        return _show(start_response, HTML, body, environ)


def _answer(start_response: StartResponse, answer: Answer, rest: Iterator[bytes] | None = None) -> Iterable[bytes]:
    return _send(start_response, STATUS[answer.status], XML, answer.body, rest=rest)


def _show(start_response: StartResponse, media_type: str, body: bytes, environ: Environ) -> Iterable[bytes]:
    head = environ["REQUEST_METHOD"] == "HEAD"
    return _send(start_response, "200 OK", media_type, body, head=head, rest=_rest(environ))


def _rest(environ: Environ) -> Iterator[bytes] | None:
    """Return what has to be read after an answer that asked for none of it, unless the server does that itself."""
    return unread(environ) if may_have_body(environ) and not environ.get(READS_ON) else None


def _refuse(refusal: HttpRefusal, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    head = environ["REQUEST_METHOD"] == "HEAD"
    body = f"{refusal.text}\n".encode()
    rest = _rest(environ)
    return _send(start_response, refusal.status, TEXT, body, headers=refusal.headers, head=head, rest=rest)


def _send(
    start_response: StartResponse,
    status: str,
    media_type: str,
    body: bytes,
    *,
    headers: Iterable[tuple[str, str]] = (),
    head: bool = False,
    rest: Iterator[bytes] | None = None,
) -> Iterable[bytes]:
    start_response(status, [("Content-Type", media_type), ("Content-Length", str(len(body))), *headers])
    content = [] if head else [body]
    return content if rest is None else Lingering(content, rest)


class Lingering:
    """A refusal sent before the request was read to its end.

    Closing at once would reset the connection, and the client, still sending, would never see the refusal.
    """

    def __init__(self, content: list[bytes], rest: Iterator[bytes]) -> None:
        self._content = content
        self._rest = rest

    def __iter__(self) -> Iterator[bytes]:
        """Give the refusal."""
        return iter(self._content)

    def close(self) -> None:
        """Read what the client still sends, within bounds."""
        with suppress(OSError, EOFError, ValueError):
            for _ in self._rest:
                pass
