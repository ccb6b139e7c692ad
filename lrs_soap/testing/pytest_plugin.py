"""The fixtures for pytest: a server for the test run, and a world for each test.

This module is loaded by every test run where the package is installed, so that it imports nothing that takes long.
"""

import os
import re
import secrets
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lrs_soap.testing.clock import Clock
    from lrs_soap.testing.journal import Journal
    from lrs_soap.testing.process import Home
    from lrs_soap.testing.scenarios import Scenario
    from lrs_soap.testing.server import RunningServer
    from lrs_soap.testing.worlds import World

MARKER = "lrs_world"
_HOME_INPUT = "lrs_soap_home"
_LONGEST_NAME = 40
HOME: "pytest.StashKey[Home]" = pytest.StashKey()
WORLD: "pytest.StashKey[World]" = pytest.StashKey()
SAID: "pytest.StashKey[str]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what can be chosen, on the command line and in the configuration file."""
    group = parser.getgroup("lrs-soap", "the stand-in for the Learning Records Service")
    group.addoption("--lrs-url", help="Use the server that runs at this address instead of starting one (or LRS_URL).")
    group.addoption("--lrs-journal", type=int, help="How many requests a failed test shows; 0: none. Default: 10.")
    group.addoption(
        "--lrs-verdict", metavar="FILE", help="Write the verdict on the client: .html, .xml, .json or text."
    )
    parser.addini("lrs_url", "Address of a running server; empty: one is started.", default="")
    parser.addini("lrs_journal", "How many requests a failed test shows.", default="10")
    parser.addini("lrs_world", "What worlds are made from: demo, empty or the path of a world file.", default="demo")
    parser.addini("lrs_settings", "Settings of the server that is started, name = value in each line.", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", f"{MARKER}(origin, seed=None): what the world of a test is made from: demo, empty or a world file."
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server of all is, or will be."""
    from lrs_soap.testing.process import Home

    stash = node.config.stash
    if HOME not in stash:
        stash[HOME] = Home()
    node.workerinput[_HOME_INPUT] = str(stash[HOME].path)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server of all workers, which have ended by now."""
    home = config.stash.get(HOME, None)
    if home is not None:
        home.close()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the verdict on the client, once all workers have ended, and say where it is."""
    home = config.stash.get(HOME, None)
    if home is not None and config.getoption("--lrs-verdict"):
        from lrs_soap.testing.server import RunningServer
        from lrs_soap.testing.sharing import known_address

        address = running_server(config) or known_address(home.path)
        if address is not None:
            with RunningServer(address, _token()) as server:
                _write_verdict(config, server)
    if SAID in config.stash:
        terminalreporter.section("lrs-soap")
        terminalreporter.write_line(config.stash[SAID])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a failed test show what came and went in its world."""
    report = yield
    world = item.stash.get(WORLD, None)
    if report.failed and world is not None and (entries := _shown_entries(item.config)) > 0:
        from lrs_soap.testing.failures import journal_of

        report.sections.append((f"LRS journal of world {world.name}", journal_of(world, entries)))
    return report


@pytest.fixture(scope="session")
def lrs_server(pytestconfig: pytest.Config) -> "Iterator[RunningServer]":
    """Give the server of this test run: one that runs already, else one that is started, shared by all workers."""
    with _server(pytestconfig) as server:
        yield server
        if not hasattr(pytestconfig, "workerinput"):
            _write_verdict(pytestconfig, server)


@pytest.fixture
def lrs_world(request: pytest.FixtureRequest, lrs_server: "RunningServer") -> "Iterator[World]":
    """Give a world of the test's own, which nobody else sees and which is gone after it."""
    node = request.node
    origin, seed = _wanted_world(request)
    with lrs_server.world(world_name(node.name), origin, seed=seed) as world:
        node.stash[WORLD] = world
        yield world
        del node.stash[WORLD]


@pytest.fixture
def lrs_clock(lrs_world: "World") -> "Clock":
    """Give the clock of the test's world, to be frozen, put forward and so on."""
    return lrs_world.clock


@pytest.fixture
def lrs_scenario(lrs_world: "World") -> "Callable[..., Scenario]":
    """Give what sets scenarios in the test's world: `lrs_scenario("outage", operation="learnerByULN")`."""
    return lrs_world.scenario


@pytest.fixture
def lrs_journal(lrs_world: "World") -> "Journal":
    """Give the journal of the test's world: what came, and what it got."""
    return lrs_world.journal


def world_name(test: str) -> str:
    """Return a name for the world of a test that no other run of any test takes."""
    mark = secrets.token_hex(4)
    readable = re.sub("[^a-z0-9]+", "-", test.lower())[: _LONGEST_NAME - len(mark) - 1].strip("-")
    return f"{readable or 'test'}-{mark}"


def running_server(config: pytest.Config) -> str:
    """Return the address of the server to use, empty when one is to be started."""
    return str(config.getoption("--lrs-url") or os.environ.get("LRS_URL") or config.getini("lrs_url") or "")


def _server(config: pytest.Config) -> "RunningServer":
    """Return the server to use, as a context manager that ends it when it is this process's own."""
    from lrs_soap.testing.server import LrsServer, RunningServer
    from lrs_soap.testing.sharing import address_of_shared

    url = running_server(config)
    if url:
        server = RunningServer(url, _token())
        server.control.wait_until_ready()
        return server
    lines = (line.partition("=") for line in config.getini("lrs_settings"))
    new = LrsServer(settings={name.strip(): value.strip() for name, _, value in lines})
    home = getattr(config, "workerinput", {}).get(_HOME_INPUT)
    return new if home is None else RunningServer(address_of_shared(Path(home), new))


def _token() -> str:
    return os.environ.get("LRS_CONTROL_TOKEN", "")


def _write_verdict(config: pytest.Config, server: "RunningServer") -> None:
    path = config.getoption("--lrs-verdict")
    if path:
        from lrs_soap.testing.verdicts import write_verdict

        config.stash[SAID] = write_verdict(server, Path(path))


def _wanted_world(request: pytest.FixtureRequest) -> "tuple[str | Path | Mapping[str, Any], int]":
    """Return what a test's world is made from, and a seed, the same at every run of the test."""
    marker = request.node.get_closest_marker(MARKER)
    args, options = (marker.args, dict(marker.kwargs)) if marker else ((), {})
    origin = args[0] if args else options.get("origin", request.config.getini("lrs_world"))
    seed = options.get("seed", zlib.crc32(request.node.nodeid.encode()))
    if isinstance(origin, str) and origin not in ("demo", "empty") and "\n" not in origin:
        origin = request.config.rootpath / origin
    return origin, seed


def _shown_entries(config: pytest.Config) -> int:
    chosen = config.getoption("--lrs-journal")
    return int(config.getini("lrs_journal") if chosen is None else chosen)
