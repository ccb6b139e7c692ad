"""Exchanges for tests: requests answered by the whole service in this process, and observed on the way."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lrs_soap.app import Service
from lrs_soap.services.observing import Interceptor, Observation, observation
from lrs_soap.testbench.exchange import Exchange, request_headers
from tests.corpus.cases import Case

BEGIN = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
AGENT = "ExampleMIS/4.2"
TEXT_XML = "text/xml; charset=utf-8"
R9_ACTIONS = "http://tempuri.org/ILearnerServiceR9/"


@dataclass
class Caller:
    """A client of a service in this process; each request is made at its `now`, a second after the one before."""

    service: Service
    agent: str = AGENT
    now: datetime = BEGIN
    made: list[Exchange] = field(default_factory=list)

    def __call__(
        self,
        message: str | bytes,
        to: str = "LearnerService",
        *,
        action: str | None = '""',
        content_type: str = TEXT_XML,
        method: str = "POST",
        interceptor: Interceptor | None = None,
    ) -> Exchange:
        """Send a message, and return the exchange."""
        body = message.encode() if isinstance(message, str) else message
        environ = environment(f"/{to}.svc", body, content_type, method)
        environ |= {"HTTP_USER_AGENT": self.agent} if self.agent else {}
        environ |= {"HTTP_SOAPACTION": action} if action is not None else {}
        made = answered(self.service, environ, self.now, interceptor)
        self.made.append(made)
        self.now += timedelta(seconds=1)
        return made

    def r9(self, operation: str, message: str, **sent: Any) -> Exchange:
        """Send a message to R9 with the SOAPAction of an operation."""
        return self(message, "LearnerServiceR9", action=f'"{R9_ACTIONS}{operation}"', **sent)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


def environment(path: str, body: bytes, content_type: str = TEXT_XML, method: str = "POST") -> dict[str, Any]:
    """Return the WSGI environment of a request."""
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "lrs.example",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
    }


def of_case(service: Service, case: Case) -> Exchange:
    """Send a message of the corpus as it is to be sent, and return the exchange."""
    environ = environment(case.path, case.content(), case.content_type)
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in case.headers.items()}
    return answered(service, environ, BEGIN)


def answered(
    service: Service, environ: Mapping[str, Any], at: datetime, interceptor: Interceptor | None = None
) -> Exchange:
    """Answer a request, and return the exchange."""
    noted, head = Observation(interceptor=interceptor), []
    token = observation.set(noted)
    try:
        answer = b"".join(service(environ, lambda status, headers: head.append((status, headers))))
    finally:
        observation.reset(token)
    ((status, headers),) = head
    return Exchange(
        at=at,
        duration=0.01,
        world="default",
        remote="127.0.0.1",
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query="",
        headers=request_headers(environ),
        body=noted.message,
        status=int(status[:3]),
        answer_headers=tuple(headers),
        answer=answer,
        observation=noted,
    )


def with_header(exchange: Exchange, name: str, value: str) -> Exchange:
    """Return an exchange with another value of a header; none when it is empty."""
    others = tuple(header for header in exchange.headers if header[0].lower() != name.lower())
    return replace(exchange, headers=(*others, (name, value)) if value else others)
