"""`lrs-soap serve` whose processes are killed at a chosen call of the database while they answer a request.

    python -m tests.crash.dying_server PLAN serve --database …

PLAN is a file with a number: the call at which the process dies. Each statement and each commit counts twice: the
moment before it, and the moment after it. Without the file nobody dies.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from lrs_soap.cli import main

_passed = 0


def pass_point(plan: Path) -> None:
    """Count a point and die when it is the one of the plan."""
    global _passed
    if not plan.exists():
        return
    _passed += 1
    if _passed == int(plan.read_text()):
        os.kill(os.getpid(), signal.SIGKILL)


def die_as_planned(plan: Path) -> None:
    """Let every call of a database count."""
    for name in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(Engine, name, lambda *_: pass_point(plan))
    commit: Any = DefaultDialect.do_commit

    def guarded(self: DefaultDialect, connection: Any) -> None:
        pass_point(plan)
        commit(self, connection)
        pass_point(plan)

    setattr(DefaultDialect, "do_commit", guarded)  # noqa: B010 - mypy takes no assignment to a method


if __name__ == "__main__":
    die_as_planned(Path(sys.argv.pop(1)))
    main(prog_name="lrs-soap")
