"""Batches and seeds over the control API."""

from typing import Any

from lrs_soap.domain import uln
from tests.unit.testbench.api.process import Process
from tests.wire import requests

IVY: dict[str, Any] = requests.MAEVE | {"GivenName": "Ivy", "FamilyName": "Marsh"}


def submit(api: Process, world: str) -> str:
    """Submit a batch of one learner, and return its number."""
    answer = api.soap(requests.submit_batch(IVY), world=world)
    assert answer.code == "WSRC0007"
    return str(answer.anywhere("JobID"))


def test_a_batch_waits_until_it_is_worked_off(api: Process, other: Process, college: str) -> None:
    api.put("clock", {"at": "2026-09-01T09:00:00+01:00"}, world=college)
    number = submit(api, college)
    (waiting,) = other.get("jobs", world=college).body["jobs"]
    assert (str(waiting["job_id"]), waiting["status"], waiting["record_count"]) == (number, "Waiting", 1)
    assert waiting["submitted_at"] in ("2026-09-01T09:00:00+01:00", "2026-09-01T08:00:00Z")
    assert api.soap(requests.batch_output(number), world=college).code == "WSRC0008"
    assert other.post("jobs/work", world=college).body == {"jobs": 1}
    assert api.soap(requests.batch_output(number), world=college).code == "WSRC0009"
    shown = api.get("jobs", world=college).body
    assert (shown["waiting"], shown["jobs"][0]["status"], shown["jobs"][0]["done"]) == (0, "Successful", 1)
    assert other.post("jobs/work", world=college).body == {"jobs": 0}


def test_jobs_of_one_world_are_none_of_another(api: Process, college: str) -> None:
    submit(api, college)
    assert api.get("jobs").body == {"jobs": [], "waiting": 0}
    assert api.post("jobs/work").body == {"jobs": 0}
    assert api.get("jobs", world=college).body["waiting"] == 1
    assert api.post("jobs/work", world="nowhere").status == 404


def registered(api: Process, world: str, given_name: str) -> str:
    """Register a learner, and return its ULN."""
    return str(api.soap(requests.register(GivenName=given_name, FamilyName="Quill"), world=world).anywhere("ULN"))


def test_a_seed_makes_the_same_ulns_in_whichever_process(api: Process, other: Process, college: str) -> None:
    assert api.get("seed", world=college).body == {"seed": 7}
    assert other.put("seed", {"seed": 42}, world=college).body == {"seed": 42}
    first = [registered(each, college, name) for each, name in ((api, "Ada"), (other, "Bea"), (api, "Cleo"))]
    api.post(f"worlds/{college}/reset")
    assert other.get("seed", world=college).body == {"seed": 7}
    other.put("seed", {"seed": 42}, world=college)
    assert [registered(other, college, name) for name in ("Dot", "Eve", "Fay")] == first
    assert all(uln.is_valid(each) for each in first)


def test_a_seed_can_be_left_to_chance(api: Process, college: str) -> None:
    assert api.put("seed", {"seed": None}, world=college).body == {"seed": None}
    assert api.put("seed", {}, world=college).error == "seed: is missing; give it"
    assert api.put("seed", {"seed": "7"}, world=college).status == 422
    assert api.get("seed", world="nowhere").status == 404
