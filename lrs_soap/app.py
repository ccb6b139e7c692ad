"""The only place that wires: settings, store, services, one WSGI application."""

import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lrs_soap.domain.opening import OpeningHours
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
from lrs_soap.store import Store, open_store
from lrs_soap.worker import BatchWorker, WorkerPolicy
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


def open_register(settings: Settings) -> Store:
    """Return the store that the settings name."""
    return open_store(settings.database, read_audit_delay=settings.read_audit_delay)


class Service:
    """The whole service as one WSGI application; close it to write what is still waiting to be written."""

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]], store: Store) -> None:
        self._application = application
        self._store = store

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._application(environ, start_response)

    def close(self) -> None:
        """Write what is waiting and let go of the store."""
        self._store.close()


def build_application(settings: Settings, store: Store) -> Service:
    """Return the service over a store, as the settings want it."""
    logging.getLogger("lrs_soap").setLevel(settings.log_level.upper())
    register = _register(settings, store)
    endpoints = {f"/{name}.svc": _endpoint(name, register, settings) for name in SERVICES}
    limits = Limits(settings.single_limit, settings.batch_limit, BATCH_ELEMENTS)
    return Service(Edge(endpoints, limits, PublicAddress(settings.forwarded_allow_ips)), store)


def batch_worker(settings: Settings, store: Store) -> BatchWorker:
    """Return a worker on the batches of a store, as the settings want it."""
    policy = WorkerPolicy(
        poll=settings.batch_poll,
        lease=settings.job_lease,
        attempts=settings.job_attempts,
        exception_period=settings.exception_span,
    )
    return BatchWorker(store, settings.clock, policy)


def _register(settings: Settings, store: Store) -> Register:
    gate = Gate(store, OpeningHours.parse(settings.operating_hours), settings.credential_cache)
    policy = RegistrationPolicy(settings.register_requires_find, settings.find_window_span, settings.review_time_span)
    return Register(store, gate, settings.clock, policy)


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
