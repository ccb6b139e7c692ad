"""Starts the real `lrs-soap serve` for tests, on a free port, and always ends it, by its process id."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.kept_logs import keep

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"is ready at (\S+)")
LAST_LINE = "Stop it with"
WORKER_CLASSES = ("event", "sync")
START_SECONDS = 60
STOP_SECONDS = 60
PATIENCE = 60.0


@dataclass
class Server:
    """A server that a test started: where it answers, its process and what it has printed so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    address: str = ""
    started: threading.Event = field(default_factory=threading.Event)

    @property
    def output(self) -> str:
        """All it printed, errors included."""
        return "".join(self.lines)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait and return the exit code; a server that does not end is killed."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def read(self) -> None:
        """Collect what it prints until it ends."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := READY.search(line):
                self.address = found[1].rstrip("/")
            if line.startswith(LAST_LINE):
                self.started.set()
        self.started.set()
        keep(self.output)


def children_of(pid: int) -> list[int]:
    """Return the ids of the processes that one has started and that have not ended."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def until(done: Callable[[], bool]) -> None:
    """Wait until something is so."""
    give_up = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.02)


def environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without settings of the service, and with those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LRS_SOAP_")}
    return kept | {"PYTHONPATH": str(ROOT)} | dict(env or {})


@contextmanager
def started_server(database_url: str | None, *args: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `lrs-soap serve --port 0` with further arguments; the server is up inside the block, gone after it."""
    command = [sys.executable, "-m", "lrs_soap", "serve", "--port", "0", *args]
    if database_url is not None:
        command += ["--database", database_url]
    with started(command, env) as server:
        yield server


@contextmanager
def started(command: Sequence[str], env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a command that serves the register, until the end of the block."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", env=environment(env)
    )
    server = Server(process)
    reader = threading.Thread(target=server.read)
    reader.start()
    try:
        if not server.started.wait(START_SECONDS) or not server.address:
            raise AssertionError(f"the server did not start:\n{server.output}")
        yield server
    finally:
        server.stop()
        reader.join()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def running_server(database_url: str | None, *args: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """As started_server, but give the address alone, such as `http://127.0.0.1:40123`.

    Without a database URL the service uses its own choice; add `--demo` for a temporary one with the demo world.
    """
    with started_server(database_url, *args, env=env) as server:
        yield server.address
