"""learnerByULN FUL without a server: the complete service beside the bare WSGI function, called in one process.

The service is that of `lrs-soap serve`, with schema check, credentials and audit, and without the test bench. The two
take turns, a hundred calls each, so that both meet the same machine. HTTP, which costs both the same, is left out.
"""

import importlib
import io
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import cycle, islice
from typing import Any, Final

from tqdm import tqdm

from benchmarks.load import Result
from benchmarks.measured import markdown
from benchmarks.options import Options
from benchmarks.population import find_message
from benchmarks.registers import Registers
from lrs_soap.app import build_application
from lrs_soap.registers import open_register
from lrs_soap.settings import load_settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
TURN: Final = 100
WARM_UP: Final = 500
TURNS_A_ROUND: Final = 20
FOUND: Final = b"WSRC0004"


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    messages = [find_message(learner) for learner in registers.sample]
    rows: list[list[str]] = []
    for database, copy in registers.databases.items():
        with copy() as url, closing(open_register(load_settings(database=url))) as store:
            service = build_application(load_settings(database=url, control_directory=""), store)
            rows += _rows(database, compared({"bare": _bare(url), "ours": service}, messages, options.rounds))
    heading = ["", "calls per second", "ratio", "p50 µs", "p99 µs", "other answers"]
    yield (
        f"{options.learners:,} learners, Python {platform.python_version()}, {options.rounds} rounds of "
        f"{TURN * TURNS_A_ROUND:,} calls\n\n{markdown(heading, rows)}\n"
    )


def compared(applications: Mapping[str, Application], messages: Sequence[bytes], rounds: int) -> dict[str, Result]:
    """Call applications in turn, and return what each took."""
    results = {name: Result(name, 0, [], 0) for name in applications}
    for application in applications.values():
        called("warm-up", application, list(islice(cycle(messages), WARM_UP)))
    some = [messages[place : place + TURN] for place in range(0, len(messages) - TURN + 1, TURN)] or [messages]
    for turn in tqdm(range(rounds * TURNS_A_ROUND), desc="calls", disable=None, leave=False):
        for name, application in applications.items():
            results[name].add(called(name, application, some[turn % len(some)]))
    return results


def called(name: str, application: Application, messages: Sequence[bytes]) -> Result:
    """Call an application with each message, one after the other."""
    latencies, refused = [], 0
    begun = time.perf_counter()
    for message in messages:
        environ = environ_of(message)
        started = time.perf_counter()
        answer = b"".join(application(environ, _ignore))
        latencies.append(time.perf_counter() - started)
        refused += FOUND not in answer
    return Result(name, time.perf_counter() - begun, latencies, refused)


def environ_of(message: bytes) -> dict[str, Any]:
    """Return what a server tells of a request for LearnerService."""
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/LearnerService.svc",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(message)),
        "HTTP_HOST": "127.0.0.1",
        "HTTP_SOAPACTION": '""',
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(message),
    }


def _ignore(_status: str, _headers: object, _error: object = None) -> None:
    """Take no notice of status and headers."""


def _bare(url: str) -> Application:
    """Return the bare function over a database: it takes its address from the environment when it is imported."""
    os.environ["LRS_BENCH_DATABASE"] = url
    bare = importlib.reload(importlib.import_module("benchmarks.bare"))
    application: Application = bare.application
    return application


def _rows(database: str, results: Mapping[str, Result]) -> Iterator[list[str]]:
    reference = results["bare"].rate
    for name, one in results.items():
        latencies = [f"{one.percentile(percent) * 1000:,.0f}" for percent in (50, 99)]
        yield [f"{database}, {name}", f"{one.rate:,.0f}", f"{one.rate / reference:.2f}", *latencies, f"{one.refused}"]
