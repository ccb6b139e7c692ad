"""Who may use the control API: nobody from elsewhere without the token, and nobody at all where it is left out."""

import subprocess
import sys
from functools import partial

import pytest
import requests

from lrs_soap.testing import ControlRefusedError, RunningServer
from tests.serving import environment, running_server
from tests.wire.bench import AMELIA, ONE_BY_ONE, WORKERS, each_worker, find, served_bench

TOKEN = "a-token-for-tests"
EVERYWHERE = ("--host", "0.0.0.0")
FOUND = tuple(AMELIA.values())


def start(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lrs_soap", "serve", "--demo", "--port", "0", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(), check=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_for_others_does_not_start_without_a_token(host: str) -> None:
    ended = start("--host", host)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        f"Error: setting control_api: whoever reaches {host} could control the service; give --control-token, or leave "
        "the control API out with --no-control-api\n"
    )


def test_with_a_token_every_worker_wants_it_of_the_control_api_and_not_of_soap() -> None:
    with served_bench(*EVERYWHERE, "--control-token", TOKEN) as bench, RunningServer(bench.url, TOKEN) as known:
        for token in ("", "another-token", TOKEN[:-1], TOKEN.upper()):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answers = each_worker(
                bench.url, partial(requests.get, f"{bench.url}/_lrs/worlds", headers=headers, timeout=30)
            )
            assert {answer.status_code for answer in answers} == {401}
            assert {answer.headers["WWW-Authenticate"].partition(" ")[0] for answer in answers} == {"Bearer"}
        with pytest.raises(ControlRefusedError, match="401"):
            bench.world("mine")
        assert len(each_worker(bench.url, known.worlds.list)) == WORKERS
        with known.world("mine") as world:
            assert set(each_worker(bench.url, lambda: find(world, *FOUND).code)) == {"WSRC0004"}


def test_the_token_may_stand_in_the_environment() -> None:
    with served_bench(*EVERYWHERE, env={"LRS_SOAP_CONTROL_TOKEN": TOKEN}) as bench:
        assert requests.get(f"{bench.url}/_lrs/", timeout=30).status_code == 401
        with RunningServer(bench.url, TOKEN) as known:
            assert known.control.is_ready()


def test_without_the_control_api_soap_still_answers_also_others() -> None:
    options = ("--demo", "--workers", str(WORKERS), *EVERYWHERE, "--no-control-api")
    with running_server(None, *options, env=ONE_BY_ONE) as address:
        for path in ("/_lrs", "/_lrs/", "/_lrs/worlds", "/_lrs/health/live", "/w/default/LearnerService.svc?wsdl"):
            answers = each_worker(address, partial(requests.get, f"{address}{path}", timeout=30))
            assert {answer.status_code for answer in answers} == {404}
        assert requests.post(f"{address}/_lrs/worlds", json={"name": "mine"}, timeout=30).status_code == 404
