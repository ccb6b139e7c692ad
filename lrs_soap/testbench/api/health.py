"""Whether the service lives and can work, what it is, and what it has counted."""

import logging
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy import select

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.metrics import AllProcesses
from lrs_soap.testbench.api.routes import JSON, Resource
from lrs_soap.testbench.control import counter
from lrs_soap.testbench.worlds import DEFAULT, UnknownWorldError

logger = logging.getLogger(__name__)

PRODUCT = "lrs-soap"
FINE = "ok"

health = Resource("health", "Whether the service lives, what it is, and what it has counted.")


class Live(BaseModel):
    """The service lives."""

    status: str = Field(description="live.")


class Ready(BaseModel):
    """Whether the service can work."""

    status: str = Field(description="ready, or not ready.")
    checks: dict[str, str] = Field(description="`ok`, or what is wrong, for each thing it needs.")


class Version(BaseModel):
    """What serves."""

    name: str = Field(description="lrs-soap.")
    version: str = Field(description="Of the product.")
    python: str = Field(description="Of the Python that runs it.")


class Index(BaseModel):
    """Where everything is."""

    links: dict[str, str] = Field(description="Path by name.")


@health.endpoint("GET", "/")
def index(deps: ApiDeps) -> Index:
    """List what there is."""
    names = (
        "openapi.json health/live health/ready version metrics worlds clock seed scenarios scenarios/catalogue journal "
        "conformance jobs"
    )
    return Index(links={name: f"{request.script_root}/{name}" for name in names.split()})


@health.endpoint("GET", "/health/live")
def live(deps: ApiDeps) -> Live:
    """Say that a process answers, whatever else may be wrong."""
    return Live(status="live")


@health.endpoint(
    "GET",
    "/health/ready",
    errors={503: "Something that the service needs does not work."},
    answers={200: Ready, 503: Ready},
)
def ready(deps: ApiDeps) -> Response:
    """Say whether requests can be answered, and if not, why."""
    checks = {"register": lambda: _check_register(deps), "control": lambda: _check_control(deps)}
    said = {name: _outcome(name, check) for name, check in checks.items()}
    fine = all(outcome == FINE for outcome in said.values())
    body = Ready(status="ready" if fine else "not ready", checks=said)
    return Response(body.model_dump_json(), 200 if fine else 503, mimetype=JSON)


@health.endpoint("GET", "/version")
def version(deps: ApiDeps) -> Version:
    """Say what serves."""
    return Version(name=PRODUCT, version=deps.version, python=platform.python_version())


@health.endpoint("GET", "/metrics", media=("text/plain",), errors={409: "Nothing is counted."})
def metrics(deps: ApiDeps) -> Response:
    """Give what all processes have counted, as Prometheus reads it."""
    if deps.metrics is None:
        raise RefusedError(409, "this server counts nothing; start it with its control API")
    registry = CollectorRegistry(auto_describe=False)
    names = [record.name for record in deps.worlds.list()]
    registry.register(AllProcesses(deps.metrics.directory, names, _Gauges(deps, names)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@dataclass(frozen=True, slots=True)
class _Gauges:
    deps: ApiDeps
    worlds: list[str]

    def gauges(self) -> Iterator[GaugeMetricFamily]:
        """Give how much there is of what grows and shrinks."""
        waiting = GaugeMetricFamily("lrs_jobs_waiting", "Batches that are not finished.", labels=("world",))
        for name in self.worlds:
            if (count := self._waiting(name)) is not None:
                waiting.add_metric((name,), count)
        yield waiting
        if self.deps.journal is not None:
            journal = GaugeMetricFamily("lrs_journal_entries", "Requests that the journal holds.")
            journal.add_metric((), self.deps.journal.count())
            yield journal

    def _waiting(self, name: str) -> int | None:
        try:
            with self.deps.worlds.get(name).store.reading() as work:
                return work.jobs.waiting()
        except UnknownWorldError:
            # Deleted a moment ago.
            return None


def _check_register(deps: ApiDeps) -> str:
    state = deps.worlds.get(DEFAULT).store.schema_state()
    return FINE if state == "current" else f"its tables are {state}"


def _check_control(deps: ApiDeps) -> str:
    with deps.control.engine.connect() as connection:
        connection.execute(select(counter.c.value).limit(1))
    return FINE


def _outcome(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        logger.warning("%s is not ready", name, exc_info=error)
        return f"cannot be used; the service's log explains it ({type(error).__name__})"
