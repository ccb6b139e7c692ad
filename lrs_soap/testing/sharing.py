"""One server for all workers of pytest-xdist: the first that needs it starts it, whoever made its home ends it."""

from pathlib import Path

from lrs_soap.testing.errors import ServerStartError
from lrs_soap.testing.process import locked
from lrs_soap.testing.server import LrsServer

_ADDRESS, _FAILED = "address", "failed"


def known_address(home: Path) -> str | None:
    """Return the address of the server in a home, None when nobody has needed one."""
    address = home / _ADDRESS
    return address.read_text(encoding="utf-8") if address.exists() else None


def address_of_shared(home: Path, server: LrsServer) -> str:
    """Return the address of the server in a home, started unless another process did. Raises ServerStartError.

    A server that did not start for one is not tried again for the others.
    """
    address, failed = home / _ADDRESS, home / _FAILED
    with locked(home / "start.lock"):
        if failed.exists():
            raise ServerStartError(failed.read_text(encoding="utf-8"))
        if not address.exists():
            try:
                started = server.start_in(home)
            except ServerStartError as error:
                failed.write_text(str(error), encoding="utf-8")
                raise
            address.write_text(started, encoding="utf-8")
    return address.read_text(encoding="utf-8")
