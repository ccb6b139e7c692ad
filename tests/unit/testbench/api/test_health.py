"""Health, version and metrics."""

import platform
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from lrs_soap.settings import Settings
from tests.unit.testbench.api.process import MAEVE, Process, prepared, process
from tests.wire import requests


def counted(api: Process, name: str) -> dict[frozenset[tuple[str, str]], float]:
    """Return the samples of a metric by their labels."""
    families = text_string_to_metric_families(api.get("metrics").content.decode())
    return {
        frozenset(sample.labels.items()): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def labels(**values: str) -> frozenset[tuple[str, str]]:
    return frozenset(values.items())


def test_the_index_leads_to_what_there_is(api: Process) -> None:
    links: dict[str, str] = api.get("").body["links"]
    assert {path for path in links.values() if api.get(path.removeprefix("/_lrs/")).status != 200} == set()
    assert {f"/{name}" for name in links} <= set(api.document["paths"])


def test_a_process_lives_and_is_ready(api: Process) -> None:
    assert api.get("health/live").body == {"status": "live"}
    assert api.get("health/ready").body == {"status": "ready", "checks": {"register": "ok", "control": "ok"}}


def test_a_register_that_cannot_be_used_makes_it_not_ready_and_it_still_lives(api: Process, settings: Settings) -> None:
    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"))) as register:
        register.execute("DROP TABLE alembic_version")
    answer = api.get("health/ready")
    assert (answer.status, answer.body["status"], answer.body["checks"]["control"]) == (503, "not ready", "ok")
    assert answer.body["checks"]["register"] != "ok"
    assert api.get("health/live").status == 200


def test_the_version_is_that_of_the_package(api: Process) -> None:
    expected = {"name": "lrs-soap", "version": version("lrs-soap"), "python": platform.python_version()}
    assert api.get("version").body == expected


def test_all_processes_are_counted_together(api: Process, other: Process, college: str) -> None:
    for each in (api, other, other):
        each.soap(requests.by_uln(MAEVE), world=college)
    api.client.get("/nothing.svc")
    requested = counted(api, "lrs_requests_total")
    assert requested == counted(other, "lrs_requests_total")
    assert requested[labels(world=college, operation="learnerByULN", outcome="WSRC0004")] == 3
    assert requested[labels(world="default", operation="none", outcome="HTTP 404")] == 1
    assert counted(api, "lrs_request_duration_seconds_count")[labels(operation="learnerByULN")] == 3
    assert counted(api, "lrs_request_duration_seconds_bucket")[labels(operation="learnerByULN", le="+Inf")] == 3
    assert counted(api, "lrs_processes")[labels()] == 2
    assert counted(api, "lrs_journal_entries")[labels()] == 4


def test_scenarios_and_jobs_are_counted(api: Process, college: str) -> None:
    api.post("scenarios", {"name": "out-of-hours", "match": {"first": 2}}, world=college)
    for _ in range(3):
        api.soap(requests.by_uln(MAEVE), world=college)
    api.soap(requests.submit_batch(requests.MAEVE), world=college)
    assert counted(api, "lrs_scenario_hits_total") == {labels(world=college, scenario="out-of-hours"): 2}
    assert counted(api, "lrs_jobs_waiting") == {labels(world="default"): 0, labels(world=college): 1}


def test_worlds_that_are_gone_are_counted_as_one(api: Process, college: str) -> None:
    api.soap(requests.by_uln(MAEVE), world=college)
    api.delete(f"worlds/{college}")
    expected = {labels(world="", operation="learnerByULN", outcome="WSRC0004"): 1}
    assert counted(api, "lrs_requests_total") == expected


def test_what_a_process_counted_outlives_it(api: Process, settings: Settings, college: str) -> None:
    with process(settings) as third:
        third.soap(requests.by_uln(MAEVE), world=college)
        assert counted(api, "lrs_processes")[labels()] == 2
    assert counted(api, "lrs_processes")[labels()] == 1
    assert sum(counted(api, "lrs_requests_total").values()) == 1


def test_without_a_journal_nothing_is_told_of_one(tmp_path: Path, sqlite_url: str) -> None:
    settings: Any = prepared(tmp_path / "control", sqlite_url, journal=False)
    with process(settings) as api:
        assert counted(api, "lrs_journal_entries") == {}
        for path in ("journal", "journal/1", "journal/count", "journal/wait", "journal/export"):
            answer = api.get(path)
            assert (answer.status, answer.error) == (
                409,
                "this server keeps no journal; start it without --no-journal",
            )
        assert api.delete("journal").status == 409
        assert api.get("conformance").error == "this server judges no clients; start it without --no-journal"
