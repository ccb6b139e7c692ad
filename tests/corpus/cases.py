"""The corpus as Python reads it: every message with the answer that is expected of it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
WHOLE_REQUEST = ".http"
SERVER = "lrs.example"


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands for a mark such as `{{attributes}}` in a stored message: a piece, repeated.

    In the piece, `{n}` counts up from 1 and `{down}` counts down to 1.
    """

    repeat: str
    times: int

    def text(self) -> str:
        """Return what the mark stands for."""
        if "{" not in self.repeat:
            return self.repeat * self.times
        counted = range(1, self.times + 1)
        return "".join(self.repeat.replace("{n}", str(n)).replace("{down}", str(self.times + 1 - n)) for n in counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message, how it is sent, and the answer expected; README.md explains every field."""

    name: str
    file: Path
    why: str
    status: int
    path: str = "/LearnerService.svc"
    content_type: str = "text/xml; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    fill: Mapping[str, Fill] = field(default_factory=dict)
    hang_up: bool = False
    fault: str | None = None
    answer: str | None = None
    code: str | None = None
    text: str | None = None
    absent: str | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole_request(self) -> bool:
        """Whether the file holds the HTTP request byte by byte, and not a message to be posted."""
        return self.file.suffix == WHOLE_REQUEST

    @property
    def method(self) -> str:
        """The method of HTTP, as far as an answer depends on it."""
        return "HEAD" if self.is_whole_request and self.content().startswith(b"HEAD ") else "POST"

    def content(self) -> bytes:
        """Return the file's bytes, marks replaced by what they stand for."""
        content = self.file.read_bytes()
        for mark, fill in self.fill.items():
            content = content.replace(b"{{%s}}" % mark.encode(), fill.text().encode())
        return content

    def request(self) -> bytes:
        """Return the bytes that go over the wire."""
        body = self.content()
        if self.is_whole_request:
            return body
        headers = {"Host": SERVER, "Content-Type": self.content_type, "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in {**headers, **self.headers, "Connection": "close"}.items()]
        return "\r\n".join([f"POST {self.path} HTTP/1.1", *lines, "", ""]).encode("latin-1") + body


def load_cases() -> Iterator[Case]:
    """Yield every case of every folder, in the order of the folders' names and of the files'."""
    for index in sorted(FOLDER.glob("*/cases.toml")):
        for name, entry in tomllib.loads(index.read_text(encoding="utf-8")).items():
            yield _case(index.parent, name, entry)


def stored_messages() -> set[Path]:
    """Return every file of the corpus that holds a message."""
    return {file for kind in ("*/*.xml", "*/*.http") for file in FOLDER.glob(kind)}


def _case(folder: Path, name: str, entry: dict[str, Any]) -> Case:
    fields = {key.replace("-", "_"): value for key, value in entry.items()}
    fields["fill"] = {mark: Fill(**fill) for mark, fill in entry.get("fill", {}).items()}
    whole = folder / f"{name}{WHOLE_REQUEST}"
    file = whole if whole.exists() else folder / f"{name}.xml"
    return Case(name=f"{folder.name}/{name}", file=file, **fields)
