"""Who may call the control API, and what it says of requests that make no sense."""

from pathlib import Path

import pytest

from tests.unit.testbench.api.process import Process, prepared, process

TOKEN = "a-token-for-tests"


@pytest.mark.parametrize("path", ["worlds", "version", "metrics", "openapi.json", "", "journal", "nothing"])
def test_with_a_token_nothing_is_told_without_it(tmp_path: Path, sqlite_url: str, path: str) -> None:
    with process(prepared(tmp_path / "control", sqlite_url, control_token=TOKEN)) as api:
        for given in ("", f"Basic {TOKEN}", "Bearer", f"Bearer {TOKEN}x", "Bearer ü"):
            refused = api.client.get(f"/_lrs/{path}", headers={"Authorization": given})
            assert refused.status_code == 401
            assert refused.headers["WWW-Authenticate"] == 'Bearer realm="control API"'
            assert refused.get_json()["error"].startswith("send the server's control token")
        assert api.get(path).status == (404 if path == "nothing" else 200)
        for open_to_all in ("health/live", "health/ready"):
            assert api.client.get(f"/_lrs/{open_to_all}").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "127.0.0.1:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "lrs.example:8080"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Origin": "http://localhost"}, 200),
    ],
    ids=str,
)
def test_pages_from_elsewhere_may_not_call(api: Process, headers: dict[str, str], status: int) -> None:
    assert api.send("GET", "worlds", headers=headers).status == status


@pytest.mark.parametrize(
    ("content_type", "body", "status", "says"),
    [
        ("application/json", "{", 400, "the body is not JSON"),
        ("application/json", "[]", 422, "should be a JSON object"),
        ("application/json", '{"name": "a", "nmae": 1}', 422, "nmae: there is no such field; did you mean 'name'?"),
        ("text/plain", "{}", 415, "send JSON with 'Content-Type: application/json'; this was 'text/plain'"),
        ("", "{}", 415, "say with 'Content-Type: application/json' that the body is JSON"),
    ],
)
def test_bodies_that_make_no_sense(api: Process, content_type: str, body: str, status: int, says: str) -> None:
    refused = api.send("POST", "worlds", data=body, content_type=content_type or None)
    assert (refused.status, says in refused.error) == (status, True), refused.error


def test_paths_and_methods_that_there_are_not(api: Process) -> None:
    missing = api.get("word")
    assert (missing.status, missing.error) == (404, "there is nothing at /_lrs/word; /_lrs/ lists what there is")
    wrong = api.send("PATCH", "worlds")
    assert (wrong.status, wrong.error) == (405, "PATCH is not for /_lrs/worlds; use GET, HEAD, POST")
    assert wrong.headers["Allow"] == "GET, HEAD, POST"


def test_parameters_are_given_once(api: Process) -> None:
    refused = api.send("GET", "clock", query="world=default&world=other")
    assert (refused.status, refused.error) == (422, "world: is given 2 times; give it once")
