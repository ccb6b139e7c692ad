"""Who may call the control API: whoever knows the token, else whoever is on this machine, and never another's page.

A page from elsewhere can let a browser send requests to this machine. It cannot choose their Origin or Host, and it
cannot send JSON without asking first.
"""

import hmac
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from lrs_soap.services.http import unread
from lrs_soap.testbench.api.errors import RefusedError

OPEN_ENDPOINTS = frozenset({"health.live", "health.ready"})
"""What tells nobody anything, so that whoever watches over the service need not be let in."""
_JSON = re.compile(r"application/([a-z0-9.+-]+\+)?json")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def guard(app: Flask, token: str, hosts: Collection[str]) -> None:
    """Let an application refuse who may not call it. hosts: names it goes by, beside those of this machine."""
    app.before_request(_checks(token, frozenset(host.lower() for host in hosts)))
    app.after_request(_finish)


def _checks(token: str, hosts: frozenset[str]) -> Callable[[], None]:
    def check() -> None:
        if request.endpoint not in OPEN_ENDPOINTS:
            _check_token(token) if token else _check_host(hosts)
            _check_origin()
        _check_content()

    return check


def _check_token(token: str) -> None:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    # Compared in the time it takes to compare all of it, so that nobody finds it out letter by letter.
    is_right = hmac.compare_digest(given.strip().encode(), token.encode())
    if kind.lower() == "bearer" and is_right:
        return
    challenge = {"WWW-Authenticate": 'Bearer realm="control API"'}
    raise RefusedError(401, "send the server's control token: 'Authorization: Bearer <token>'", headers=challenge)


def _check_host(hosts: frozenset[str]) -> None:
    name = _host_name(request.headers.get("Host", ""))
    if not _is_here(name) and name not in hosts | {request.environ.get("SERVER_NAME", "").lower()}:
        raise RefusedError(
            403,
            f"without a control token the server answers on this machine alone, not as '{name[:100]}'; call it as "
            "localhost, or give it a control token",
        )


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        raise RefusedError(403, f"pages of '{origin[:100]}' may not call this server; call it from a program")
    site = request.headers.get("Sec-Fetch-Site", "none")
    is_link = request.method in _SAFE and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if site not in ("none", "same-origin") and not is_link:
        raise RefusedError(403, "pages of other sites may not call this server; call it from a program")


def _check_content() -> None:
    if request.method in _SAFE:
        return
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind and _JSON.fullmatch(kind) is None:
        raise RefusedError(415, f"send JSON with 'Content-Type: application/json'; this was '{kind[:100]}'")
    if not kind and _announces_content():
        raise RefusedError(415, "say with 'Content-Type: application/json' that the body is JSON")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise RefusedError(415, "send the body without a Content-Encoding")


def _announces_content() -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _finish(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if response.status_code >= 400 and _announces_content() and not g.get("body_was_read"):
        # Closing at once would reset the connection, and the client, still sending, would never see why.
        environ = request.environ
        response.call_on_close(lambda: _drain(environ))
    return response


def _drain(environ: dict[str, object]) -> None:
    with suppress(OSError, EOFError, ValueError):
        for _ in unread(environ):
            pass


def _host_name(host: str) -> str:
    """Return a Host header without its port, and without the brackets of an IPv6 address."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_here(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
