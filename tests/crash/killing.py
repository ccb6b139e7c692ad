"""Killing a process of our own at a chosen commit: the moment before it, or the moment after."""

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from lrs_soap.domain.clock import FixedClock
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.store import Store
from lrs_soap.worker import BatchWorker, WorkerPolicy
from tests.factories import MOMENT

NEVER = 0
FAILED = 70


def kill_at_commit(engine: Engine, point: int) -> None:
    """Have this process killed at a point: odd ones are before a commit, even ones after it and before anyone knows."""
    commit = engine.dialect.do_commit
    passed = 0

    def pass_point() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def guarded(connection: Any) -> None:
        pass_point()
        commit(connection)
        pass_point()

    setattr(engine.dialect, "do_commit", guarded)  # noqa: B010 - mypy takes no assignment to a method


def in_a_child(action: Callable[[], None]) -> bool:
    """Do something in a child process; return whether it came to its end, False when it was killed."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(FAILED)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False
    if os.WEXITSTATUS(status):
        raise AssertionError(f"the child process failed with status {status}")
    return True


def work(url: str, point: int) -> None:
    """Work off all jobs of a register, and be killed at a point."""
    engine = make_engine(parse_url(url))
    kill_at_commit(engine, point)
    store = Store(engine, 0.2)
    # Without a lease to wait for, the next worker takes over at once.
    BatchWorker(store, FixedClock(MOMENT), WorkerPolicy(lease=0)).run_pending()
    store.close()
