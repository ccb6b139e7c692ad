"""A server for tests: one that is started and ended with them, or one that runs already."""

import sys
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lrs_soap.testing import process
from lrs_soap.testing.conformance import ALL_WORLDS, Conformance
from lrs_soap.testing.control import DEFAULT_WORLD, Control
from lrs_soap.testing.organisations import DEMO_CREDENTIALS
from lrs_soap.testing.worlds import DEMO, Origin, World, Worlds, make_world

JOURNAL_ENTRIES = 20_000
"""Requests that the journal of all worlds keeps: more than usual, since tests of many workers share it."""


class RunningServer:
    """A server that runs at `url`, however it was started.

    token: its control_token, if it has one. authority: PEM file of who vouches for its certificate, with TLS.
    """

    def __init__(self, url: str, token: str = "", *, authority: str | PathLike[str] | None = None) -> None:
        self.url = url.rstrip("/")
        self.control = Control(self.url, token, authority=authority)

    @property
    def worlds(self) -> Worlds:
        """All its worlds."""
        return Worlds(self.control)

    def world(self, name: str | None = None, origin: Origin = DEMO, *, seed: int | None = None) -> World:
        """Make a world, which is deleted at the end of a `with` block.

        origin: `demo`; `empty` for the same organisations without learners; or a world file: its text, its path, or
        what it holds. seed: what ULNs are drawn from, for the same ones every time. Without a name one is drawn.
        """
        return make_world(self.control, self.url, name, origin, seed)

    @property
    def conformance(self) -> Conformance:
        """The verdict on the clients of all worlds, also of those that were deleted."""
        return Conformance(self.control, ALL_WORLDS)

    @property
    def default_world(self) -> World:
        """The world without a prefix, that of the server itself; its credentials are those of the demo world."""
        return World(self.control, self.url, self.worlds.get(DEFAULT_WORLD), DEMO_CREDENTIALS)

    def close(self) -> None:
        """Close the connections."""
        self.control.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class LrsServer(RunningServer):
    """Starts `lrs-soap serve` on a free port of this machine, and ends it: `with LrsServer() as server:`.

    The server ends for sure, also when the process that started it is killed. database: a database URL; a temporary
    register by default. demo: whether the default world is the demo world. settings: those of the service, by name.
    token, authority: as of a RunningServer.
    """

    def __init__(
        self,
        *,
        database: str | None = None,
        demo: bool = True,
        workers: int = 2,
        token: str = "",
        authority: str | PathLike[str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        # Where it is, and with that the rest of what a running server has, is known once it is started.
        self._database = database
        self._demo = demo
        self._token = token
        self._authority = authority
        usual = {"workers": workers, "control_token": token, "journal_entries": JOURNAL_ENTRIES}
        self._settings = usual | dict(settings or {})
        self._home: process.Home | None = None

    def start(self) -> Self:
        """Start the server and wait until it answers. Raises ServerStartError."""
        if self._home is None:
            self._home = process.Home()
            try:
                super().__init__(self.start_in(self._home.path), self._token, authority=self._authority)
            except BaseException:
                self._home.close()
                self._home = None
                raise
        return self

    def start_in(self, home: Path) -> str:
        """Start the server in a home that some process owns, and return its address. Raises ServerStartError."""
        register = f"sqlite:///{home}/register.db" if self._database is None and not self._demo else self._database
        # -P, so that a module of the project under test does not stand in for one of the same name.
        command = [sys.executable, "-P", "-m", "lrs_soap", "serve", "--port", "0"]
        command += ["--demo"] if self._demo else []
        command += [] if register is None else ["--database", register]
        return process.start(home, command, self._settings)

    def stop(self) -> None:
        """End the server, and wait until it has ended. Raises ServerStopError."""
        if self._home is not None:
            self.close()
            self._home.close()
            self._home = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
