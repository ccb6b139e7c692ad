"""The only place that wires: settings, store, services, one WSGI application."""

import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from secrets import randbelow
from typing import NamedTuple, Protocol

from lrs_soap import __version__
from lrs_soap.domain.clock import Clock
from lrs_soap.domain.opening import OpeningHours
from lrs_soap.domain.passwords import hash_password
from lrs_soap.domain.registration import RegistrationPolicy
from lrs_soap.services import ns
from lrs_soap.services.credentials import Gate
from lrs_soap.services.edge import Edge
from lrs_soap.services.endpoint import Endpoint
from lrs_soap.services.external_service import ExternalService
from lrs_soap.services.http import Environ, Limits, PublicAddress, StartResponse
from lrs_soap.services.learner_register import LearnerRegister
from lrs_soap.services.learner_service import LearnerService
from lrs_soap.services.learner_service_r9 import LearnerServiceR9
from lrs_soap.services.register import Register
from lrs_soap.services.spyne_support import Service as SpyneService
from lrs_soap.settings import Settings
from lrs_soap.store import Store
from lrs_soap.testbench.api import ApiDeps, Metrics, create_api
from lrs_soap.testbench.application import Bench, Served
from lrs_soap.testbench.conformance import Ledger
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.journal import Handshakes, Journal
from lrs_soap.testbench.journal import Limits as JournalLimits
from lrs_soap.testbench.scenarios import ScenarioStore
from lrs_soap.testbench.working import WorldsWorker
from lrs_soap.testbench.world_files import WorldFiles
from lrs_soap.testbench.worlds import World, Worlds
from lrs_soap.tls import on_refusal
from lrs_soap.worker import BatchWorker, WorkerPolicy
from lrs_soap.worlds import Means
from lrs_soap.wsdl.validation import request_schema


class Published(NamedTuple):
    """What one address publishes. contract_faults: faults before an operation is known have the shape of R9."""

    services: tuple[type[SpyneService], ...]
    contract_faults: bool


SERVICES = {
    "LearnerService": Published((LearnerService,), contract_faults=False),
    "LearnerServiceR9": Published((LearnerServiceR9,), contract_faults=True),
    "ExternalService": Published((ExternalService,), contract_faults=True),
    "LearnerRegister": Published((LearnerRegister,), contract_faults=False),
}
BATCH_ELEMENTS = frozenset(
    {
        f"{{{ns.BATCH}}}SubmitBatch",
        f"{{{ns.VERIFY_BATCH}}}SubmitVerifyBatch",
        f"{{{ns.EXTERNAL}}}SubmitAchievementBatchJob",
    }
)


class Closable(Protocol):
    """What holds on to something."""

    def close(self) -> None:
        """Let go of it."""
        ...


class Service:
    """The whole service as one WSGI application; close it to write what is still waiting to be written.

    parts: what it is made of and holds on to, those first that need the ones after them.
    """

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]], *parts: Closable) -> None:
        self._application = application
        self._parts = parts

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._application(environ, start_response)

    def close(self) -> None:
        """Write what is waiting and let go of all parts."""
        for part in self._parts:
            part.close()


def build_application(settings: Settings, store: Store) -> Service:
    """Return the service over a store, as the settings want it."""
    logging.getLogger("lrs_soap").setLevel(settings.log_level.upper())
    if not settings.control_directory:
        return Service(_served(settings, store, settings.clock).edge, store)
    return _bench(settings, store)


def message_limits(settings: Settings) -> Limits:
    """Return how large messages may be, as the settings want it."""
    return Limits(settings.single_limit, settings.batch_limit, BATCH_ELEMENTS)


def batch_worker(settings: Settings, store: Store) -> BatchWorker:
    """Return a worker on the batches of a store, as the settings want it."""
    return BatchWorker(store, settings.clock, _worker_policy(settings))


def worlds_worker(settings: Settings, worlds: Worlds) -> WorldsWorker:
    """Return a worker on the batches of all worlds of a server."""

    def worker_of(world: World) -> BatchWorker:
        return BatchWorker(world.store, world.clock, _worker_policy(settings), world.draw)

    return WorldsWorker(worlds, worker_of, settings.batch_poll)


