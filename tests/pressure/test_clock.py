"""A clock that is set back: what was written keeps its order by version, and nobody is locked out."""

from typing import Any

from lrs_soap.testing import World
from tests.wire import requests
from tests.wire.bench import caller, served_bench
from tests.wire.soap import Reply, post

NOON = "2026-03-02T12:00:00+00:00"
YESTERDAY = "2026-03-01T12:00:00+00:00"
ADA: dict[str, Any] = {"GivenName": "Ada", "FamilyName": "Quill"}


def called(world: World, message: str) -> Reply:
    return post(world.url, "LearnerService", message)


def updated(world: World, uln: str, version: int, notes: str) -> Reply:
    message = requests.update(uln, version, **ADA, Notes=notes).replace("TEST0101", caller(world)["UKPRN"])
    return called(world, message.replace(requests.CALLER["OrgPassword"], caller(world)["OrgPassword"]))


def test_versions_rise_and_dates_tell_what_the_clock_told() -> None:
    with served_bench() as bench, bench.world("backwards") as world:
        world.clock.freeze(NOON)
        made = called(world, requests.register(caller(world), **ADA))
        assert made.code == "WSRC0005"
        uln = made.find("ULN")
        assert uln is not None
        world.clock.freeze(YESTERDAY)
        assert updated(world, uln, 1, "one day earlier").code == "WSRC0006"
        found = called(world, requests.by_uln(uln, "Ada", "Quill", **caller(world)))
        assert found.find("Learner/VersionNumber") == "2"
        assert found.find("Learner/CreatedDate") == NOON[:10]
        assert found.find("Learner/LastUpdatedDate") == YESTERDAY[:10]
        # A version that somebody else has overtaken is refused, whatever the clock says.
        assert updated(world, uln, 1, "of an old version").code not in ("WSRC0006", "WSEC0999")


def test_batches_are_worked_off_though_the_clock_was_set_back() -> None:
    with served_bench() as bench, bench.world("backwards") as world:
        world.clock.freeze(NOON)
        submitted = called(world, requests.submit_batch(requests.MAEVE, caller=caller(world)))
        job = submitted.anywhere("JobID")
        assert job is not None
        world.clock.freeze(YESTERDAY)
        world.work()
        output = called(world, requests.batch_output(job, caller(world)))
        assert output.code == "WSRC0009"
