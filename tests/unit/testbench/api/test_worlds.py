"""Worlds over the control API."""

import json
from datetime import datetime
from typing import Any

import pytest
import yaml

from tests.unit.testbench.api.process import MAEVE, WORLD_FILE, Process
from tests.wire import requests

PEOPLE = {
    "Organisations": [
        {
            "UKPRN": "TEST0101",
            "OrganisationRef": "TST001",
            "Name": "Coleg Glan-yr-Afon — Cardiff \U0001f3eb",
            "OrgPassword": "0123456789abcdef",
            "Grants": ["find"],
        }
    ],
    "Learners": [
        {
            "ULN": int(MAEVE),
            "GivenName": "Mæve",
            "FamilyName": "no",
            "DateOfBirth": "2004-02-29",
            "Gender": 2,
            "LastKnownPostCode": "LS2 9AB",
            "Notes": "line 1\nline 2\u0085\u2028: #",
            "EmailAddress": None,
        }
    ],
}


def find(api: Process, world: str, uln: str = MAEVE) -> str | None:
    return api.soap(requests.by_uln(uln), world=world).code


def test_an_empty_world(api: Process) -> None:
    made = api.post("worlds", {"name": "mine", "from": "empty", "seed": 5})
    world = made.body
    assert (made.status, made.headers["Location"]) == (201, "/_lrs/worlds/mine")
    assert (world["name"], world["prefix"], world["seed"]) == ("mine", "/w/mine", 5)
    assert (world["learners"], world["organisations"], world["snapshots"], world["lasting"]) == (0, 0, [], False)
    assert world["clock"]["mode"] == "real"
    assert datetime.fromisoformat(world["created_at"]).tzinfo is not None
    assert api.get("worlds/mine").body | {"clock": None} == world | {"clock": None}


def test_the_demo_world(api: Process) -> None:
    world = api.post("worlds", {"name": "demo", "from": "demo"}).body
    assert world["learners"] > 50
    assert world["organisations"] == 3
    caller = {"UKPRN": "DEMO0001", "OrgPassword": "demo-password-01"}
    message = requests.by_uln("9000000105", "Amelia", "Hartley", **caller)
    assert api.soap(message, world="demo").code == "WSRC0004"


def test_a_world_of_a_world_file(api: Process, college: str) -> None:
    assert (find(api, college), find(api, college, "1026893096")) == ("WSRC0004", "WSRC0001")
    assert api.soap(requests.by_uln(MAEVE)).code == "WSEC0003", "nobody may call the default world"


def test_a_world_file_as_json(api: Process) -> None:
    made = api.post("worlds", {"name": "json", "world": PEOPLE})
    assert (made.status, made.body["learners"]) == (201, 1)
    learner = api.get(f"learners/{MAEVE}", world="json").body["learner"]
    assert (learner["GivenName"], learner["FamilyName"]) == ("Mæve", "no")
    assert learner["Notes"] == "line 1\nline 2\u0085\u2028: #"
    assert "EmailAddress" not in learner
    assert api.post("worlds", {"name": "text", "world": yaml.dump(PEOPLE)}).status == 201
    assert api.post("worlds", {"name": "text-2", "world": json.dumps(PEOPLE, indent=1)}).status == 201
    assert api.get(f"learners/{MAEVE}", world="text-2").body["learner"]["Notes"] == learner["Notes"]


def test_a_name_is_drawn_when_none_is_given(api: Process) -> None:
    names = {api.post("worlds").body["name"] for _ in range(3)}
    assert len(names) == 3
    assert {world["name"] for world in api.get("worlds").body["worlds"]} == names | {"default"}


def test_the_default_world(api: Process) -> None:
    world = api.get("worlds/default").body
    assert (world["name"], world["prefix"], world["lasting"]) == ("default", "", False)


def test_worlds_are_isolated_and_all_processes_see_the_same(api: Process, other: Process, college: str) -> None:
    api.post("worlds", {"name": "twin", "world": WORLD_FILE})
    uln = other.soap(requests.register(GivenName="Ifor"), world=college).find("ULN")
    assert uln is not None
    assert api.get(f"learners/{uln}", world=college).status == 200
    assert api.get(f"learners/{uln}", world="twin").status == 404
    assert api.soap(requests.by_uln(uln, "Ifor"), world="twin").code == "WSRC0001"
    shown = {world["name"]: world["learners"] for world in other.get("worlds").body["worlds"]}
    assert shown == {"default": 0, college: 2, "twin": 1}


def test_a_reset_brings_back_everything(api: Process, other: Process, college: str) -> None:
    registered = [other.soap(requests.register(GivenName=name), world=college).find("ULN") for name in ("Ada", "Bea")]
    api.put("seed", {"seed": 1}, world=college)
    api.put("clock", {"at": "2001-01-01"}, world=college)
    api.post("scenarios", {"name": "out-of-hours"}, world=college)
    assert find(other, college) == "WSEC0004"
    world = api.post(f"worlds/{college}/reset").body
    assert (world["learners"], world["seed"], world["clock"]["mode"]) == (1, 7, "real")
    assert api.get("scenarios", world=college).body == {"scenarios": []}
    assert api.get("journal/count", world=college).body == {"count": 0}
    assert find(other, college) == "WSRC0004"
    again = [api.soap(requests.register(GivenName=name), world=college).find("ULN") for name in ("Ada", "Bea")]
    assert again == registered, "the seed begins anew"


