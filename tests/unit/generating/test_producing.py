"""Several processes: in order, not far ahead, and none that stays behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lrs_soap.generating.producing import produced

OUTLIVED = """
import os, time
from lrs_soap.generating.producing import produced

def own(number):
    return os.getpid()

if __name__ == "__main__":
    with produced(own, 2) as made:
        print(*set(made(0, 20)), flush=True)
        time.sleep(600)
"""


def is_there(process: int) -> bool:
    """Return whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def refuse(number: int) -> int:
    if number == 3:
        raise ValueError("not 3")
    return number


def test_pieces_come_in_their_order() -> None:
    with produced(abs, 2) as made:
        assert list(made(-30, 0)) == list(range(30, 0, -1))


def test_an_error_in_another_process_comes_through() -> None:
    with produced(refuse, 2) as made, pytest.raises(ValueError, match="not 3"):
        list(made(0, 10))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up below /proc")
def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    script = tmp_path / "outlived.py"
    script.write_text(OUTLIVED, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    processes = [int(number) for number in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait(timeout=30)
    parent.stdout.close()
    assert processes
    until = time.monotonic() + 30
    while any(is_there(process) for process in processes):
        assert time.monotonic() < until, "a process stayed behind"
        time.sleep(0.02)
