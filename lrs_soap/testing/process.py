"""Starting a server and ending it for sure: `lrs-soap serve` in a process of its own, under a guard."""

import atexit
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from lrs_soap.testing import guard
from lrs_soap.testing.errors import ServerStartError, ServerStopError

START_SECONDS = 60
STOP_SECONDS = guard.GRACE_SECONDS + 20
_POLL_SECONDS = 0.02
_PREFIX = "LRS_SOAP_"
_READY = re.compile(r"is ready at (\S+)\s*\n")
_OWNER, _RUNNING, _LOG = "owner.lock", "running.lock", "server.log"


class Home:
    """A directory for one server, made and removed by its owner.

    When the owner ends without closing it, even killed, the guard ends the server and removes the directory.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="lrs-soap-testing-"))
        self._process = os.getpid()
        self._owner = (self.path / _OWNER).open("w")
        fcntl.flock(self._owner, fcntl.LOCK_EX)
        atexit.register(self.close)

    def close(self) -> None:
        """End the server, wait until it has ended, and remove the directory. Raises ServerStopError.

        A process that was forked from the owner ends nothing.
        """
        if self._owner.closed or os.getpid() != self._process:
            return
        atexit.unregister(self.close)
        # Unlocked by hand, since a process forked from this one may have the file open too.
        fcntl.flock(self._owner, fcntl.LOCK_UN)
        self._owner.close()
        ended = _within(STOP_SECONDS, lambda: not is_running(self.path))
        if not ended:
            raise ServerStopError(f"the server below {self.path} has not ended within {STOP_SECONDS} seconds")
        shutil.rmtree(self.path, ignore_errors=True)


def is_running(home: Path) -> bool:
    """Tell whether a server, or one of its processes, lives in a home."""
    try:
        with (home / _RUNNING).open() as running:
            fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def output(home: Path) -> str:
    """Return what the server in a home has printed, errors included."""
    return (home / _LOG).read_text(encoding="utf-8", errors="replace")


def start(home: Path, command: Sequence[str], settings: Mapping[str, Any]) -> str:
    """Start a server in a home that any process owns, and return its address. Raises ServerStartError."""
    temporary = home / "tmp"
    temporary.mkdir()
    environment = _environment(settings) | {"TMPDIR": str(temporary)}
    with (home / _OWNER).open() as owner, (home / _RUNNING).open("w") as running, (home / _LOG).open("wb") as log:
        fcntl.flock(running, fcntl.LOCK_EX)
        _run_guard(home, owner, running, log, command, environment)
    _within(START_SECONDS, lambda: _address(home) is not None or not is_running(home))
    address = _address(home)
    if address is None:
        raise ServerStartError(f"{_failure(home)}: {' '.join(command)}\n{output(home).rstrip()}")
    return address.rstrip("/")


def _failure(home: Path) -> str:
    late = f" within {START_SECONDS} seconds" if is_running(home) else ""
    return f"the server did not start{late}"


def _run_guard(
    home: Path, owner: IO[str], running: IO[str], log: IO[bytes], command: Sequence[str], env: Mapping[str, str]
) -> None:
    files = (owner.fileno(), running.fileno())
    # -P, since the directory of a script stands first among those that modules are imported from.
    guarding = [sys.executable, "-P", guard.__file__, str(home), *map(str, files)]
    subprocess.run(  # noqa: S603 - a command of our own
        [*guarding, *command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        pass_fds=files,
        env=env,
        # So that Ctrl-C reaches the tests alone, which may need the server to the end.
        start_new_session=True,
        check=True,
    )


def _address(home: Path) -> str | None:
    found = _READY.search(output(home))
    return found[1] if found else None


def _environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return this process's environment, without settings for servers that are none of the tests' business."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    return kept | {f"{_PREFIX}{name.upper()}": _written(value) for name, value in settings.items()}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _within(seconds: float, happened: Any) -> bool:
    limit = time.monotonic() + seconds
    while not (so := bool(happened())) and time.monotonic() < limit:
        time.sleep(_POLL_SECONDS)
    return so


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process after the other do what is in the block."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
