"""The servers that are measured, each under gunicorn with the same number of workers over the same register."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks import php_behind_nginx

# What is left out where only the operations are measured: the test bench, and batches worked on beside them.
PLAIN = ("--no-control-api", "--no-batch-worker")
EVENT = "lrs_soap.event.EventWorker"
READY = re.compile(r"is ready at (\S+)")


class Serving(NamedTuple):
    """A service that runs. address: such as `http://127.0.0.1:40123`. pid: of the process that started the others."""

    address: str
    pid: int


@contextmanager
def ours(database: str, workers: int, *options: str, worker_class: str = "event") -> Iterator[str]:
    """Run `lrs-soap serve` and give the address of LearnerService."""
    with service(database, workers, *options, worker_class=worker_class) as serving:
        yield f"{serving.address}/LearnerService.svc"


@contextmanager
def service(database: str, workers: int, *options: str, worker_class: str = "event") -> Iterator[Serving]:
    """Run `lrs-soap serve`."""
    command = [sys.executable, "-m", "lrs_soap", "serve", "--port", "0", "--database", database, *options]
    command += ["--workers", str(workers)]
    environment = os.environ | {"LRS_SOAP_WORKER_CLASS": worker_class}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := READY.search(line):
                yield Serving(found[1].rstrip("/"), process.pid)
                return
        raise RuntimeError("the service did not start")
    finally:
        _end(process)


@contextmanager
def batch_worker(database: str) -> Iterator[None]:
    """Run `lrs-soap worker`, which looks for batches once this gives way."""
    command = [sys.executable, "-m", "lrs_soap", "worker", "--database", database]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if "works on the batches" not in process.stdout.readline():
            raise RuntimeError("the worker did not start")
        yield
    finally:
        _end(process)


@contextmanager
def gunicorn(module: str, database: str, workers: int, worker_class: str = "sync") -> Iterator[str]:
    """Run one of the comparison applications and give its address. worker_class: gunicorn's name of one."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", str(workers), "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"LRS_BENCH_DATABASE": database}
    quiet = ["--log-level", "warning", "--no-control-socket", "--worker-class", worker_class]
    process = subprocess.Popen([*command, *quiet, f"{module}:application"], env=environment)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/LearnerService.svc"
    finally:
        _end(process)


@contextmanager
def node(modules: Path, wsdl: bytes) -> Iterator[str]:
    """Run node's `soap` package, one process of it, and give its address. modules: the directory it is installed in."""
    port = _free_port()
    with TemporaryDirectory() as folder:
        description = Path(folder) / "LearnerService.wsdl"
        description.write_bytes(wsdl)
        script = Path(__file__).with_name("node_server.cjs")
        process = subprocess.Popen(["node", str(script), str(modules), str(description), str(port)])
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/LearnerService.svc"
        finally:
            _end(process)


@contextmanager
def php(workers: int, wsdl: bytes) -> Iterator[str]:
    """Run PHP's SoapServer behind nginx, and give its address."""
    port = _free_port()
    with php_behind_nginx.running(workers, port, wsdl):
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/LearnerService.svc"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=60)
    if process.stdout is not None:
        process.stdout.close()
