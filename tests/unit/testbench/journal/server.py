"""Processes that write to one journal, as those of a server do: `python -m … PATH WORKERS COUNT`.

The journal is opened first and the workers are forked from there. Each says a line once an exchange is taken in.
"""

import os
import sys
import time
from pathlib import Path

from lrs_soap.testbench.journal import Journal
from tests.unit.testbench.journal.making import exchange


def work(journal: Journal, worker: int, count: int) -> None:
    """Take in exchanges and say so, as a server says its answer."""
    for number in range(count):
        journal.record(exchange(world=f"w{worker}", user_name=str(number)))
        os.write(sys.stdout.fileno(), f"{worker} {number}\n".encode())
        # Now and then it lingers, so that the next one is written at once instead of with others.
        time.sleep(0.06 if number % 10 == 0 else 0)


def main() -> None:
    """Fork the workers and wait for them."""
    path, workers, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    journal = Journal(path)
    journal.record(exchange(world="parent"))
    children = []
    for worker in range(workers):
        child = os.fork()
        if child == 0:
            work(journal, worker, count)
            journal.close()
            os._exit(0)
        children.append(child)
    failed = [child for child in children if os.waitpid(child, 0)[1]]
    journal.close()
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
