"""The journal over the control API: found, counted, waited for, exported, cleared; explained, and without passwords."""

import json
import threading
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.factories import PASSWORD
from tests.unit.testbench.api.process import MAEVE, Process
from tests.wire import requests


def find(api: Process, world: str, family_name: str = "Okafor", message: str = "", **headers: str) -> None:
    """Send a find, or another message."""
    api.soap(message or requests.by_uln(MAEVE, family_name=family_name), world=world, **headers)


def entries(api: Process, world: str, **query: Any) -> list[dict[str, Any]]:
    """Return entries of the journal."""
    return list(api.get("journal", world=world, **query).body["entries"])


def test_an_entry_tells_all_of_a_request_to_every_process(api: Process, other: Process, college: str) -> None:
    find(api, college, **{"User-Agent": "ExampleMIS/4.2"})
    (entry,) = entries(other, college)
    told = {name: entry[name] for name in ("world", "service", "operation", "organisation", "outcome", "user_agent")}
    assert told == {
        "world": college,
        "service": "LearnerService",
        "operation": "learnerByULN",
        "organisation": "TEST0101",
        "outcome": "WSRC0004",
        "user_agent": "ExampleMIS/4.2",
    }
    assert f"<ULN>{MAEVE}</ULN>" in entry["request"]["body"]
    assert "<ResponseCode>WSRC0004</ResponseCode>" in entry["answer"]["body"]
    assert other.get(f"journal/{entry['number']}", world=college).body == entry


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"operation": "LEARNERBYULN"}, 2),
        ({"outcome": "WSRC0004"}, 1),
        ({"outcome": "WS*"}, 3),
        ({"outcome": "WSEC*"}, 1),
        ({"status": 500}, 1),
        ({"organisation": "test0101"}, 3),
        ({"text": "smith"}, 1),
        ({"user_agent": "mis"}, 1),
        ({"scenario": "slow"}, 0),
        ({"service": "LearnerServiceR9"}, 0),
        ({"since": "2999-01-01T00:00:00"}, 0),
        ({"operation": "learnerByULN", "outcome": "WSRC0001"}, 1),
    ],
    ids=str,
)
def test_entries_are_found_and_counted_by_what_they_are(
    api: Process, college: str, query: dict[str, Any], count: int
) -> None:
    find(api, college, **{"User-Agent": "ExampleMIS/4.2"})
    find(api, college, "Smith")
    find(api, college, message=requests.verify(MAEVE, Gender="X"))
    assert api.get("journal/count", world=college, **query).body == {"count": count}
    assert len(entries(api, college, **query)) == count
    assert api.get("journal/count").body == {"count": 0}, "another world's"


def test_entries_can_be_followed(api: Process, college: str) -> None:
    for name in ("Okafor", "Smith", "Jones"):
        find(api, college, name)
    first = entries(api, college, limit=1, messages="false")
    assert (len(first), first[0]["request"]) == (1, None)
    rest = entries(api, college, after=first[0]["number"])
    assert [entry["number"] for entry in rest] == [first[0]["number"] + 1, first[0]["number"] + 2]
    assert api.get("journal", world=college, limit=0).body == {"entries": [], "count": 3}


def test_waiting_ends_with_the_request_that_another_process_answers(api: Process, other: Process, college: str) -> None:
    later = threading.Timer(0.2, find, (other, college))
    later.start()
    waited = api.get("journal/wait", world=college, n=1, timeout=30, operation="learnerByULN")
    later.join()
    assert (waited.status, waited.body["count"]) == (200, 1)


def test_waiting_in_vain_tells_what_came(api: Process, college: str) -> None:
    find(api, college)
    waited = api.get("journal/wait", world=college, n=2, timeout=0.05)
    assert (waited.status, waited.body["count"], len(waited.body["entries"])) == (408, 1, 1)
    assert waited.body["error"].startswith("of 2 entries 1 came within 0.05 seconds")


def test_entries_are_exported_as_files(api: Process, college: str) -> None:
    find(api, college)
    find(api, college, "Smith")
    answer = api.get("journal/export", world=college, outcome="WSRC0004")
    assert answer.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        (entry,) = json.loads(archive.read("index.json"))["entries"]
        assert f"<ULN>{MAEVE}</ULN>".encode() in archive.read(entry["request"]["file"])
        assert b"WSRC0004" in archive.read(entry["answer"]["file"])


WHOLE = requests.by_uln(MAEVE)
BROKEN = {
    "whole": WHOLE,
    "cut off": WHOLE[: WHOLE.index("</OrgPassword>")],
    "cut off within": WHOLE[: WHOLE.index(PASSWORD) + len(PASSWORD) - 2],
    "another prefix": WHOLE.replace("OrgPassword>", "q:OrgPassword>"),
    "misspelt": WHOLE.replace("OrgPassword>", "OrgPasword>"),
    "closed by another": WHOLE.replace("</OrgPassword>", "</OrgPass>"),
    "as an attribute": WHOLE.replace(f"<OrgPassword>{PASSWORD}</OrgPassword>", f'<OrgPassword value="{PASSWORD}"/>'),
    "in CDATA": WHOLE.replace(PASSWORD, f"<![CDATA[{PASSWORD}]]>"),
    "where the name should be": WHOLE.replace("<UserName>mis.user", f"<UserName>{PASSWORD}"),
    "no XML": f"OrgPassword={PASSWORD}",
    "JSON": json.dumps({"OrgPassword": PASSWORD}),
}


