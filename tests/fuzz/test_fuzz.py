"""The fuzzer itself: a short run of it, and that it sees what it is there to see."""

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.finding import FindByUln, find_by_uln
from lrs_soap.services import operations
from lrs_soap.wsdl.publishing import SERVICES, request_messages
from tests.corpus.cases import WHOLE_REQUEST
from tests.fuzz import bytewise
from tests.fuzz.finds import save
from tests.fuzz.messages import valid_messages
from tests.fuzz.oracle import Broken, outcome
from tests.fuzz.place import Place, opened_place
from tests.fuzz.rounds import KINDS, Find, Report, run_round
from tests.fuzz.tree import read_body
from tests.serving import ROOT, environment

SHORT = {"event": 2_000, "sync": 1_000}
SEED = 20_240_903


def unwatched(_request: bytes) -> None:
    """Take no note of a request."""


def explored(folder: Path, number: int, size: int = 60) -> Report:
    return run_round(SEED, number, folder, size, unwatched)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the service stumble over everybody but Maeve Okafor."""

    def find(wanted: FindByUln, *arguments: Any) -> Any:
        if (wanted.given_name, wanted.family_name) != ("Maeve", "Okafor"):
            raise IndexError("it is somebody else")
        return find_by_uln(wanted, *arguments)

    monkeypatch.setattr(operations, "find_by_uln", find)


@pytest.mark.parametrize(("worker_class", "number"), SHORT.items(), ids=SHORT)
def test_the_service_withstands_some_thousand_requests(tmp_path: Path, worker_class: str, number: int) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--executions", str(number), "--seed", str(SEED), "--jobs", "2"]
    done = subprocess.run(
        [*command, "--worker-class", worker_class, "--save", tmp_path],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"keep what was found with the seed {SEED}:\n{done.stdout}{done.stderr}"
    assert f"{number:,} requests" in done.stdout


def test_there_is_a_message_of_every_operation() -> None:
    known = {service: {one.element for one in valid_messages() if one.service == service} for service in SERVICES}
    assert known == {service: request_messages(service) for service in SERVICES}


def test_every_message_is_answered_before_anything_is_changed(tmp_path: Path) -> None:
    with opened_place(tmp_path) as place:
        kinds = Counter(outcome(place, message.request()).kind[:3] for message in valid_messages())
    assert kinds == {"200": len(valid_messages())}


def test_a_tree_left_alone_says_what_the_message_said(tmp_path: Path) -> None:
    with opened_place(tmp_path) as place:
        for message in valid_messages():
            again = message.text.partition("<soapenv:Body>")[0] + f"<soapenv:Body>{read_body(message.text).write()}"
            rewritten = type(message)(message.service, f"{again}</soapenv:Body></soapenv:Envelope>")
            assert outcome(place, rewritten.request()).kind.startswith("200 ")


@pytest.mark.parametrize("number", [KINDS.index(kind) for kind in ("structure", "bytes")])
def test_a_seed_leads_to_the_same_requests_again(tmp_path: Path, number: int) -> None:
    seen: list[list[bytes]] = [[], []]
    for requests in seen:
        run_round(SEED, number, tmp_path, 40, requests.append)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 40


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize("number", [KINDS.index(kind) for kind in ("structure", "bytes")])
def test_an_error_that_nobody_foresaw_is_found_and_made_small(tmp_path: Path, number: int) -> None:
    found = explored(tmp_path, number, 600).finds
    (find,) = [find for find in found if find.broken.signature.startswith("IndexError at ")]
    assert "it is somebody else" in find.broken.told
    with opened_place(tmp_path) as place:
        broken = outcome(place, find.request).broken
    assert broken is not None
    assert broken.signature == find.broken.signature
    assert len(find.request) < 1_000


def test_an_answer_that_the_published_schema_does_not_know_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "exchange", _misspelt(Place.exchange))
    assert [find for find in explored(tmp_path, 0).finds if find.broken.signature.startswith("DocumentInvalid at ")]


def _misspelt(exchange: Any) -> Any:
    def changed(place: Place, request: bytes) -> bytes:
        answer: bytes = exchange(place, request)
        return answer.replace(b"ResponseCode>", b"ResponseKode>")

    return changed


def test_a_request_that_takes_too_long_or_too_much_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = valid_messages()[0].request()
    with opened_place(tmp_path) as place:
        monkeypatch.setattr("tests.fuzz.oracle.MOST_CPU_SECONDS", 0.0)
        slow = outcome(place, message).broken
        monkeypatch.undo()
        monkeypatch.setattr("tests.fuzz.oracle.MOST_GROWTH_KIB", -1)
        large = outcome(place, message).broken
    assert slow is not None
    assert large is not None
    assert (slow.signature, large.signature) == ("slow: 200 WSRC0004", "large: 200 WSRC0004")


def test_a_process_that_dies_leaves_the_request_that_killed_it(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from pathlib import Path\n"
        "from tests.fuzz import place, processes\n"
        "if __name__ == '__mp_main__':\n"
        "    place.Place.work_off = lambda self: os.kill(os.getpid(), 9)\n"
        "if __name__ == '__main__':\n"
        f"    report = processes.run(processes.Plan(20, 1, 1), Path({str(tmp_path)!r}), print)\n"
        "    print(report.finds[0].broken.signature)\n"
    )
    file = tmp_path / "dying.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("death: exit code -9\n"), done.stdout + done.stderr


def test_a_find_becomes_a_case_whose_answer_is_still_to_be_written(tmp_path: Path) -> None:
    find = Find(b"GET / HTTP/1.1\r\n\r\n", Broken("KeyError at a:b", "Traceback\n\nKeyError: 'x'"))
    files = [save(find, tmp_path), save(find, tmp_path)]
    assert [file.name for file in files] == [f"00{n}-keyerror-at-a-b{WHOLE_REQUEST}" for n in (1, 2)]
    tables = tomllib.loads((tmp_path / "cases.toml").read_text(encoding="utf-8"))
    assert {name: table["status"] for name, table in tables.items()} == {file.stem: 0 for file in files}


def test_making_smaller_keeps_what_is_wrong_and_the_length_right() -> None:
    request = bytewise.with_body(b"POST / HTTP/1.1\r\nContent-Length: 0", b"a" * 50 + b"<!>" + b"b" * 50)
    smallest = bytewise.minimised(request, lambda one: b"<!>" in one)
    assert smallest == b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n<!>"
