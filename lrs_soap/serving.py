"""Serving the register over HTTP: gunicorn as a library, one application per worker process."""

import gc
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from lrs_soap.app import build_application, judges_clients, message_limits
from lrs_soap.batch_process import work_on_batches
from lrs_soap.event import EventWorker
from lrs_soap.http_worker import TlsWorker, Worker
from lrs_soap.kept_process import KeptProcess, Work
from lrs_soap.listening import BACKLOG
from lrs_soap.logs import ACCESS_FORMAT, ServerLog, log_to_stderr
from lrs_soap.registers import open_register
from lrs_soap.services.http import room_for
from lrs_soap.settings import Settings
from lrs_soap.tls import contexts_of
from lrs_soap.verdict_process import judge_clients

GRACEFUL_SECONDS = 30
LAST_TOKEN = b"!"


@contextmanager
def temporary_directory() -> Iterator[str]:
    """Make a directory and remove it at the end, in the process that made it alone."""
    # tempfile.TemporaryDirectory would remove it from every worker that ends, since they are forks of this process.
    owner = os.getpid()
    path = tempfile.mkdtemp(prefix="lrs-soap-demo-")
    try:
        yield path
    finally:
        if os.getpid() == owner:
            shutil.rmtree(path, ignore_errors=True)


def stop_at_signals() -> None:
    """Let SIGTERM and SIGINT end this process tidily, with exit code 0, until gunicorn takes them over."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: sys.exit(0))


class KeepingArbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's arbiter, which keeps other processes alive along with those that answer requests."""

    def __init__(self, app: Any, works: Mapping[str, Work]) -> None:
        self._kept = [KeptProcess(name, work, self._close_listeners) for name, work in works.items()]
        super().__init__(app)

    def manage_workers(self) -> None:
        """Start what is missing; called about every second."""
        super().manage_workers()
        for process in self._kept:
            process.keep_alive()

    def stop(self, graceful: bool = True) -> None:
        """Stop all workers, each after what it has under way."""
        for process in self._kept:
            process.tell_to_stop()
        super().stop(graceful)
        for process in self._kept:
            process.wait()

    def _close_listeners(self) -> None:
        for listener in self.LISTENERS:
            listener.close()


class Server(BaseApplication):  # type: ignore[misc]
    """The gunicorn server of one installation.

    listener: the socket to serve, which the server takes over. ready: called once, when every worker can answer.
    """

    def __init__(self, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
        self._settings = settings
        self.tls = contexts_of(settings)
        self._descriptor = listener.detach()
        self._ready = ready
        self._limits = message_limits(settings)
        self._tokens = _tokens(settings.workers)
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings to gunicorn."""
        settings = self._settings
        wanted = {
            "bind": f"fd://{self._descriptor}",
            "worker_class": self._worker_class(),
            "workers": settings.workers,
            "timeout": settings.timeout,
            "graceful_timeout": GRACEFUL_SECONDS,
            "backlog": BACKLOG,
            "loglevel": settings.log_level,
            "logger_class": ServerLog,
            "accesslog": "-" if settings.access_log else None,
            "access_log_format": ACCESS_FORMAT,
            "forwarded_allow_ips": settings.forwarded_allow_ips,
            "proc_name": "lrs-soap",
            "post_worker_init": self._worker_ready,
            "worker_exit": self._worker_exit,
        }
        if "control_socket_disable" in self.cfg.settings:
            # Newer releases open a socket to be steered by; nothing of ours uses it.
            wanted["control_socket_disable"] = True
        for name, value in wanted.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop."""
        KeepingArbiter(self, self._works()).run()

    def room_for(self, headers: Mapping[str, str], start: bytes | bytearray) -> int:
        """Return how many bytes of a message that begins so are worth waiting for; event workers ask."""
        return room_for(headers, start, self._limits)

    def _worker_class(self) -> type:
        if self.tls:
            return TlsWorker
        return EventWorker if self._settings.worker_class == "event" else Worker

    def _works(self) -> Mapping[str, Work]:
        """Return what else is done while requests are answered."""
        works: dict[str, Work] = {}
        if self._settings.batch_worker:
            works["batch worker"] = partial(work_on_batches, self._settings)
        if judges_clients(self._settings):
            works["judge of the clients"] = partial(judge_clients, self._settings)
        return works

    def load(self) -> Any:
        """Build the application of the worker process that calls this."""
        application = build_application(self._settings, open_register(self._settings))
        # What the application is made of lasts as long as the process: no garbage collection need look at it again.
        gc.collect()
        gc.freeze()
        return application

    def _worker_ready(self, worker: Any) -> None:
        # From its first notice on, the arbiter sees when a worker hangs; by itself it gives that only as it serves.
        worker.notify()
        # A worker that replaces another later finds no token.
        if os.read(self._tokens, 1) == LAST_TOKEN:
            self._ready()

    def _worker_exit(self, arbiter: Any, worker: Any) -> None:
        if self.callable is not None:
            self.callable.close()


def _tokens(workers: int) -> int:
    """Return what each worker takes a token from when it can answer; whoever takes the last one knows that all can.

    A pipe, since a worker that is killed meanwhile leaves nothing locked.
    """
    taken_from, given = os.pipe()
    os.write(given, b"." * (workers - 1) + LAST_TOKEN)
    os.close(given)
    return taken_from


def serve(settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until a signal says to stop; ends with SystemExit, whose code is 0 after an ordinary stop."""
    log_to_stderr(settings.log_level)
    Server(settings, listener, ready).run()