@pytest.mark.parametrize("what", BROKEN)
def test_no_password_is_ever_told(api: Process, college: str, what: str) -> None:
    api.client.post(f"/w/{college}/LearnerService.svc", data=BROKEN[what].encode(), content_type="text/xml")
    (entry,) = entries(api, college)
    exported = api.get("journal/export", world=college).content
    with ZipFile(BytesIO(exported)) as archive:
        files = b"".join(archive.read(name) for name in archive.namelist())
    part = PASSWORD[: len(PASSWORD) - 2]
    assert part not in json.dumps(entry)
    assert part.encode() not in files
    assert "***" in entry["request"]["body"]


def test_what_is_about_persons_is_left_out_on_demand(api: Process, college: str) -> None:
    find(api, college, "Smith")
    (entry,) = entries(api, college, personal="blot")
    alone = api.get(f"journal/{entry['number']}", world=college, personal="blot").body
    waited = api.get("journal/wait", world=college, personal="blot").body["entries"][0]
    for shown in (entry, alone, waited):
        text = json.dumps(shown)
        assert not any(value in text for value in (MAEVE, "Maeve", "Okafor", "Smith"))
    with ZipFile(BytesIO(api.get("journal/export", world=college, personal="blot").content)) as archive:
        assert not any(b"Smith" in archive.read(name) for name in archive.namelist())
    assert "Smith" in json.dumps(entries(api, college)), "only what is handed out"


def test_a_find_is_explained_by_its_candidates_and_the_scores_of_their_fields(api: Process, college: str) -> None:
    find(api, college, message=requests.by_demographics(LastKnownPostCode="LS2 9ZZ"))
    (entry,) = entries(api, college)
    explained = entry["explanation"]
    assert (explained["kind"], explained["rule"]) == ("find", "possible matches")
    (candidate,) = explained["details"]["compared"]
    assert (candidate["uln"], candidate["came_to"]) == (MAEVE, "shown")
    fields = {field["field"]: (field["sent"], field["stored"], field["points"]) for field in candidate["fields"]}
    assert fields["LastKnownPostCode"] == ("LS2 9ZZ", "LS2 9AB", 0.5)


def test_a_fault_is_explained_by_rule_element_and_place(api: Process, college: str) -> None:
    message = requests.verify(MAEVE, Gender="X").replace("<Gender>", "\n  <Gender>")
    find(api, college, message=message)
    explained = entries(api, college)[0]["explanation"]
    details = explained["details"]
    assert (explained["kind"], details["code"], details["element"]) == ("fault", "WSEC0001", "Gender")
    assert (details["line"], details["column"]) == (2, 3)
    assert any("'Gender' (line 2, column 3)" in sentence for sentence in explained["sentences"])


def test_a_message_that_no_operation_takes_is_told_the_nearest(api: Process, college: str) -> None:
    find(api, college, message=requests.by_uln(MAEVE).replace("FindLearnerByULN", "FindLearnerByUln"))
    nearest = entries(api, college)[0]["explanation"]["details"]["nearest"]
    assert nearest["operation"] == "learnerByULN"
    assert nearest["differs"] == ["the letter case of 'FindLearnerByUln' is not that of 'FindLearnerByULN'"]


def test_a_world_is_cleared_alone(api: Process, other: Process, college: str) -> None:
    find(api, college)
    api.client.get("/nothing.svc")
    assert other.delete("journal", world=college).status == 204
    assert api.get("journal/count", world=college).body == {"count": 0}
    assert api.get("journal/count").body == {"count": 1}


@pytest.mark.parametrize(
    ("path", "query", "says"),
    [
        ("journal", {"outcom": "x"}, "outcom: there is no such parameter; did you mean 'outcome'?"),
        ("journal", {"status": 42}, "status: should be greater than or equal to 100"),
        ("journal", {"since": "yesterday"}, "since: should be a valid datetime"),
        ("journal", {"limit": -1}, "limit: should be greater than or equal to 0"),
        ("journal", {"personal": "hide"}, "personal: should be 'show' or 'blot'; this was 'hide'"),
        ("journal/wait", {"timeout": "nan"}, "timeout: should be a finite number"),
        ("journal/wait", {"n": "x"}, "n: should be a valid integer"),
        ("journal/count", {"n": 1}, "n: there is no such parameter"),
    ],
)
def test_what_cannot_be_asked(api: Process, path: str, query: dict[str, Any], says: str) -> None:
    refused = api.get(path, **query)
    assert (refused.status, says in refused.error) == (422, True), refused.error


def test_an_entry_of_another_world_is_not_shown(api: Process, college: str) -> None:
    find(api, college)
    number = entries(api, college)[0]["number"]
    for answer in (api.get(f"journal/{number}"), api.get("journal/99999999", world=college)):
        assert answer.status == 404
        assert "in the journal of the world" in answer.error
