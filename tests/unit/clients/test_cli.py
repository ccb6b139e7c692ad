"""The command without a network: what it refuses, and what it says when nobody answers."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import lrs_client
from lrs_client.cli import main

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "clients.md"
CREDENTIALS = {"LRS_UKPRN": "TEST0101", "LRS_PASSWORD": "0123456789abcdef", "LRS_USER_NAME": "tester"}
NO_CREDENTIALS = dict.fromkeys([*CREDENTIALS, "LRS_ORGANISATION_REF", "LRS_CREDENTIALS", "LRS_URL"])
IDENTITY = ["--uln", "9276308686", "--given-name", "Maeve", "--family-name", "Okafor"]
COMMANDS = {
    "achievement-job",
    "batch-output",
    "demo",
    "learner-by-demographics",
    "learner-by-uln",
    "learner-by-uln-r9",
    "learning-events",
    "organisation",
    "register-learner",
    "retrieve-ulns",
    "submit-achievements",
    "submit-batch",
    "submit-verify-batch",
    "update-learner",
    "update-subset",
    "verify-batch-output",
    "verify-learner",
    "view-audit",
}


def run(*args: str, credentials: bool = True) -> Result:
    return CliRunner().invoke(main, args, env=NO_CREDENTIALS | (CREDENTIALS if credentials else {}))


def test_there_is_a_command_for_every_operation() -> None:
    assert main.commands.keys() == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert f"lrs-client {name}" in result.stdout


def test_no_command_takes_a_password() -> None:
    for command in main.commands.values():
        assert not [each.name for each in command.params if "password" in str(each.name)]


def test_without_credentials_the_command_is_not_understood() -> None:
    result = run("learner-by-uln", *IDENTITY, credentials=False)
    assert result.exit_code == 2
    assert "Set LRS_UKPRN" in result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["learner-by-uln"], "Missing option"),
        (["organisation"], "Give --ukprn or --reference"),
        (["organisation", "--ukprn", "TEST0101", "--url", "ftp://lrs"], "not a web address"),
        (["organisation", "--ukprn", "TEST0101", "--credentials", "/no/such/file"], "cannot be read"),
        (["update-learner", *IDENTITY, "--set", "Shoe=9"], "FIELD is one of"),
        (["update-learner", *IDENTITY, "--set", "Notes"], "it takes FIELD=VALUE"),
        (["update-learner", *IDENTITY, "--set", "DateOfBirth=1.1.2004"], "written YYYY-MM-DD"),
        (["verify-learner", *IDENTITY, "--gender", "3"], "'3' is not one of"),
        (["submit-batch", "/no/such/file"], "does not exist"),
        (["submit-achievements", __file__], "Missing option '--email'"),
        (["batch-output", "0"], "0 is not in the range"),
        (["batch-output", "12", "--json", "--format", "csv"], "not both"),
        (["achievement-job", "14"], "OrganisationRef alone"),
    ],
)
def test_what_is_not_understood_ends_with_2(args: list[str], message: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_refused_connection_is_one_line() -> None:
    result = run("learner-by-uln", *IDENTITY, "--url", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "lrs-client: http://127.0.0.1:1 cannot be reached: Connection refused.\n"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_service_that_never_answers_is_given_up(as_json: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        result = run("organisation", "--ukprn", "TEST0101", "--url", url, "--timeout", "0.2", *["--json"] * as_json)
    assert result.exit_code == 1
    assert f"{url} did not answer within 0.2 seconds." in (result.stdout if as_json else result.stderr)


def test_every_command_and_module_is_documented() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    modules = {
        path.name for path in Path(lrs_client.__file__).parent.glob("*.py") if "OPERATIONS =" in path.read_text()
    }
    assert len(modules) == 17
    for name in {f"`{command}`" for command in COMMANDS} | {f"`{module}`" for module in modules}:
        assert name in text, name