def _worker_policy(settings: Settings) -> WorkerPolicy:
    return WorkerPolicy(
        poll=settings.batch_poll,
        lease=settings.job_lease,
        attempts=settings.job_attempts,
        exception_period=settings.exception_span,
    )


def open_control(settings: Settings) -> Control:
    """Return what the processes of a server share."""
    return Control(Path(settings.control_directory))


def judges_clients(settings: Settings) -> bool:
    """Tell whether the settings want a verdict on the clients."""
    return bool(settings.control_directory and settings.journal and settings.conformance)


def open_ledger(settings: Settings) -> Ledger:
    """Return where the verdict is kept."""
    return Ledger(Path(settings.control_directory) / "conformance.db")


def open_worlds(settings: Settings, store: Store, control: Control | None = None) -> Worlds:
    """Return the worlds of a server, of which the store is the default one."""
    control = control or open_control(settings)
    files = WorldFiles(control.directory, lambda: Means(settings.clock.now(), hash_password, randbelow))
    return Worlds(control, files, store, settings.clock, partial(_served, settings))


def _bench(settings: Settings, store: Store) -> Service:
    """Return the service with everything that the control API steers."""
    control = open_control(settings)
    worlds = open_worlds(settings, store, control)
    scenarios = ScenarioStore(control)
    ledger = open_ledger(settings) if judges_clients(settings) else None
    journal = _journal(settings, control.directory, ledger) if settings.journal else None
    metrics = Metrics(control.directory / "metrics")
    api = create_api(
        ApiDeps(
            worlds=worlds,
            control=control,
            scenarios=scenarios,
            version=__version__,
            work=partial(_work_off, settings),
            token=settings.control_token,
            journal=journal,
            ledger=ledger,
            metrics=metrics,
            hosts=(settings.host,),
            longest_wait=max(1.0, settings.timeout / 2),
        )
    )
    told = [metrics.observe, *([journal.record] if journal else [])]
    handshakes = _noted_handshakes(journal) if journal and settings.tls else None
    parts = [part for part in (handshakes, journal, ledger, metrics, worlds, store) if part is not None]
    return Service(Bench(worlds, api.wsgi_app, told, scenarios), *parts)


def _journal(settings: Settings, directory: Path, ledger: Ledger | None) -> Journal:
    limits = JournalLimits(entries=settings.journal_entries, size=settings.journal_bytes, hours=settings.journal_hours)
    return Journal(directory / "journal.db", limits, [ledger.add] if ledger else [])


def _noted_handshakes(journal: Journal) -> Closable:
    """Let a journal have the handshakes that are refused, until what is returned is closed."""
    note = Handshakes(journal.record).note
    on_refusal.append(note)
    until_closed = ExitStack()
    until_closed.callback(on_refusal.remove, note)
    return until_closed


def _work_off(settings: Settings, world: World) -> int:
    worker = BatchWorker(world.store, world.clock, _worker_policy(settings), world.draw)
    jobs = worker.run_pending()
    # The worker in the background looks for them by real time, however far the world's clock was put forward.
    worker.close_overdue()
    return jobs


def _served(settings: Settings, store: Store, clock: Clock, draw: Callable[[int], int] = randbelow) -> Served:
    register = _register(settings, store, clock, draw)
    endpoints = {f"/{name}.svc": _endpoint(name, register, settings) for name in SERVICES}
    return Served(
        Edge(endpoints, message_limits(settings), PublicAddress(settings.forwarded_allow_ips)), register, endpoints
    )


def _register(settings: Settings, store: Store, clock: Clock, draw: Callable[[int], int]) -> Register:
    gate = Gate(
        store, OpeningHours.parse(settings.operating_hours), settings.credential_cache, limit=settings.login_limit
    )
    policy = RegistrationPolicy(settings.register_requires_find, settings.find_window_span, settings.review_time_span)
    return Register(store, gate, clock, policy, draw)


def _endpoint(name: str, register: Register, settings: Settings) -> Endpoint:
    published = SERVICES[name]
    return Endpoint(
        name,
        published.services,
        register,
        request_schema(name),
        contract_faults=published.contract_faults,
        qualified_faults=settings.fault_children == "qualified",
    )
