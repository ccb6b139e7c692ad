"""What an application says of its answer, as the bytes that go before it."""

from typing import Any, Final

CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
TEXT: Final = ("Content-Type", "text/plain; charset=utf-8")


class Started:
    """Status and headers of one answer. It is the `start_response` of a request."""

    __slots__ = ("headers", "status")

    def __init__(self, status: str = "", headers: list[tuple[str, str]] | None = None) -> None:
        self.status = status
        self.headers = headers or []

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """Take status and headers."""
        self.status, self.headers = status, headers

    def head(self, date: str, *, keeps: bool) -> bytes:
        """Return the head of the answer. Raises ValueError for what would be more than a header."""
        connection = "keep-alive" if keeps else "close"
        lines = [f"HTTP/1.1 {self.status}", f"Date: {date}", f"Connection: {connection}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("a header of the answer has more than one line")
        return f"{text}\r\n\r\n".encode("latin-1")

    @property
    def length(self) -> int | None:
        """How many bytes the client is told will follow; None when it is not told."""
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), None)


def refusal(status: str, text: str, date: str) -> bytes:
    """Return a refusal of the server's own, after which the connection ends."""
    body = f"{text}\n".encode()
    return Started(status, [TEXT, ("Content-Length", str(len(body)))]).head(date, keeps=False) + body
