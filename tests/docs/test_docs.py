"""The documents say what the code does: codes, settings, commands, operations, links and the README's examples."""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from lxml.etree import XMLSyntaxError

from lrs_client.cli import main as lrs_client
from lrs_soap.app import SERVICES
from lrs_soap.cli import main as lrs_soap
from lrs_soap.domain import tables
from lrs_soap.domain.codes import MEANINGS, ErrorCode, ResponseCode, ReturnCode, VerificationCode
from lrs_soap.services.endpoint import ContractApplication
from lrs_soap.services.spyne_support import ProtocolBase
from lrs_soap.settings import Settings
from lrs_soap.testing import RunningServer
from tests.docs.documents import ROOT, rows, text
from tests.serving import running_server
from tests.wire import requests as wire_requests
from tests.wire.soap import post

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/**/*.md"))]


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("Response codes", ResponseCode),
        ("Verification codes", VerificationCode),
        ("Return codes", ReturnCode),
        ("Error codes", ErrorCode),
    ],
)
def test_every_code_is_explained(heading: str, codes: type[ResponseCode]) -> None:
    expected = [(code.value, MEANINGS[code].text, MEANINGS[code].advice) for code in codes]
    assert rows(text("docs/operations.md"), heading) == expected


def test_every_error_of_an_achievement_is_listed() -> None:
    errors = tables.load("achievement_errors")["errors"]
    expected = [(code, re.sub(r"\{(\w+)\}", r"<\1>", said)) for code, said in errors.items()]
    assert rows(text("docs/operations.md"), "Errors of achievements") == expected


@pytest.mark.parametrize("service", [name for name, (published, _) in SERVICES.items() if published])
def test_every_operation_is_listed_with_its_element(service: str) -> None:
    published, _ = SERVICES[service]
    application = ContractApplication(published, "urn:docs", service, ProtocolBase(), ProtocolBase())
    expected = {
        (descriptor.operation_name, descriptor.in_message.Attributes.sub_name)
        for descriptor in application.interface.method_id_map.values()
    }
    assert {row[:2] for row in rows(text("docs/operations.md"), f"{service}.svc")} == expected


def test_every_setting_is_explained() -> None:
    expected = [
        f"| `{name}` | `{field.default!r}` | {field.description} |" for name, field in Settings.model_fields.items()
    ]
    lines = text("docs/settings.md").splitlines()
    assert [line for line in lines if line.startswith("| `") and not line.startswith("| `lrs-soap")] == expected


def commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            inner = command.get_command(context, part)
            assert inner is not None
            yield from commands(inner, f"{name} {part}")
    else:
        yield name


def test_every_command_is_listed() -> None:
    listed = {row[0].strip("`") for row in rows(text("docs/settings.md"), "Commands")}
    assert listed == set(commands(lrs_soap, "lrs-soap"))


@pytest.mark.parametrize("command", list(commands(lrs_client, "lrs-client")))
def test_every_command_of_the_client_is_mentioned(command: str) -> None:
    assert command.split()[-1] in text("docs/clients.md")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_decisions_are_numbered_without_gaps_and_say_why() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        content = path.read_text(encoding="utf-8")
        assert content.startswith(f"# {int(path.name[:4])}. ")
        assert all(f"**{part}.**" in content for part in ("Context", "Decision", "Consequences")), path.name


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with running_server(None, "--demo") as address:
        yield address


def example(language: str, place: int = 0) -> str:
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", text("README.md"), re.DOTALL)
    return found[place]


def test_the_first_call_with_curl(demo: str) -> None:
    message = re.search(r"<soapenv:Envelope.*</soapenv:Envelope>", example("sh"), re.DOTALL)
    assert message is not None
    reply = post(demo, "LearnerService", message[0], {"Content-Type": "text/xml"})
    assert (reply.code, reply.find("Learner/FamilyName")) == ("WSRC0004", "Hartley")


def test_the_first_call_with_zeep(demo: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example("python").replace("http://127.0.0.1:8080", demo), {})
    assert printed.getvalue() == "WSRC0004 LS1 4DY\n"


class Mis:
    """A program that looks learners up, and tries once more when that fails."""

    def find(self, url: str, uln: str, given_name: str, family_name: str) -> str | None:
        known = {"UKPRN": "DEMO0001", "OrgPassword": "demo-password-01"}
        message = wire_requests.by_uln(uln, given_name, family_name, **known)
        try:
            return post(url, "LearnerService", message).code
        except XMLSyntaxError:
            return post(url, "LearnerService", message).code


def test_the_first_test(demo: str) -> None:
    names: dict[str, Any] = {"my_mis": Mis()}
    exec(example("python", 1), names)
    with RunningServer(demo) as server, server.world(origin="demo") as world:
        names["test_the_lookup_survives_an_outage"](world, world.scenario, world.journal)


def test_what_the_readme_says_of_the_commands(demo: str) -> None:
    assert "make serve" in text("README.md")
    assert re.search(r"^serve: .*\n\t\$\(BIN\)/lrs-soap serve --demo$", text("Makefile"), re.MULTILINE)
