"""The examples work as they stand: each is run, or as much of it as can be without containers and .NET."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from lrs_soap.settings import Settings
from lrs_soap.testbench.scenarios.catalogue import CATALOGUE
from lrs_soap.testing import LrsServer
from tests.serving import started
from tests.wire.toolkits import need_php

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TESTING = ROOT / "docs" / "testing.md"
WORKFLOW = EXAMPLES / "github-actions" / "lrs.yml"
COMPOSE = EXAMPLES / "docker-compose" / "compose.yaml"
DOCKERFILES = [ROOT / "Dockerfile", EXAMPLES / "docker-compose" / "tests.Dockerfile"]
TEXTS = [*sorted(path for path in EXAMPLES.rglob("*.*") if path.suffix not in (".pyc", ".md")), *DOCKERFILES, TESTING]

PHPUNIT = """<?php
namespace PHPUnit\\Framework;

abstract class TestCase
{
    protected function setUp(): void {}
    protected function tearDown(): void {}

    public static function assertSame(mixed $expected, mixed $actual): void
    {
        if ($expected !== $actual) {
            self::fail(var_export($actual, true) . ' instead of ' . var_export($expected, true));
        }
    }

    public static function fail(string $message): never
    {
        throw new \\AssertionError($message);
    }

    public static function runAll(): void
    {
        foreach (get_class_methods(static::class) as $method) {
            if (str_starts_with($method, 'test')) {
                $test = new static();
                $test->setUp();
                $test->$method();
                $test->tearDown();
                echo "$method\\n";
            }
        }
    }
}
"""


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what concerns the test run it is part of."""
    strange = ("PYTEST_", "LRS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"}


def succeeded(command: list[str], directory: Path, **env: str) -> str:
    """Run a command that must end with 0, and return what it printed."""
    done = subprocess.run(
        command, cwd=directory, env=clean_environment() | env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def run_pytest(directory: Path, *args: str) -> str:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *args]
    return succeeded(command, directory)


def test_pytest_in_parallel() -> None:
    printed = run_pytest(EXAMPLES / "pytest", "-n", "4")
    assert re.search(r"\b1\d passed\b", printed), printed
    assert "skipped" not in printed


def test_unittest() -> None:
    assert "Ran 3 tests" in succeeded([sys.executable, "-W", "error", "-m", "unittest"], EXAMPLES / "unittest")


