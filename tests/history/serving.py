"""The server that clients call: started again whenever it was stopped, its processes killed by their ids."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from random import Random

from tests.history.clients import Whereabouts
from tests.history.operations import Trouble
from tests.serving import Server, children_of, started_server

# All that the server then starts are workers that answer requests.
ENVIRONMENT = {"LRS_SOAP_BATCH_WORKER": "false", "LRS_SOAP_CONTROL_API": "false", "LRS_SOAP_LOG_LEVEL": "error"}
WAIT_SECONDS = 60


class DisturbedServer:
    """A server that can be disturbed; clients learn from its whereabouts where it answers now."""

    def __init__(self, database_url: str, workers: int, random: Random) -> None:
        self.where = Whereabouts()
        self.outputs: list[str] = []
        self._url = database_url
        self._workers = workers
        self._random = random
        self._running: ExitStack | None = None
        self._server: Server | None = None

    def start(self) -> None:
        """Start it."""
        self._running = ExitStack()
        self._server = self._running.enter_context(
            started_server(self._url, "--workers", str(self._workers), env=ENVIRONMENT)
        )
        self.where.set(self._server.address)

    def stop(self) -> None:
        """Stop it, each worker after what it has under way; of a killed one, gather what is left."""
        self.where.set(None)
        if self._running is not None and self._server is not None:
            self._running.close()
            self.outputs.append(self._server.output)
            self._running = self._server = None

    def disturb(self, trouble: Trouble) -> None:
        """Kill a worker, or have the server start again after a stop or the death of all its processes."""
        match trouble:
            case Trouble.KILL:
                os.kill(self._random.choice(self._some_workers()), signal.SIGKILL)
            case Trouble.STOP:
                self.stop()
                self.start()
            case Trouble.CRASH:
                self._kill_all()
                self.stop()
                self.start()

    def _kill_all(self) -> None:
        assert self._server is not None
        workers = self._some_workers()
        self._server.process.kill()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)

    def _some_workers(self) -> list[int]:
        """Return the ids of the workers; there are none for moments, when all were killed."""
        assert self._server is not None
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if workers := children_of(self._server.process.pid):
                return workers
            time.sleep(0.02)
        raise AssertionError(f"no workers are left:\n{self._server.output}")


@contextmanager
def disturbed_server(database_url: str, workers: int, random: Random) -> Iterator[DisturbedServer]:
    """Run a server that may be disturbed, until the end of the block."""
    server = DisturbedServer(database_url, workers, random)
    server.start()
    try:
        yield server
    finally:
        server.stop()
