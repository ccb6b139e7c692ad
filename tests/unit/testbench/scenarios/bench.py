"""A register whose calls scenarios may act on, without a server: messages in, answers and pauses out."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lrs_soap.app import BATCH_ELEMENTS, SERVICES
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.services.credentials import Gate
from lrs_soap.services.edge import Edge
from lrs_soap.services.endpoint import Endpoint
from lrs_soap.services.http import Limits, PublicAddress
from lrs_soap.services.register import Register
from lrs_soap.store import Store, open_store
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.scenarios import Counts, Delivery, Director, Scenario, ScenarioStore, Stage, read
from lrs_soap.worker import BatchWorker
from lrs_soap.wsdl.validation import request_schema
from tests import factories
from tests.wire.soap import Reply, understood

COLLEGE = factories.organisation(awarding=True)
NEIGHBOUR = factories.organisation(ukprn="TEST0202", reference="TST002", name="Other College")
MAEVE = factories.learner(1)
IDRIS = factories.learner(2, given_name="Idris", family_name="Pryce")
START = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
ACHIEVEMENT = {
    "AchievementAwardDate": "2024-08-22T00:00:00",
    "Action": "1",
    "ActionDate": "2024-08-23T00:00:00",
    "FamilyName": "Okafor",
    "GivenName": "Maeve",
    "ProviderUkprn": "TEST0101",
    "Uln": MAEVE.uln,
    "UnitOrQualificationReferenceNumber": "60012345",
}


class TestClock:
    """A clock that goes when it is told to."""

    __test__ = False

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment.astimezone(SERVICE_ZONE)

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def fill(store: Store) -> None:
    """Put two colleges and two learners into a register."""
    with store.writing() as work:
        for organisation in (COLLEGE, NEIGHBOUR):
            work.organisations.add(organisation)
        work.learners.add_many([MAEVE, IDRIS])


def stage_of(register: Register, seed: int | None = 1) -> Stage:
    """Return a world of a register with the endpoints that the service publishes."""
    endpoints = {
        f"/{name}.svc": Endpoint(
            name, published.services, register, request_schema(name), contract_faults=published.contract_faults
        )
        for name, published in SERVICES.items()
    }
    return Stage(register, endpoints, seed)


def edge_of(stage: Stage) -> Edge:
    """Return the WSGI application of a world."""
    return Edge(stage.endpoints, Limits(64 * 1024, 8 * 1024 * 1024, BATCH_ELEMENTS), PublicAddress(""))


@dataclass
class Got:
    """What a client got. pauses: the seconds let pass before each piece. scenario: the one that acted."""

    service: str
    status: str
    headers: dict[str, str]
    pieces: list[bytes] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    scenario: str | None = None
    whole: bytes = field(default=b"", compare=False)
    broken: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def soap(self) -> Reply:
        """The answer, which must be valid against what the service publishes."""
        return understood(self.service, int(self.status[:3]), self.body, self.headers["Content-Type"])

    @property
    def code(self) -> str | None:
        return self.soap.code


@dataclass
class Bench:
    """A world, its clock, its scenarios and those who let them act."""

    register: Register
    clock: TestClock
    control: Control
    seed: int | None = 1
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stage = stage_of(self.register, self.seed)
        self.edge = edge_of(self.stage)
        self.scenarios = ScenarioStore(self.control)
        self.director = Director(self.scenarios, lambda world: self.stage, self.pauses.append)

    def add(self, name: str, parameters: Mapping[str, Any] | None = None, /, **match: Any) -> Scenario:
        """Set a scenario as JSON would."""
        match = {known.rstrip("_"): value for known, value in match.items()}
        return self.scenarios.add(read({"name": name, "parameters": dict(parameters or {}), "match": match}))

    def counts(self, scenario: Scenario) -> Counts:
        return self.scenarios.counts(scenario.world)[scenario.id]

    def post(self, message: str | bytes, service: str = "LearnerService", world: str = "default", **more: str) -> Got:
        """Send a message, and return what comes back."""
        return self.request(environ_of(message, service, **more), service, world)

    def request(self, environ: dict[str, Any], service: str = "LearnerService", world: str = "default") -> Got:
        heard: list[tuple[str, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            heard.append((status, dict(headers)))

        before = len(self.pauses)
        answer = self.director.answer(world, self.edge, environ, start_response)
        got = Got(service, *heard[0])
        try:
            got.pieces.extend(answer)
        except ConnectionResetError:
            got.broken = True
        if isinstance(answer, Delivery):
            got.scenario, got.whole = answer.scenario, answer.reply.body
            answer.close()
        got.pauses = self.pauses[before:]
        return got

    def work_off(self) -> None:
        """Have every job done that was submitted so far."""
        worker = BatchWorker(self.register.store, self.clock)
        while worker.run_pending():
            pass


def environ_of(message: str | bytes, service: str, **more: str) -> dict[str, Any]:
    """Return a request as a WSGI server hands it on."""
    body = message.encode() if isinstance(message, str) else message
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/{service}.svc",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "bench",
        "REMOTE_ADDR": "127.0.0.1",
        **more,
    }


@contextmanager
def opened_register(url: str, clock: TestClock) -> Iterator[Register]:
    """Give the register of a database."""
    store = open_store(url, read_audit_delay=0.01)
    try:
        yield Register(store, Gate(store, OpeningHours.parse(""), 20), clock)
    finally:
        store.close()


@contextmanager
def opened_control(directory: Path) -> Iterator[Control]:
    """Give the shared state in a directory."""
    control = Control(directory)
    try:
        control.tables()
        yield control
    finally:
        control.close()