def test_the_snippets_of_the_document(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", TESTING.read_text(encoding="utf-8"), re.DOTALL)
    for number, block in enumerate(blocks):
        (tmp_path / f"test_block_{number}.py").write_text(block, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    printed = run_pytest(tmp_path, "-n", "2")
    written = sum(block.count("def test_") for block in blocks)
    assert f"{written} passed" in printed


def test_phpunit(tmp_path: Path) -> None:
    need_php()
    stub = tmp_path / "phpunit.php"
    stub.write_text(PHPUNIT, encoding="utf-8")
    file = EXAMPLES / "phpunit" / "LearnerLookupTest.php"
    code = f"error_reporting(E_ALL); require '{stub}'; require '{file}'; LearnerLookupTest::runAll();"
    with LrsServer(token="t0ken") as server:
        printed = succeeded(["php", "-r", code], tmp_path, LRS_URL=server.url, LRS_CONTROL_TOKEN="t0ken")
        assert [world.name for world in server.worlds.list()] == ["default"]
    assert printed.split() == re.findall(r"function (test\w+)", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_settings_that_are_named_exist(path: Path) -> None:
    for name in re.findall(r"\bLRS_SOAP_([A-Z_]+)\b", path.read_text(encoding="utf-8")):
        assert name.lower() in Settings.model_fields, name


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_scenarios_that_are_named_exist(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    for name in re.findall(r"(?:scenario|SetScenarioAsync)\(\"([a-z-]+)\"", content):
        assert name in CATALOGUE, name


def test_the_project_for_dotnet_is_well_formed() -> None:
    project = ElementTree.parse(EXAMPLES / "dotnet-testcontainers" / "LrsTests.csproj").getroot()
    packages = {element.attrib["Include"] for element in project.iter("PackageReference")}
    assert {"Testcontainers", "xunit"} <= packages


def steps() -> Iterator[dict[str, Any]]:
    for job in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values():
        yield from job["steps"]


def test_the_workflow_names_what_is_there() -> None:
    named = [step.get("working-directory", ".") for step in steps()]
    named += [
        step["with"]["cache-dependency-path"] for step in steps() if "cache-dependency-path" in step.get("with", {})
    ]
    named += re.findall(r"-r (\S+)", WORKFLOW.read_text(encoding="utf-8"))
    for path in named:
        assert (ROOT / path).exists(), path
    (phpunit,) = [step for step in steps() if step.get("run", "").startswith("phpunit")]
    assert (ROOT / phpunit["working-directory"] / phpunit["run"].split()[1]).is_file()


def test_the_workflow_is_made_of_commands_that_bash_can_read() -> None:
    for step in steps():
        if "run" in step:
            subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


def test_the_composition_is_built_from_what_is_there() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    for service in services.values():
        context = COMPOSE.parent / service["build"]["context"]
        assert (context / service["build"].get("dockerfile", "Dockerfile")).is_file()
    assert services["lrs"]["read_only"] is True
    assert services["tests"]["depends_on"]["lrs"]["condition"] == "service_healthy"


def test_the_composition_gives_both_the_same_token() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    token = services["tests"]["environment"]["LRS_CONTROL_TOKEN"]
    assert services["lrs"]["environment"]["LRS_SOAP_CONTROL_TOKEN"] == token
    assert token.startswith("${LRS_CONTROL_TOKEN:?"), "there is no default"


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def argument(path: Path, wanted: str) -> str:
    return [rest for name, rest in instructions(path) if name == wanted][-1]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_images_copy_what_the_builder_is_given(path: Path) -> None:
    allowed = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
        if line[0] == "!"
    ]
    copied = [rest for name, rest in instructions(path) if name == "COPY" and not rest.startswith("--from")]
    for source in (word for rest in copied for word in rest.split()[:-1]):
        assert (ROOT / source).exists(), source
        assert source in allowed, source


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_images_run_without_rights_and_hold_no_secrets(path: Path) -> None:
    names = [name for name, _ in instructions(path)]
    assert argument(path, "USER").partition(":")[0] == "10001"
    assert "RUN" not in names[names.index("USER") :]
    assert re.fullmatch(r"python:3\.\d+-slim", argument(path, "FROM"))
    for name, rest in instructions(path):
        if name in ("ENV", "ARG"):
            assert not re.search(r"TOKEN|PASSWORD|SECRET|KEY", rest), rest


def test_the_image_stops_tidily_and_keeps_the_register_in_the_volume() -> None:
    path = DOCKERFILES[0]
    assert argument(path, "STOPSIGNAL") == "SIGTERM"
    assert argument(path, "ENTRYPOINT") == '["lrs-soap"]'
    assert argument(path, "VOLUME") == argument(path, "WORKDIR") == "/data"


def image_environment() -> dict[str, str]:
    """Return what the image adds to the environment, but for the search path."""
    pairs = (pair.split("=", 1) for pair in shlex.split(argument(DOCKERFILES[0], "ENV")))
    return {name: value for name, value in pairs if name != "PATH"}


def health_command() -> list[str]:
    command = re.search(r"CMD (\[.*\])", argument(DOCKERFILES[0], "HEALTHCHECK"))
    assert command is not None
    program, *args = yaml.safe_load(command[1])
    assert program == "python"
    return [sys.executable, *args]


def served_command(*args: str) -> list[str]:
    return [sys.executable, "-m", "lrs_soap", *yaml.safe_load(argument(DOCKERFILES[0], "CMD")), "--port", "0", *args]


@pytest.mark.parametrize("protection", [{"LRS_SOAP_CONTROL_TOKEN": "t0ken"}, {"LRS_SOAP_CONTROL_API": "false"}])
def test_the_image_serves_is_healthy_and_ends_at_sigterm(
    protection: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = image_environment() | protection
    with started(served_command(), env) as server:
        asked = env | {"LRS_SOAP_PORT": server.address.rpartition(":")[2]}
        succeeded(health_command(), tmp_path, **asked)
        assert server.stop() == 0
    assert subprocess.run(health_command(), env=clean_environment() | asked).returncode == 1
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"lrs"}, "the register and nothing else"


def test_the_image_does_not_serve_unprotected(tmp_path: Path) -> None:
    env = clean_environment() | image_environment() | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(served_command(), env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "--control-token" in done.stderr
