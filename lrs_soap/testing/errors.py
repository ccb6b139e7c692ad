"""What can go wrong.

TestBenchError
├── ServerStartError           the server did not start; the text holds what it printed
├── ServerStopError            the server did not end
├── ControlUnreachableError    nobody answers at the address
├── ControlRefusedError        the control API refuses; .status, .field
└── JournalTimeoutError        what was waited for did not come; .entries holds what did (an AssertionError, too)
"""

from collections.abc import Sequence
from typing import Any


class TestBenchError(Exception):
    """Something about the test bench itself, not about what is tested."""

    __test__ = False


class ServerStartError(TestBenchError):
    """The server did not start; the text says what it printed."""


class ServerStopError(TestBenchError):
    """The server did not end in time."""


class ControlUnreachableError(TestBenchError):
    """Nobody answers at the address of the server."""


class ControlRefusedError(TestBenchError):
    """The control API refuses a request. status: of HTTP. field: what of the request is wrong, if it is one field."""

    def __init__(self, text: str, status: int, field: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.field = field


class JournalTimeoutError(TestBenchError, AssertionError):
    """The requests that were waited for did not come in time. entries: those that did."""

    def __init__(self, text: str, entries: Sequence[Any]) -> None:
        super().__init__(text)
        self.entries = entries
