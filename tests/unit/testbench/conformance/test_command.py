"""`lrs-soap conformance`: what it asks a server for, what it prints, and how it ends."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from lrs_soap.cli import main
from lrs_soap.testbench.conformance import FORMATS, Verdicts
from lrs_soap.testbench.conformance.report import report
from lrs_soap.testbench.exchange import Exchange
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.world import MAEVE
from tests.wire import requests


@dataclass
class Server:
    """A server with a control API that tells of these exchanges."""

    exchanges: list[Exchange] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    token: str = ""
    refusal: tuple[int, bytes] | None = None
    url: str = ""

    def answer(self, path: str, authorization: str) -> tuple[int, bytes]:
        """Answer as the control API does."""
        url = urlsplit(path)
        assert url.path == "/_lrs/conformance"
        if self.refusal is not None:
            return self.refusal
        if self.token and authorization != f"Bearer {self.token}":
            return 401, b'{"error": "give the token"}'
        query = parse_qs(url.query)
        self.asked.append(query)
        verdicts = Verdicts()
        for exchange in self.exchanges:
            verdicts.judge(exchange)
        return 200, FORMATS[query["format"][0]].write(report(verdicts, query.get("world", ["default"])[0]))


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = told.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        told.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield told
        listening.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_token_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LRS_SOAP_CONTROL_TOKEN", raising=False)


def run(server: Server, *args: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, ["conformance", "--url", server.url, *args], env=env)


def failed(result: Result) -> str:
    assert isinstance(result.exception, SystemExit)
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


@pytest.fixture
def warned(caller: Caller) -> Exchange:
    """Break rules of severity warning and hint, and none that is an error."""
    return caller(requests.by_uln(MAEVE.uln))


@pytest.fixture
def wrong(caller: Caller) -> Exchange:
    return caller(requests.by_uln(MAEVE.uln), content_type="application/xml; charset=utf-8")


def test_it_prints_the_report(server: Server, warned: Exchange) -> None:
    server.exchanges = [warned]
    result = run(server)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "TEST0101, ExampleMIS/4.2\n" in result.stdout
    assert "Rules: 2 broken" in result.stdout
    assert server.asked == [{"format": ["json"]}, {"format": ["text"]}]


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_can_be_asked_for(server: Server, warned: Exchange, form: str, tmp_path: Path) -> None:
    server.exchanges = [warned]
    file = tmp_path / "report"
    result = run(server, "--format", form, "--output", str(file), "--world", "nightly")
    assert (result.exit_code, result.output) == (0, "")
    assert server.asked[-1] == {"format": [form], "world": ["nightly"]}
    assert b"TEST0101" in file.read_bytes()


def test_json_is_asked_for_once(server: Server, warned: Exchange) -> None:
    server.exchanges = [warned]
    assert json.loads(run(server, "--format", "json").stdout)["clients"][0]["organisation"] == "TEST0101"
    assert len(server.asked) == 1


def test_a_broken_rule_that_is_an_error_fails(server: Server, wrong: Exchange) -> None:
    server.exchanges = [wrong]
    result = run(server)
    assert result.exit_code == 1
    assert "ERROR LRS-101" in result.stdout
    assert result.stderr == "Error: rules broken: 1 error\n"


def test_a_warning_fails_only_when_strict(server: Server, warned: Exchange) -> None:
    server.exchanges = [warned]
    assert run(server).exit_code == 0
    result = run(server, "--strict")
    assert (result.exit_code, result.stderr) == (1, "Error: rules broken: 1 warning\n")
    assert "Rules: 2 broken" in result.stdout


def test_nobody_has_called(server: Server) -> None:
    result = run(server, "--strict")
    assert result.exit_code == 0
    assert "No client has called yet." in result.stdout


def test_the_token_is_sent(server: Server) -> None:
    server.token = "secret"
    assert run(server, "--token", "secret").exit_code == 0
    assert run(server, env={"LRS_SOAP_CONTROL_TOKEN": "secret"}).exit_code == 0


@pytest.mark.parametrize("args", [[], ["--token", "wrong"]])
def test_a_wrong_token_is_told(server: Server, args: list[str]) -> None:
    server.token = "secret"
    said = failed(run(server, *args))
    assert said == (f"Error: {server.url} wants the right token: give it with --token, or as LRS_SOAP_CONTROL_TOKEN\n")


@pytest.mark.parametrize("token", ["a\nb", "\N{RIGHT SINGLE QUOTATION MARK}"])
def test_a_token_that_cannot_be_sent_is_not_repeated(server: Server, token: str) -> None:
    said = failed(run(server, "--token", token))
    assert "--token" in said
    assert token not in said


@pytest.mark.parametrize("body", [b"not found", b"[]", b'{"error": "there is nothing here"}'])
def test_a_server_without_control_api_is_told(server: Server, body: bytes) -> None:
    server.refusal = 404, body
    assert "its control API is switched off, or it is no lrs-soap server" in failed(run(server))


def test_an_unknown_world_is_told(server: Server) -> None:
    server.refusal = 404, b'{"error": "there is no world named \\u001b[31mx", "field": "world"}'
    said = failed(run(server, "--world", "x"))
    assert said == f"Error: {server.url} answered 404: there is no world named \N{REPLACEMENT CHARACTER}[31mx\n"


def test_other_refusals_are_told(server: Server) -> None:
    server.refusal = 409, b'{"error": "this server judges no clients"}'
    assert failed(run(server)) == f"Error: {server.url} answered 409: this server judges no clients\n"
    server.refusal = 500, b"<html>"
    assert "answered 500: Internal Server Error" in failed(run(server))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"broken": {"error": "many"}}'])
def test_an_answer_that_is_none_is_told(server: Server, body: bytes) -> None:
    server.refusal = 200, body
    assert "did not answer as the control API does" in run(server, "--format", "json").stderr


def test_a_server_that_is_not_there_is_told() -> None:
    server = Server(url="http://127.0.0.1:9")
    assert failed(run(server)) == "Error: http://127.0.0.1:9 cannot be reached; is the server running there?\n"


@pytest.mark.parametrize("url", ["nowhere", "http://", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    assert f"Error: {url} cannot be" in failed(run(Server(url=url)))


def test_a_file_that_cannot_be_written_is_told(server: Server, tmp_path: Path) -> None:
    assert "cannot be written" in failed(run(server, "--output", str(tmp_path / "no" / "file")))
