"""The control API of a server, as a client of it: one method of HTTP each, with errors that say what is wrong."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from os import PathLike
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from lrs_soap.testing.errors import ControlRefusedError, ControlUnreachableError

API = "/_lrs"
DEFAULT_WORLD = "default"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
READY_SECONDS = 30
_POLL_SECONDS = 0.1


class Control:
    """Calls the control API of the server at `url`. token: the server's control_token, if it has one.

    timeout: seconds to wait for an answer. authority: PEM file of who vouches for the certificate of a server with TLS.
    """

    def __init__(
        self, url: str, token: str = "", *, timeout: float = 30, authority: str | PathLike[str] | None = None
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"not a web address: {url!r}")
        self.url = f"{url.rstrip('/')}{API}"
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = _Bearer(token)
        # What stands in the environment, proxies above all, is for servers elsewhere.
        self._session.trust_env = urlsplit(url).hostname not in LOOPBACK
        if authority is not None:
            self._session.verify = str(authority)

    def get(self, path: str, **query: Any) -> Any:
        """Return what is at a path, as Python has JSON. Query parameters that are None are left out."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> Any:
        """Post a JSON object, or nothing, and return the answer."""
        return self.call("POST", path, body, query)

    def put(self, path: str, body: Mapping[str, Any], **query: Any) -> Any:
        """Put a JSON object, and return the answer."""
        return self.call("PUT", path, body, query)

    def delete(self, path: str, **query: Any) -> None:
        """Delete what is at a path."""
        self.call("DELETE", path, query=query)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> Any:
        """Send a request, and return the answer's JSON, or None when it has no content.

        Raises ControlRefusedError and ControlUnreachableError.
        """
        answer = self.send(method, path, body, query)
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer.json() if answer.content else None

    def content(self, path: str, **query: Any) -> bytes:
        """Return what is at a path, as it is. Raises ControlRefusedError and ControlUnreachableError."""
        answer = self.send("GET", path, query=query)
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer.content

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Send a request, and return the answer whatever it is. Raises ControlUnreachableError."""
        try:
            return self._session.request(
                method,
                f"{self.url}/{path}",
                params={name: _written(value) for name, value in (query or {}).items() if value is not None},
                data=None if body is None else json.dumps(body, default=_written),
                headers={} if body is None else {"Content-Type": "application/json"},
                timeout=self._timeout,
            )
        except requests.Timeout:
            raise ControlUnreachableError(f"{self.url} did not answer within {self._timeout:g} seconds") from None
        except requests.RequestException as error:
            raise ControlUnreachableError(f"{self.url} cannot be reached: {error}") from None

    def version(self) -> str:
        """Return the version of the server."""
        return str(self.get("version")["version"])

    def is_ready(self) -> bool:
        """Tell whether the server can answer requests."""
        try:
            return self.send("GET", "health/ready").status_code == 200
        except ControlUnreachableError:
            return False

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait for a server that is being started. Raises ControlUnreachableError."""
        limit = monotonic() + seconds
        while not self.is_ready():
            if monotonic() > limit:
                raise ControlUnreachableError(f"the server at {self.url} is not ready after {seconds:g} seconds")
            sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


class _Bearer(AuthBase):
    """Puts the token into requests; as a header of the session it would give way to a password in ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _written(value: Any) -> Any:
    """Return a value as the control API reads it."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bool():
            return str(value).lower()
    return str(value)


def _refusal(answer: requests.Response) -> ControlRefusedError:
    what = f"{answer.request.method} {answer.request.path_url}"
    try:
        said = answer.json()
        text, field = said["error"], said.get("field")
    except (ValueError, KeyError, TypeError, AttributeError):
        text, field = answer.text.strip()[:200] or str(answer.reason), None
    return ControlRefusedError(f"{what} was refused with {answer.status_code}: {text}", answer.status_code, field)
