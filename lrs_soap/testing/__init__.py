"""The register for tests: a server that starts and ends with them, and worlds, clocks, scenarios and journals in it.

`LrsServer` is for unittest and scripts; whoever uses pytest has the same as fixtures. Nothing here needs the rest of
the package: a server is known by its command line and its control API alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lrs_soap.testing.clock import Clock, ClockState
    from lrs_soap.testing.conformance import Client, Conformance, Rule, Verdict
    from lrs_soap.testing.control import Control
    from lrs_soap.testing.errors import (
        ControlRefusedError,
        ControlUnreachableError,
        JournalTimeoutError,
        ServerStartError,
        ServerStopError,
        TestBenchError,
    )
    from lrs_soap.testing.journal import Entry, Journal
    from lrs_soap.testing.learners import Learner, Learners
    from lrs_soap.testing.organisations import Credentials
    from lrs_soap.testing.scenarios import Scenario, Scenarios, step
    from lrs_soap.testing.server import LrsServer, RunningServer
    from lrs_soap.testing.worlds import World, Worlds, WorldState

__all__ = [
    "Client",
    "Clock",
    "ClockState",
    "Conformance",
    "Control",
    "ControlRefusedError",
    "ControlUnreachableError",
    "Credentials",
    "Entry",
    "Journal",
    "JournalTimeoutError",
    "Learner",
    "Learners",
    "LrsServer",
    "Rule",
    "RunningServer",
    "Scenario",
    "Scenarios",
    "ServerStartError",
    "ServerStopError",
    "TestBenchError",
    "Verdict",
    "World",
    "WorldState",
    "Worlds",
    "step",
]

_MODULES = {
    "clock": ("Clock", "ClockState"),
    "conformance": ("Client", "Conformance", "Rule", "Verdict"),
    "control": ("Control",),
    "errors": (
        "ControlRefusedError",
        "ControlUnreachableError",
        "JournalTimeoutError",
        "ServerStartError",
        "ServerStopError",
        "TestBenchError",
    ),
    "journal": ("Entry", "Journal"),
    "learners": ("Learner", "Learners"),
    "organisations": ("Credentials",),
    "scenarios": ("Scenario", "Scenarios", "step"),
    "server": ("LrsServer", "RunningServer"),
    "worlds": ("World", "WorldState", "Worlds"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: the pytest plugin is loaded by test runs that have no use for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
