"""What Spyne needs before it is first imported: a missing module on newer Pythons, and peace in its background.

Import Spyne through this module only.
"""

import logging
import sys
import warnings
from importlib import import_module

VENDORED_SIX = "spyne.util.six"
VENDORED_MOVES = f"{VENDORED_SIX}.moves"
MOVED = ("collections_abc", "http_cookies", "urllib", "urllib.parse", "urllib.request", "urllib.error")


def lend_six_moves() -> None:
    """Let Spyne find `six.moves`: the copy it carries warns on Python 3.11 and cannot be imported from 3.12 on."""
    if VENDORED_MOVES in sys.modules:
        return
    moves = import_module("six.moves")
    sys.modules[VENDORED_MOVES] = moves
    for name in MOVED:
        sys.modules[f"{VENDORED_MOVES}.{name}"] = import_module(f"six.moves.{name}")


def dismiss_six_importer() -> None:
    """Take the importer of Spyne's copy of six off the path: it warns at every later import of anything missing."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != VENDORED_SIX]


lend_six_moves()

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ImportWarning)
    from spyne import MethodContext, Service, const, rpc
    from spyne.application import Application
    from spyne.model.complex import ComplexModel
    from spyne.model.fault import Fault
    from spyne.model.primitive import Boolean, DateTime, Float, Integer32, Integer64, Unicode
    from spyne.protocol import ProtocolBase
    from spyne.server import ServerBase

dismiss_six_importer()

# By default Spyne collects all garbage once a second, which the slowest requests then pay for.
const.MIN_GC_INTERVAL = float("inf")

# Spyne writes a traceback for every fault a client is sent; the edge logs what is worth logging, without contents.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)

__all__ = [
    "Application",
    "Boolean",
    "ComplexModel",
    "DateTime",
    "Fault",
    "Float",
    "Integer32",
    "Integer64",
    "MethodContext",
    "ProtocolBase",
    "ServerBase",
    "Service",
    "Unicode",
    "const",
    "rpc",
]
