"""The socket that the service listens on, made before anything else so that a port in use is told at once."""

import errno
import socket

BACKLOG = 2048
SILENT_SECONDS = 60
_NO_ADDRESS = "there is no such address on this machine"
_REASONS = {
    errno.EADDRINUSE: "another program is using that port; stop it, or choose another port with --port",
    errno.EACCES: "this user may not use that port; choose one above 1023 with --port",
    errno.EADDRNOTAVAIL: _NO_ADDRESS,
}


class CannotListenError(OSError):
    """The address cannot be listened on; the text says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a host and port (0: a free one). Raises CannotListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = _NO_ADDRESS if isinstance(error, socket.gaierror) else _REASONS.get(getattr(error, "errno", 0) or 0)
        raise CannotListenError(f"cannot listen on {host} port {port}: {reason or error}") from None
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        # A connection that says nothing, as browsers open them in advance, does not keep a worker waiting.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)
    return listener


def address_of(listener: socket.socket, scheme: str = "http") -> str:
    """Return the address under which a listening socket can be called from this machine."""
    host, port = listener.getsockname()[:2]
    callable_host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"{scheme}://[{callable_host}]:{port}" if ":" in callable_host else f"{scheme}://{callable_host}:{port}"
