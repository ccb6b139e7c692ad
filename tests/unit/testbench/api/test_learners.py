"""Learners over the control API: made in every state, found as told, read and deleted."""

from datetime import date
from typing import Any

import pytest

from lrs_soap.testbench.api.learners.models import State
from tests.unit.testbench.api.process import MAEVE, Process
from tests.wire import requests


def make(api: Process, world: str, **body: Any) -> dict[str, Any]:
    """Make a learner and return what is told of it."""
    made = api.post("learners", body, world=world)
    assert made.status == 201, made.body
    assert made.headers["Location"] == f"/_lrs/learners/{made.body['uln']}?world={world}"
    return dict(made.body)


def searched(api: Process, world: str, search: dict[str, str]) -> Any:
    """Find by five details."""
    return api.soap(requests.by_demographics(**search), world=world)


@pytest.mark.parametrize("state", State)
def test_a_learner_of_every_state_is_found_as_is_told(api: Process, college: str, state: State) -> None:
    made = make(api, college, state=state.value)
    assert searched(api, college, made["search"]).code == made["code"]
    shown = api.get(f"learners/{made['uln']}", world=college).body
    assert {name: shown[name] for name in ("search", "code", "learner", "events")} == {
        name: made[name] for name in ("search", "code", "learner", "events")
    }


def test_a_linked_learner_leads_to_its_master(api: Process, college: str) -> None:
    made = make(api, college, state="linked", linked_to=MAEVE)
    assert (made["code"], made["learner"]["MasterULN"], made["made"]) == ("WSRC0022", MAEVE, [])
    assert searched(api, college, made["search"]).find("Learner/ULN") == MAEVE


def test_a_master_is_made_when_none_is_named(api: Process, college: str) -> None:
    made = make(api, college, state="linked")
    (master,) = made["made"]
    assert made["learner"]["MasterULN"] == master
    assert api.get(f"learners/{master}", world=college).body["code"] == "WSRC0004"


def test_similar_learners_are_possible_matches(api: Process, college: str) -> None:
    made = make(api, college, similar_to=MAEVE)
    assert searched(api, college, made["search"]).code == "WSRC0004"
    answer = searched(api, college, made["ambiguous_search"])
    assert (answer.code, sorted(answer.all("Learner/ULN"))) == ("WSRC0003", sorted([MAEVE, made["uln"]]))


@pytest.mark.parametrize(
    ("state", "code"), [("live", "1"), ("not sharing", "2"), ("notice not seen", "0")], ids=lambda value: value
)
def test_sharing(api: Process, college: str, state: str, code: str) -> None:
    assert make(api, college, state=state)["learner"]["AbilityToShare"] == code


@pytest.mark.parametrize(("state", "least", "most"), [("young", 13, 13), ("old", 80, 120)])
def test_ages_are_by_the_worlds_clock(api: Process, college: str, state: str, least: int, most: int) -> None:
    api.put("clock", {"at": "2040-03-01T12:00:00"}, world=college)
    born = date.fromisoformat(make(api, college, state=state)["search"]["DateOfBirth"])
    age = 2040 - born.year - ((born.month, born.day) > (3, 1))
    assert least <= age <= most


def test_events_are_invented_beside_those_given_and_seen_by_clients(api: Process, college: str) -> None:
    made = make(api, college, events={"NPD": 3, "ILR": 2, "AO": 1})
    assert sorted(event["Source"] for event in made["events"]) == ["AO", "ILR", "ILR", "NPD", "NPD", "NPD"]
    names = {"givenName": made["search"]["GivenName"], "familyName": made["search"]["FamilyName"]}
    answer = api.soap(requests.events(made["uln"], **names), world=college, service="LearnerServiceR9")
    told = sorted(element.text or "" for element in answer.body.iter("{*}Subject"))
    assert told == sorted(event["Subject"] for event in made["events"])


def test_fields_are_taken_as_a_world_file_has_them_and_null_leaves_one_out(api: Process, college: str) -> None:
    made = make(api, college, FamilyName="Lovelace", Gender=2, EmailAddress=None, ULN="9000000105")
    assert made["uln"] == "9000000105"
    assert (made["learner"]["FamilyName"], made["learner"]["Gender"]) == ("Lovelace", "2")
    assert "EmailAddress" not in made["learner"]


def test_the_same_seed_invents_the_same_learners(api: Process, other: Process, college: str) -> None:
    api.put("seed", {"seed": 11}, world=college)
    first = make(api, college, events={"NPD": 2})
    api.post(f"worlds/{college}/reset")
    other.put("seed", {"seed": 11}, world=college)
    assert make(other, college, events={"NPD": 2})["search"] == first["search"]


def test_a_deleted_learner_is_still_shown_and_found_by_nobody(api: Process, other: Process, college: str) -> None:
    assert api.delete(f"learners/{MAEVE}", world=college).status == 204
    assert api.delete(f"learners/{MAEVE}", world=college).status == 204
    assert other.soap(requests.by_uln(MAEVE), world=college).code == "WSRC0001"
    shown = other.get(f"learners/{MAEVE}", world=college).body
    assert (shown["code"], shown["learner"]["LearnerStatus"], shown["learner"]["VersionNumber"]) == (
        "WSRC0001",
        "0",
        "2",
    )


def test_learners_of_one_world_are_none_of_another(api: Process, college: str) -> None:
    assert api.get(f"learners/{MAEVE}").status == 404
    assert api.get(f"learners/{MAEVE}", world=college).status == 200


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"state": "lost"}, 422, "state[0]: should be 'live', 'linked', 'deleted', 'similar'"),
        ({"state": ["live", "deleted"]}, 422, "state: a learner is not both live and deleted; choose one"),
        ({"state": ["young", "old"]}, 422, "state: a learner is not both young and old; choose one"),
        ({"state": "live", "linked_to": MAEVE}, 422, "linked_to: only goes with the state linked"),
        ({"linked_to": "9276308694"}, 422, "linked_to: there is no learner 9276308694; make that one first"),
        ({"FamlyName": "X"}, 422, "FamlyName: there is no such field; did you mean 'FamilyName'?"),
        ({"ULN": "9276308687"}, 422, "ULN: '9276308687' should be a ULN"),
        ({"ULN": MAEVE}, 409, "ULN: "),
        ({"Gender": 7}, 422, "Gender: "),
        ({"events": {"NPD": 201}}, 422, "events.NPD: should be less than or equal to 200; this was 201"),
        ({"events": {"UCAS": 1}}, 422, "events.UCAS: there is no such field"),
    ],
)
def test_learners_that_cannot_be_made(api: Process, college: str, body: Any, status: int, says: str) -> None:
    refused = api.post("learners", body, world=college)
    assert (refused.status, says in refused.error) == (status, True), refused.error
    assert api.get(f"worlds/{college}").body["learners"] == 1


def test_a_live_learner_with_the_same_five_details_is_refused(api: Process, college: str) -> None:
    known = api.get(f"learners/{MAEVE}", world=college).body["search"]
    assert api.post("learners", known, world=college).status == 409


def test_who_is_not_there(api: Process, college: str) -> None:
    for answer in (api.get("learners/9000000105", world=college), api.delete("learners/9000000105", world=college)):
        assert (answer.status, answer.error.split(";")[0]) == (404, "there is no learner '9000000105' in this world")
    assert api.post("learners", {}, world="nowhere").error == "there is no world 'nowhere'; make it first"
