"""What a real server logs, at its most talkative."""

from pathlib import Path

import pytest

from tests import factories
from tests.serving import started_server
from tests.wire import requests
from tests.wire.conftest import fill
from tests.wire.soap import post

MAEVE = factories.full_learner()


@pytest.mark.parametrize("level", ["debug", "info"])
def test_nothing_about_a_person_is_logged_at_any_level(tmp_path: Path, level: str) -> None:
    url = f"sqlite:///{tmp_path / 'register.db'}"
    fill(url, [MAEVE])
    with started_server(url, "--log-level", level, "--access-log") as server:
        found = post(server.address, "LearnerService", requests.by_uln(MAEVE.uln, "Maeve", "Okafor"))
        post(server.address, "LearnerService", requests.by_uln(MAEVE.uln, "Maeve", "Okafor", OrgPassword="wrong"))
        assert found.find("Learner/FamilyName") == "Okafor"
        server.stop()
    assert "POST /LearnerService.svc HTTP/1.1" in server.output
    assert not any(value in server.output for value in ("Okafor", "Maeve", "OKAFOR", factories.PASSWORD))
