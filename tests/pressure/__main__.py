"""Put the service under pressure in full sizes: make pressure.

500 clients that send a byte a second while a normal one makes its calls, 2,000 connections at once, and PostgreSQL
stopped for ten seconds.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory, mkdtemp

from tests import factories, postgres
from tests.pressure.crowds import answers, besiege, crowd, request_of
from tests.pressure.faults import stopped
from tests.serving import started_server
from tests.wire.conftest import fill
from tests.wire.requests import by_uln
from tests.wire.soap import post

SLOW = 500
MANY = 2_000
AWAY_SECONDS = 10.0
LEARNER = factories.learner()
FIND = by_uln(LEARNER.uln)


def slow_clients(url: str) -> Iterator[str]:
    """Besiege a server."""
    with started_server(url) as server:
        siege = besiege(server.address, SLOW, FIND)
    percents = quantiles(siege.latencies, n=100)
    yield f"{SLOW} clients that sent a byte a second were answered, by status (0: not at all): {dict(siege.slow)}"
    yield (
        f"a normal client meanwhile: {dict(siege.codes)}; p50 {percents[49] * 1000:.1f} ms, "
        f"p99 {percents[98] * 1000:.1f} ms, slowest {max(siege.latencies) * 1000:.1f} ms"
    )


def many_connections(url: str) -> Iterator[str]:
    """Open very many connections before anything is sent."""
    with started_server(url) as server, crowd(server.address, MANY) as connections:
        for turn in ("first", "second"):
            began = time.monotonic()
            found = answers(connections, request_of(server.address, FIND))
            whole = sum(b"WSRC0004" in answer for answer in found)
            took = time.monotonic() - began
            yield f"{MANY} connections at once, {turn} call on each: {whole} answered in {took:.1f} s"


def without_postgresql(_: str) -> Iterator[str]:
    """Stop PostgreSQL under a server."""
    if postgres.binaries() is None:
        yield "PostgreSQL's server programs are not installed: not stopped"
        return
    cluster = postgres.Cluster(Path(mkdtemp(prefix="lrs-soap-pressure-")))
    try:
        cluster.ensure_started()
        with cluster.database() as url:
            fill(url, [LEARNER])
            yield from _stopped(cluster, url)
    finally:
        cluster.remove()


def _stopped(cluster: postgres.Cluster, url: str) -> Iterator[str]:
    told: Counter[str | None] = Counter()
    with started_server(url) as server:

        def code() -> str | None:
            return post(server.address, "LearnerService", FIND).code

        assert code() == "WSRC0004"
        with stopped(cluster):
            until = time.monotonic() + AWAY_SECONDS
            while time.monotonic() < until:
                told[code()] += 1
                time.sleep(0.05)
        began, more = time.monotonic(), 0
        while code() != "WSRC0004":
            more += 1
        after = time.monotonic() - began
    yield f"PostgreSQL stopped for {AWAY_SECONDS:g} s: callers were told {dict(told)}"
    yield f"after its start {more} more were told so; the first answer came {after * 1000:.0f} ms after it was back"


PARTS: tuple[Callable[[str], Iterator[str]], ...] = (slow_clients, many_connections, without_postgresql)


def main() -> None:
    """Run the command."""
    with TemporaryDirectory(prefix="lrs-soap-pressure-") as folder:
        url = f"sqlite:///{folder}/register.db"
        fill(url, [LEARNER])
        for part in PARTS:
            for line in part(url):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
