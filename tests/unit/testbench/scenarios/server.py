"""The bench behind gunicorn, as the product's own workers serve it: `python -m … DATABASE CONTROL WORKERS CLASS`."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from lrs_soap.event import EventWorker
from lrs_soap.http_worker import Worker
from lrs_soap.listening import address_of, listen
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.scenarios import Director, ScenarioStore
from tests.unit.testbench.scenarios.bench import TestClock, edge_of, opened_register, stage_of


class BenchServer(BaseApplication):  # type: ignore[misc]
    """Workers on one register and one control directory."""

    def __init__(self, url: str, directory: Path, options: dict[str, Any]) -> None:
        self._url = url
        self._directory = directory
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        register = opened_register(self._url, TestClock()).__enter__()
        stage = stage_of(register)
        edge = edge_of(stage)
        director = Director(ScenarioStore(Control(self._directory)), lambda world: stage)

        def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            def named(status: str, headers: list[tuple[str, str]]) -> None:
                start_response(status, [*headers, ("X-Process", str(os.getpid()))])

            return director.answer("default", edge, environ, named)

        return application


CLASSES = {"event": EventWorker, "sync": Worker}


def main(url: str, directory: str, workers: str, worker_class: str) -> None:
    listener = listen("127.0.0.1", 0)
    print(f"it is ready at {address_of(listener)}\nStop it with a signal", flush=True)
    descriptor = listener.detach()
    options = {"bind": f"fd://{descriptor}", "worker_class": CLASSES[worker_class], "workers": int(workers)}
    BenchServer(url, Path(directory), options | {"loglevel": "warning", "control_socket_disable": True}).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
