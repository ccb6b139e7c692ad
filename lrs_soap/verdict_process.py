"""The process of a server that judges what clients sent, so that those who answer them need not."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from threading import Event
from typing import Final

from lrs_soap.app import open_ledger
from lrs_soap.kept_process import stop_at_signals
from lrs_soap.settings import Settings

PAUSE_SECONDS: Final = 0.5
MODEST: Final = 10


def judge_clients(settings: Settings, is_wanted: Callable[[], bool]) -> None:
    """Judge what the processes of a server have left to judge, again and again, until told to stop."""
    stopping = Event()
    stop_at_signals(stopping.set)
    # Where there is not enough of the machine for all, requests come first.
    os.nice(MODEST)
    with closing(open_ledger(settings)) as ledger:
        while is_wanted() and not stopping.is_set():
            if not ledger.settle(time.time()):
                stopping.wait(PAUSE_SECONDS)
