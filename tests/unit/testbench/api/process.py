"""One process of a server, without a server: the whole service as a WSGI application, called in this process."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.datastructures import Headers
from werkzeug.test import Client, TestResponse

from lrs_soap.app import build_application
from lrs_soap.commands import control
from lrs_soap.registers import open_register
from lrs_soap.settings import Settings
from tests.wire.soap import Reply, understood

WORLD_FILE = """
Organisations:
  - UKPRN: TEST0101
    OrganisationRef: TST001
    Name: Test College
    OrgPassword: 0123456789abcdef
    Grants: [find, register, update, batch, verify, learning events, achievements, organisations]
Learners:
  - ULN: 9276308686
    GivenName: Maeve
    FamilyName: Okafor
    DateOfBirth: 2004-02-29
    Gender: 2
    LastKnownPostCode: LS2 9AB
    AbilityToShare: 1
"""
MAEVE = "9276308686"


@dataclass(frozen=True, slots=True)
class Said:
    """What the control API answered."""

    status: int
    body: Any
    headers: Headers
    content: bytes

    @property
    def error(self) -> str:
        """What it says is wrong."""
        return str(self.body["error"])


class Process:
    """A process of a server. Every answer of the control API must be one that its OpenAPI document knows."""

    def __init__(self, settings: Settings) -> None:
        self.service = build_application(settings, open_register(settings))
        self.client = Client(self.service)
        self.token = settings.control_token

    def call(self, method: str, path: str, body: Any = None, /, **query: Any) -> Said:
        """Call the control API with JSON."""
        return self.send(method, path, query=query, **({} if body is None else {"json": body}))

    def get(self, path: str, /, **query: Any) -> Said:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, /, **query: Any) -> Said:
        return self.call("POST", path, body, **query)

    def put(self, path: str, body: Any, /, **query: Any) -> Said:
        return self.call("PUT", path, body, **query)

    def delete(self, path: str, /, **query: Any) -> Said:
        return self.call("DELETE", path, **query)

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, query: Any = None, **content: Any
    ) -> Said:
        """Send anything to the control API."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= headers or {}
        place = f"/_lrs/{path}"
        answer = self.client.open(place, method=method, headers=sent, query_string=query or {}, **content)
        body = answer.get_json() if answer.mimetype == "application/json" and answer.data else None
        said = Said(answer.status_code, body, answer.headers, answer.data)
        if method != "HEAD":
            self._check(method, path, answer, body)
        return said

    def soap(self, message: str, *, world: str = "default", service: str = "LearnerService", **headers: str) -> Reply:
        """Call a service of a world."""
        prefix = "" if world == "default" else f"/w/{world}"
        answer = self.client.post(
            f"{prefix}/{service}.svc", data=message.encode(), content_type="text/xml; charset=utf-8", headers=headers
        )
        return understood(service, answer.status_code, answer.data, answer.headers["Content-Type"])

    @cached_property
    def document(self) -> Any:
        """The OpenAPI document."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.get("/_lrs/openapi.json", headers=sent).get_json()

    def close(self) -> None:
        self.service.close()

    def _check(self, method: str, path: str, answer: TestResponse, body: Any) -> None:
        operation = operation_at(self.document, method, f"/{path}")
        if operation is None:
            assert answer.status_code in (401, 403, 404, 405, 415), answer.data
            known = self.document["components"]["schemas"]["Error"]
            Draft202012Validator(known).validate(body)
            return
        told = operation["responses"].get(str(answer.status_code))
        assert told is not None, f"{method} {path} does not tell of {answer.status_code}: {answer.data!r}"
        if "content" not in told:
            assert not answer.data
            return
        schema = told["content"][answer.mimetype].get("schema")
        if schema is not None:
            Draft202012Validator({**schema, "components": self.document["components"]}).validate(body)


def operation_at(document: Any, method: str, path: str) -> Any:
    """Return what a document says of a method at a path; None when it says nothing."""
    fitting = [
        (known, methods)
        for known, methods in document["paths"].items()
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known.replace(".", r"\.")), path)
    ]
    # What stands there letter by letter is meant before what can be anything.
    fitting.sort(key=lambda pair: pair[0].count("{"))
    return next((methods[method.lower()] for _, methods in fitting if method.lower() in methods), None)


def prepared(directory: Path, database: str, **settings: Any) -> Settings:
    """Return the settings of a server whose directory has been made ready, as `lrs-soap serve` does."""
    origin, lasting = settings.pop("origin", WORLD_FILE), settings.pop("lasting", False)
    directory.mkdir(exist_ok=True)
    wanted = Settings(database=database, control_directory=str(directory), read_audit_delay=0.01, **settings)
    with closing(open_register(wanted)) as store:
        control.prepare(wanted, store, origin=origin, lasting=lasting)
    return wanted


@contextmanager
def process(settings: Settings) -> Iterator[Process]:
    """Give a process of a server."""
    one = Process(settings)
    try:
        yield one
    finally:
        one.close()