def test_a_reset_of_the_default_world_is_seen_by_all_processes(api: Process, other: Process) -> None:
    assert api.post("worlds/default/reset", {}).body["learners"] == 1
    assert (find(api, "default"), find(other, "default")) == ("WSRC0004", "WSRC0004")
    other.delete(f"learners/{MAEVE}")
    assert find(api, "default") == "WSRC0001"
    other.post("worlds/default/reset")
    assert find(api, "default") == "WSRC0004"


def test_snapshots(api: Process, other: Process, college: str) -> None:
    made = api.post(f"worlds/{college}/snapshots", {"label": "before"})
    assert (made.status, made.body) == (201, {"label": "before"})
    other.delete(f"learners/{MAEVE}", world=college)
    other.put("clock", {"at": "2001-01-01"}, world=college)
    assert other.get(f"worlds/{college}/snapshots").body == {"snapshots": ["before"]}
    world = other.post(f"worlds/{college}/snapshots/before/restore").body
    assert (world["snapshots"], world["clock"]["mode"]) == (["before"], "real")
    assert (find(api, college), find(other, college)) == ("WSRC0004", "WSRC0004")


def test_a_deleted_world_is_gone_for_all_with_its_scenarios_and_journal(
    api: Process, other: Process, college: str
) -> None:
    find(other, college)
    api.post("scenarios", {"name": "out-of-hours"}, world=college)
    assert api.delete(f"worlds/{college}").status == 204
    assert other.get(f"worlds/{college}").status == 404
    assert other.client.post(f"/w/{college}/LearnerService.svc", data=b"x").status_code == 404
    other.post("worlds", {"name": college, "world": WORLD_FILE})
    assert api.get("journal/count", world=college).body == {"count": 0}
    assert api.get("scenarios", world=college).body == {"scenarios": []}
    assert find(api, college) == "WSRC0004"


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"name": "My World"}, 422, "a world's name has 1 to 40 small letters"),
        ({"name": "default"}, 409, "there is a world 'default' already; reset or delete it, or take another name"),
        ({"name": ""}, 422, "a world's name has"),
        ({"from": "nothing"}, 422, "from: should be 'empty' or 'demo'; this was 'nothing'"),
        ({"from": "demo", "world": "x"}, 422, "a world is made from one thing; give either from or world"),
        ({"from_": "demo"}, 422, "from_: there is no such field; did you mean 'from'?"),
        ({"seed": -1}, 422, "seed: should be greater than or equal to 0; this was -1"),
        ({"seed": 2**63}, 422, "seed: should be less than or equal to"),
        ({"seed": True}, 422, "seed: should be a valid integer; this was True"),
        ({"world": "demo"}, 422, "world: should be a world file; for the demo world or an empty one give from"),
        ({"world": ""}, 422, "world: should be a world file"),
        ({"world": "Learners: ["}, 422, "world: this is not YAML"),
        ({"world": "- 1"}, 422, "world: should be a mapping with Organisations, Learners and LearningEvents"),
        ({"world": {"Learners": 5}}, 422, "world: Learners: '5' should be a list of learners (line 1)"),
        ({"world": {"Lerners": []}}, 422, "world: Lerners: there is no such field; did you mean Learners?"),
    ],
)
def test_worlds_that_cannot_be_made(api: Process, body: dict[str, Any], status: int, says: str) -> None:
    refused = api.post("worlds", body)
    assert refused.status == status
    assert says in refused.error
    assert [world["name"] for world in api.get("worlds").body["worlds"]] == ["default"]


def test_all_problems_of_a_world_file_are_told(api: Process) -> None:
    text = WORLD_FILE.replace("Gender: 2", "Gander: 2").replace("Grants: [find", "Grants: [search")
    refused = api.post("worlds", {"world": text})
    assert refused.body["field"] == "world"
    assert refused.error.startswith("world: Organisations[1].Grants[1]: 'search' should be find, register")
    assert refused.error.endswith("(line 7); and 2 more, which `problems` lists")
    assert [(problem["line"], problem["field"]) for problem in refused.body["problems"]] == [
        (7, "Organisations[1].Grants[1]"),
        (9, "Learners[1].Gender"),
        (13, "Learners[1].Gander"),
    ]
    assert "/" not in refused.error.replace("and/or", ""), "no path of the server is told"


def test_what_cannot_be_done_with_worlds(api: Process, college: str) -> None:
    assert api.delete("worlds/default").status == 409
    assert "the default world lasts as long as the server" in api.delete("worlds/default").error
    for answer in (api.get("worlds/nowhere"), api.delete("worlds/nowhere"), api.post("worlds/nowhere/reset")):
        assert (answer.status, answer.error) == (404, "there is no world 'nowhere'; make it first")
    assert api.post(f"worlds/{college}/snapshots/never/restore").status == 404
    assert api.post(f"worlds/{college}/snapshots", {"label": "a b"}).status == 422
    assert api.post(f"worlds/{college}/snapshots", {}).error == "label: is missing; give it"
    assert api.post(f"worlds/{college}/reset", {"hard": True}).error == "hard: there is no such field; leave it out"
