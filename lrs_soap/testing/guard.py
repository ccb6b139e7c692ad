"""Stands beside a server and ends it once its owner has gone, however that ended. Run as a script.

Arguments: the directory of the server, the numbers of two open files, and the command that serves. The owner holds a
lock on the first file, which nobody can forget to free, not even who is killed. The second file is locked as long as
the server or its guard live.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 40


def main(home: str, owner: int, running: int, command: list[str]) -> None:
    """Run the command until it ends or its owner does."""
    if os.fork():
        # Who started this has nothing more to wait for.
        os._exit(0)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[running])  # noqa: S603 - the caller's own
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    threading.Thread(target=outlive_the_owner, args=(owner, server), daemon=True).start()
    server.wait()
    if _is_free(owner):
        shutil.rmtree(home, ignore_errors=True)


def outlive_the_owner(owner: int, server: "subprocess.Popen[bytes]") -> None:
    """Wait until the owner has gone, and end the server."""
    fcntl.flock(owner, fcntl.LOCK_EX)
    server.terminate()
    try:
        server.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def _is_free(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
