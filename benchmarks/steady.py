"""Memory and open files of each process of the service, through 100,000 requests of all kinds.

Finds, refusals, messages that are none, a world with scenarios, and calls of the control API; journal and verdict are
on. Each has a connection of its own, as that is what leaves something behind where it is forgotten.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tqdm import tqdm

from benchmarks import servers
from benchmarks.footprints import Footprint, can_be_told, footprints
from benchmarks.load import Target, exchange, request_bytes
from benchmarks.options import Options
from benchmarks.population import PASSWORD, UKPRN, find_message
from benchmarks.registers import Registers
from benchmarks.servers import Serving
from lrs_soap.domain.learner import Learner
from lrs_soap.testing import RunningServer, World, step

REQUESTS = 100_000
WARM_UP = 20_000
LOOKS = 4
CLIENTS = 8
FINDS_TO_A_CALL = 50
MIB = 1 << 20
WORLD = "bad-days"
ORGANISATIONS: Mapping[str, Any] = {
    "Organisations": [
        {
            "UKPRN": UKPRN,
            "OrganisationRef": "BENCH1",
            "Name": "Benchmark College",
            "OrgPassword": PASSWORD,
            "Grants": ["find"],
        }
    ]
}
BAD_DAYS = [
    step("internal-error", times=2),
    step("outage"),
    step("truncated"),
    step("connection-reset"),
    step("empty-answer"),
    step("duplicate-answer"),
    step("garbage"),
    step("normal", times=2),
]


class Kind(NamedTuple):
    """One kind of request. says: what its answer holds; empty where a scenario may have taken it away."""

    request: bytes
    says: bytes


class Look(NamedTuple):
    """What each process held after so many requests."""

    requests: int
    held: tuple[Footprint, ...]


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured."""
    if not can_be_told():
        yield "Memory and open files are told on Linux alone: left out.\n"
        return
    with (
        registers.sqlite() as database,
        servers.service(database, options.workers) as serving,
        RunningServer(serving.address) as server,
        server.world(WORLD, ORGANISATIONS) as world,
        tqdm(total=REQUESTS, desc="requests", disable=None) as bar,
    ):
        looks = []
        for look in watched(serving, kinds(serving.address, world, registers.sample), portions()):
            bar.update(look.requests - bar.n)
            looks.append(look)
    yield (
        f"{REQUESTS:,} requests of all kinds by {CLIENTS} clients, {options.learners:,} learners, SQLite, "
        f"{options.workers} event workers, journal and verdict on\n{_table(looks)}\n"
    )


def portions(warm_up: int = WARM_UP, requests: int = REQUESTS, looks: int = LOOKS) -> list[int]:
    """Return after how many more requests to look each time: the first time when the service is warm."""
    share, rest = divmod(requests - warm_up, looks)
    return [warm_up, *[share] * (looks - 1), share + rest]


def kinds(address: str, world: World, learners: Sequence[Learner]) -> list[Kind]:
    """Return requests of all kinds, in the order in which each client sends them; sets the scenarios of a world."""
    world.scenarios.add(BAD_DAYS, repeat=True)
    found = [_soap(address, find_message(learner), b"WSRC0004") for learner in learners[:600]]
    somebody = learners[0]
    stranger = replace(somebody, given_name="Zebedee", family_name="Xylophone")
    first = find_message(somebody)
    refused = [
        _soap(address, find_message(stranger), b"WSRC0001"),
        _soap(address, first.replace(b"<ULN>", b"<ULN>x"), b"WSEC0"),
        _soap(address, first.replace(b"<FindType>FUL</FindType>", b""), b"WSEC0"),
        _soap(address, first.replace(b"UserName>", b"Nobody>"), b"Fault"),
        _soap(address, first[:-20], b"Fault"),
        _soap(world.url, first, b""),
        _soap(world.url, first, b""),
    ]
    called = [_get(address, f"/_lrs/{path}") for path in ("journal?limit=5", "metrics", "worlds", "conformance")]
    return _mixed(found, refused, called)


def _mixed(found: Sequence[Kind], refused: Sequence[Kind], called: Sequence[Kind]) -> list[Kind]:
    """Put a refusal after every find, and a call of the control API after every so many."""
    refusals, calls = itertools.cycle(refused), itertools.cycle(called)
    mixed = []
    for number, find in enumerate(found, start=1):
        mixed += [find, next(refusals)]
        if number % FINDS_TO_A_CALL == 0:
            mixed.append(next(calls))
    return mixed


def _soap(address: str, message: bytes, says: bytes) -> Kind:
    return Kind(request_bytes(Target("", f"{address}/LearnerService.svc"), message), says)


def _get(address: str, path: str) -> Kind:
    head = f"GET {path} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\nConnection: close\r\n\r\n"
    return Kind(head.encode(), b"HTTP/1.1 200 OK")


def watched(serving: Serving, mix: Sequence[Kind], more: Iterable[int]) -> Iterator[Look]:
    """Send requests, and look what the processes of a server hold each time that so many more are answered.

    Raises AssertionError for an answer that says something else than it should.
    """
    sent = 0
    with ThreadPoolExecutor(CLIENTS) as clients:
        for count in more:
            numbers = range(sent, sent + count)
            shares = ([mix[number % len(mix)] for number in numbers[client::CLIENTS]] for client in range(CLIENTS))
            list(clients.map(partial(call, serving.address), shares))
            sent += count
            yield Look(sent, footprints(serving.pid))


def call(address: str, kinds: Iterable[Kind]) -> None:
    """Send requests one after the other. Raises AssertionError for an answer that says something else than due."""
    url = urlsplit(address)
    host, port = url.hostname or "127.0.0.1", url.port or 80
    for kind in kinds:
        answer = b""
        # No answer is what some scenarios are about; of any other request it is one too few.
        with suppress(ConnectionResetError):
            answer = exchange(host, port, kind.request)
        assert kind.says in answer, (kind, answer)


def _table(looks: Sequence[Look]) -> str:
    """Return what each process held, in MiB and open files, and by how much that is more than at the first look."""
    rows = [f"{'requests':16}" + "".join(f"{look.requests:>14,}" for look in looks) + f"{'more':>14}"]
    for place, name in enumerate(names(looks[0].held)):
        held = [look.held[place] for look in looks]
        told = "".join(_told(each.memory, each.files) for each in held)
        rows.append(f"{name:16}{told}{_told(held[-1].memory - held[0].memory, held[-1].files - held[0].files)}")
    return "\n".join(rows)


def names(held: Sequence[Footprint]) -> list[str]:
    """Return what to call the processes of a server."""
    return ["server", *(f"process {number}" for number in range(1, len(held)))]


def _told(memory: int, files: int) -> str:
    return f"{memory / MIB:8.1f} {files:5}"
