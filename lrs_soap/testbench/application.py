"""The test bench as one WSGI application: the control API, and the services of every world, observed.

Paths: `/_lrs/…` the control API, `/w/<world>/…` a world by its name, anything else the default world.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from contextvars import Token
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from lrs_soap.services.endpoint import Endpoint
from lrs_soap.services.http import Environ, StartResponse
from lrs_soap.services.observing import Observation, observation
from lrs_soap.services.register import Register
from lrs_soap.testbench.exchange import Exchange, Headers, request_headers
from lrs_soap.testbench.scenarios import Delivery, Director, ScenarioStore, Stage
from lrs_soap.testbench.worlds import DEFAULT, UnknownWorldError, Worlds

API = "/_lrs"
WORLD = "/w/"
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Flask = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Listener = Callable[[Exchange], None]


@dataclass(frozen=True, slots=True)
class Served:
    """The services over one world's register. endpoints: by path, such as `/LearnerService.svc`."""

    edge: Application
    register: Register
    endpoints: Mapping[str, Endpoint]


@dataclass(slots=True)
class Seen:
    """What was answered. scenario: the name of the one that interfered."""

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    scenario: str | None = None

    def directed(self, delivery: Delivery) -> None:
        """Note what a scenario made of the answer."""
        reply = delivery.reply
        self.status, self.headers, self.body = int(reply.status[:3]), reply.headers, reply.body
        self.scenario = delivery.scenario


class Bench:
    """The WSGI application. api: answers below `/_lrs`. listeners: told of every exchange with a service."""

    def __init__(self, worlds: Worlds, api: Flask, listeners: Iterable[Listener], scenarios: ScenarioStore) -> None:
        self._worlds = worlds
        self._api = api
        self._listeners = tuple(listeners)
        self._changing = Lock()
        self._director = Director(scenarios, self._stage)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path: str = environ.get("PATH_INFO", "")
        if path == API or path.startswith(f"{API}/"):
            return self._when_read(_below(environ, API), start_response)
        name, environ = _world_of(path, environ)
        try:
            world = self._worlds.get(name)
        except UnknownWorldError as error:
            return _not_found(str(error), start_response)
        return self._observed(name, world.application.edge, environ, start_response)

    def _when_read(self, environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
        """Give an answer that is made once it is read: it may take its time, and the server need not wait for it.

        What changes something comes one after the other, as it does where one thread answers everything.
        """
        with nullcontext() if environ["REQUEST_METHOD"] in ("GET", "HEAD") else self._changing:
            content = self._api(environ, start_response)
        try:
            yield from content
        finally:
            if hasattr(content, "close"):
                content.close()

    def _observed(
        self, name: str, edge: Application, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        noted, seen = Observation(), Seen()
        began, at = time.perf_counter(), datetime.now(UTC)
        token: Token[Observation | None] = observation.set(noted)
        try:
            content = self._director.answer(name, _seeing(edge, seen), environ, start_response)
        finally:
            observation.reset(token)
        if isinstance(content, Delivery):
            seen.directed(content)
        exchange = _exchange(name, environ, noted, seen, at, time.perf_counter() - began)
        for tell in self._listeners:
            tell(exchange)
        return content

    def _stage(self, name: str) -> Stage:
        world = self._worlds.get(name)
        served: Served = world.application
        return Stage(served.register, served.endpoints, world.record.seed)


def _below(environ: Environ, prefix: str) -> dict[str, Any]:
    """Return the environment of an application that is mounted below a prefix."""
    script, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
    return {**environ, "SCRIPT_NAME": script + prefix, "PATH_INFO": path[len(prefix) :]}


def _world_of(path: str, environ: Environ) -> tuple[str, Environ]:
    if not path.startswith(WORLD):
        return DEFAULT, environ
    name = path[len(WORLD) :].partition("/")[0]
    return name, _below(environ, f"{WORLD}{name}")


def _seeing(application: Application, seen: Seen) -> Application:
    """Return an application whose answer is seen before it leaves."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            seen.status, seen.headers = int(status[:3]), tuple(headers)
            return start_response(status, headers, *more)

        content = application(environ, start)
        seen.body = b"".join(content)
        return content

    return answer


def _exchange(name: str, environ: Environ, noted: Observation, seen: Seen, at: datetime, took: float) -> Exchange:
    return Exchange(
        at=at,
        duration=took,
        world=name,
        remote=environ.get("REMOTE_ADDR", ""),
        method=environ["REQUEST_METHOD"],
        path=environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        query=environ.get("QUERY_STRING", ""),
        headers=request_headers(environ),
        body=noted.message,
        status=seen.status,
        answer_headers=seen.headers,
        answer=seen.body,
        scenario=seen.scenario,
        observation=noted,
    )


def _not_found(text: str, start_response: StartResponse) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
