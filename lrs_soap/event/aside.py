"""Answers that take their time: each is sent by a thread of its own, while the worker goes on with the others."""

import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST_AT_ONCE: Final = 32

Work = Callable[[], Callable[[], None]]
"""What a thread does; it returns what is left to be done by the worker itself."""


class Aside:
    """Threads, so many at once; what comes beyond waits for its turn.

    wake: a descriptor that is written to when a thread has finished.
    """

    def __init__(self, wake: int, most: int = MOST_AT_ONCE) -> None:
        self._wake = wake
        self._most = most
        self._running = 0
        self._waiting: deque[Work] = deque()
        self._finished: deque[Callable[[], None]] = deque()

    def begin(self, work: Work) -> None:
        """Have something done."""
        if self._running >= self._most:
            self._waiting.append(work)
            return
        self._running += 1
        # Not waited for when the worker ends: whoever stops a server has set a time for what is under way.
        threading.Thread(target=self._run, args=(work,), name="lrs-soap-aside", daemon=True).start()

    def settle(self) -> None:
        """Do what is left of the works that have finished, in the thread of the worker."""
        while self._finished:
            left = self._finished.popleft()
            self._running -= 1
            if self._waiting:
                self.begin(self._waiting.popleft())
            left()

    def _run(self, work: Work) -> None:
        self._finished.append(work())
        with suppress(OSError):
            os.write(self._wake, b"\0")
