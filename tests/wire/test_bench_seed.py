"""Seeds over the wire, with several workers: the same calls come to the same answers, to the letter."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.testing import RunningServer, World
from tests.serving import started_server
from tests.wire import requests
from tests.wire.bench import WORKERS, caller, each_worker, served_bench
from tests.wire.soap import Reply, post

NOON = datetime(2031, 3, 5, 12, tzinfo=SERVICE_ZONE)
LETTERS = "abcdef"


@pytest.fixture(scope="module")
def bench() -> Iterator[RunningServer]:
    with served_bench() as bench:
        yield bench


def sent(world: World, message: str) -> Reply:
    return post(world.url, "LearnerService", message)


def registered(world: World, family_name: str) -> str:
    reply = sent(world, requests.register(caller(world), FamilyName=family_name))
    assert reply.code == "WSRC0005"
    return reply.anywhere("ULN") or ""


def story(world: World, bench: RunningServer) -> list[Any]:
    """Return what a series of calls comes to, by whichever worker: ULNs, jobs, learners found in their order."""
    world.clock.freeze(NOON)
    families = iter(LETTERS)
    told: list[Any] = each_worker(bench.url, lambda: registered(world, f"Okafor-{next(families)}"))
    told += [world.learner().record, world.learner("similar").record]
    many = [requests.MAEVE | {"FamilyName": f"Quill-{letter}"} for letter in LETTERS]
    for _ in range(2):
        job = sent(world, requests.submit_batch(*many, caller=caller(world))).anywhere("JobID") or ""
        finished(world)
        told += [job, sent(world, requests.batch_output(job, caller(world))).text]
    looked_for = requests.by_demographics(**caller(world), FamilyName="Okafor", LastKnownPostCode="ZE1 0AA")
    found = each_worker(bench.url, lambda: sent(world, looked_for))
    assert all(len(reply.all("Learner/ULN")) == WORKERS for reply in found)
    return told + [reply.text for reply in found]


def finished(world: World) -> None:
    """Have all batches of a world finished, by whoever works on them."""
    world.work()
    while any(job["finished_at"] is None for job in world.jobs()):
        world.work()


def test_two_worlds_of_one_seed_tell_the_same_story_and_one_of_another_seed_another(bench: RunningServer) -> None:
    with (
        bench.world(origin="empty", seed=7) as one,
        bench.world(origin="empty", seed=7) as same,
        bench.world(origin="empty", seed=8) as other,
    ):
        told = story(one, bench)
        assert story(same, bench) == told
        others = story(other, bench)
        assert all(mine != theirs for mine, theirs in zip(told[:WORKERS], others[:WORKERS], strict=True))
        one.reset()
        assert story(one, bench) == told


def test_a_snapshot_keeps_where_the_draws_have_come_to(bench: RunningServer) -> None:
    with bench.world(origin="empty", seed=7) as world:
        registered(world, "Okafor")
        world.snapshot("after-one")
        then = [registered(world, f"Quill-{letter}") for letter in LETTERS]
        world.restore("after-one")
        assert [registered(world, f"Quill-{letter}") for letter in LETTERS] == then


def test_a_seed_that_is_set_begins_anew_for_every_worker(bench: RunningServer) -> None:
    with bench.world(origin="empty", seed=7) as one, bench.world(origin="empty") as other:
        names = [f"Okafor-{letter}" for letter in LETTERS[:WORKERS]]
        expected = [registered(one, name) for name in names]
        other.seed = 7
        rest = iter(names)
        assert each_worker(bench.url, lambda: registered(other, next(rest))) == expected
        other.seed = None
        assert other.seed is None


def test_a_server_tells_its_seed_and_draws_the_same_from_it_each_time() -> None:
    drawn = []
    for _ in range(2):
        with started_server(None, "--demo", "--workers", str(WORKERS), "--seed", "7") as server:
            assert "ULNs are drawn from the seed 7.\n" in server.lines
            with RunningServer(server.address) as bench:
                world = bench.default_world
                assert world.seed == 7
                drawn.append([registered(world, f"Okafor-{letter}") for letter in LETTERS])
    assert drawn[0] == drawn[1]
