"""docs/control-api.md and docs/journal.md say what the control API says of itself, and their examples work."""

import json
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lrs_soap.settings import Settings
from lrs_soap.testbench.api import RESOURCES
from lrs_soap.testbench.api.learners.models import State
from lrs_soap.testbench.api.openapi import ERRORS
from lrs_soap.testing import RunningServer
from lrs_soap.worlds.schema import world_schema
from tests.docs.documents import rows, text, told
from tests.docs.endpoints import Told
from tests.serving import running_server
from tests.wire import requests
from tests.wire.bench import caller
from tests.wire.soap import post

CONTROL, JOURNAL = text("docs/control-api.md"), text("docs/journal.md")
PUBLISHED = "http://127.0.0.1:8080"
OF_ENTRIES = ("EntryShown", "Message")


@pytest.fixture(scope="module")
def bench() -> Iterator[RunningServer]:
    with running_server(None, "--demo") as address, RunningServer(address) as server:
        yield server


@pytest.fixture(scope="module")
def expected(bench: RunningServer) -> Told:
    with urlopen(f"{bench.url}/_lrs/openapi.json") as answer:
        return Told(json.load(answer), frozenset(world_schema()["$defs"]["learner"]["properties"]))


@pytest.mark.parametrize("tag", [resource.name for resource in RESOURCES if resource.name != "journal"])
def test_a_resource_is_told_in_full(expected: Told, tag: str) -> None:
    assert told(CONTROL, tag.capitalize()) == expected.lines(tag)


def test_the_journal_is_told_in_full(expected: Told) -> None:
    entries = [line for name in OF_ENTRIES for line in expected.fields(name)]
    lines = expected.lines("journal")
    assert told(JOURNAL, "What an entry holds") == entries
    assert told(JOURNAL, "Find, count, wait, export") == [line for line in lines if line not in entries]
    assert told(CONTROL, "Journal") == [line for line in lines if "/_lrs/" in line]


def test_every_endpoint_is_told_once(expected: Told) -> None:
    found = re.findall(r"^\| `([A-Z]+ /_lrs/[^`]*)`", CONTROL, re.MULTILINE)
    assert sorted(found) == sorted(expected.endpoints)


def test_refusals_are_told(expected: Told) -> None:
    common = [*expected.fields("Error"), *expected.fields("WorldProblem")]
    assert told(CONTROL, "What all have in common") == common
    known = re.findall(r"^\| (\d{3}) \| (.*) \|$", CONTROL, re.MULTILINE)
    assert known == [(str(status), said) for status, said in ERRORS.items()]


def test_states_of_learners_are_told() -> None:
    states = [line.split("`")[1] for line in told(CONTROL, "States of learners")]
    assert sorted(states) == sorted(State)


def test_metrics_are_told(bench: RunningServer) -> None:
    world = bench.default_world
    post(world.url, "LearnerService", requests.by_uln("9000000105", "Amelia", "Hartley", **caller(world)))
    with urlopen(f"{bench.url}/_lrs/metrics") as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    names = [family.name + ("_total" if family.type == "counter" else "") for family in families]
    assert [row[0].strip("`") for row in rows(CONTROL, "Metrics")] == names


def test_bounds_of_the_journal_are_told() -> None:
    bounds = [name for name in Settings.model_fields if name.startswith("journal_")]
    assert [line for line in text("docs/settings.md").splitlines() if line.startswith("| `journal_")] == told(
        JOURNAL, "What is kept"
    )
    assert len(told(JOURNAL, "What is kept")) == len(bounds)


def examples(document: str) -> Iterator[list[str]]:
    """Give the calls of curl in a document, as their arguments."""
    for block in re.findall(r"```sh\n(.*?)```", document, re.DOTALL):
        for command in re.split(r"^(?=curl |lrs-soap )", block, flags=re.MULTILINE):
            words = shlex.split(command)
            if words[:1] == ["curl"]:
                yield words


def method_and_path(words: list[str]) -> tuple[str, str]:
    options = dict(pairwise(words))
    (url,) = [word for word in words if word.startswith("http")]
    return options.get("-X", "POST" if "-d" in options else "GET"), urlsplit(url).path


def called(words: list[str], address: str) -> int:
    """Call as curl does with these arguments, and return the status."""
    options = dict(pairwise(words))
    (url,) = [word for word in words if word.startswith("http")]
    content = options["-d"].encode() if "-d" in options else None
    headers = dict([options["-H"].split(": ", 1)]) if "-H" in options else {}
    request = Request(url.replace(PUBLISHED, address), content, headers, method=method_and_path(words)[0])
    try:
        with urlopen(request) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            raise AssertionError(f"{shlex.join(words)}: {error.code} {error.read().decode()}") from None


@pytest.mark.parametrize("document", [CONTROL, JOURNAL], ids=["control-api", "journal"])
def test_the_examples_work_in_their_order(document: str) -> None:
    with running_server(None, "--demo") as address, RunningServer(address) as server:
        world = server.default_world
        post(world.url, "LearnerService", requests.by_uln("9000000105", "Amelia", "Hartley", **caller(world)))
        for words in examples(document):
            assert called(words, address) in (200, 201, 204)


def test_every_endpoint_has_an_example(expected: Told) -> None:
    shown = [method_and_path(words) for words in [*examples(CONTROL), *examples(JOURNAL)]]
    for endpoint in expected.endpoints:
        method, _, path = endpoint.partition(" ")
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        assert any(one == method and re.fullmatch(pattern, place) for one, place in shown), endpoint


def test_the_sentences_on_a_find_are_those_of_the_journal(bench: RunningServer) -> None:
    with bench.world(origin="demo") as world:
        post(world.url, "LearnerService", requests.by_uln("9000000105", "Amelia", "Nobody", **caller(world)))
        (entry,) = world.journal.wait(1)
        (shown,) = re.findall(r"```text\n(.*?)\n```", JOURNAL, re.DOTALL)
        assert entry.said["explanation"]["sentences"] == shown.splitlines()
