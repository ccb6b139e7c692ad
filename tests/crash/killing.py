"""Killing a process of our own at a chosen point: around a commit, around any call of a database, around an answer."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click
import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from lrs_soap.cli import main
from lrs_soap.domain.clock import FixedClock
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.store import Store
from lrs_soap.worker import BatchWorker, WorkerPolicy
from tests.factories import MOMENT

# A process that is forked for each point should not have to import its command anew.
_CONTEXT = click.Context(main)
for _name in main.list_commands(_CONTEXT):
    main.get_command(_CONTEXT, _name)

NEVER = 0
FAILED = 70


def die_at(point: int) -> Callable[[], None]:
    """Return what counts its calls, and kills this process at the one with a number."""
    passed = 0

    def pass_point() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_point


def watch(owner: Any, name: str, pass_point: Callable[[], None]) -> None:
    """Have a point passed before each call of something, and one after it."""
    action = getattr(owner, name)

    @wraps(action)
    def watched(*args: Any, **options: Any) -> Any:
        pass_point()
        done = action(*args, **options)
        pass_point()
        return done

    setattr(owner, name, watched)


def watch_calls(pass_point: Callable[[], None]) -> None:
    """Have a point passed before and after every statement, copy and commit that this process sends to a database."""
    for name in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(Engine, name, lambda *_: pass_point())
    watch(psycopg.Copy, "write", pass_point)
    watch(DefaultDialect, "do_commit", pass_point)


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
    # Odd points are before a commit, even ones after it and before anyone knows.
    watch(engine.dialect, "do_commit", die_at(point))
    store = Store(engine, 0.2)
    # Without a lease to wait for, the next worker takes over at once.
    BatchWorker(store, FixedClock(MOMENT), WorkerPolicy(lease=0)).run_pending()
    store.close()


def command(args: Sequence[str], said: Path, url: str, point: int) -> None:
    """Carry out a command of `lrs-soap` on a register, its output into a file, and be killed at a point."""
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stdout.fileno())
    pass_point = die_at(point)
    watch_calls(pass_point)
    watch(click, "echo", pass_point)
    main([*args, "--database", url], prog_name="lrs-soap", standalone_mode=False)
