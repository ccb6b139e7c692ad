"""`lrs-soap serve` whose processes are killed at a chosen point while they answer a request.

    python -m tests.crash.dying PLAN serve --database …

PLAN is a file with a number: the point at which the process dies. Points are what `killing.watch_calls` counts, the
moment before an answer leaves, and the moment after it has left. Without the file nobody dies. The process renames
the file to PLAN.died as it dies, or to PLAN.survived once it has answered.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lrs_soap import serving
from lrs_soap.cli import main
from tests.crash.killing import watch_calls

DIED, SURVIVED = ".died", ".survived"


class Planned:
    """The points of a request, counted when there is a plan as it comes in."""

    def __init__(self, plan: Path) -> None:
        self._plan = plan
        self._left: int | None = None

    def begin(self) -> None:
        """Begin a request."""
        self._left = int(self._plan.read_text()) if self._plan.exists() else None

    def pass_point(self) -> None:
        """Count a point, and die when it is the one of the plan."""
        if self._left is None:
            return
        self._left -= 1
        if not self._left:
            self._plan.rename(self._plan.with_suffix(DIED))
            os.kill(os.getpid(), signal.SIGKILL)

    def survive(self) -> None:
        """Say that no point was the one of the plan."""
        if self._left is not None:
            self._plan.rename(self._plan.with_suffix(SURVIVED))
        self._left = None


class Answering:
    """An application, each answer of which passes a point before it leaves, and one after it has left."""

    def __init__(self, application: Any, planned: Planned) -> None:
        self._application = application
        self._planned = planned

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        """Answer a request."""
        self._planned.begin()
        answer: Iterable[bytes] = self._application(environ, start_response)
        self._planned.pass_point()
        try:
            yield from answer
        finally:
            getattr(answer, "close", lambda: None)()
            self._planned.pass_point()
            self._planned.survive()

    def close(self) -> None:
        """Close the application."""
        self._application.close()


def die_as_planned(planned: Planned) -> None:
    """Let every call of a database and every answer count."""
    watch_calls(planned.pass_point)
    build: Any = getattr(serving, "build_application")  # noqa: B009 - mypy takes it for the affair of another module

    def guarded(*args: Any) -> Any:
        return Answering(build(*args), planned)

    setattr(serving, "build_application", guarded)  # noqa: B010 - as above


if __name__ == "__main__":
    die_as_planned(Planned(Path(sys.argv.pop(1))))
    main(prog_name="lrs-soap")
