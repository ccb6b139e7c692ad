"""Entries as files: the request and the answer of each, and an index of all."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile

from lrs_soap.testbench.journal.entries import Entry

INDEX: Final = "index.json"
Write = Callable[[str, bytes], object]


def export_to(entries: Iterable[Entry], target: Path | BinaryIO) -> int:
    """Write entries into a directory, which is made when it is not there, or as a zip file into a stream.

    Returns how many they were.
    """
    if isinstance(target, Path):
        target.mkdir(parents=True, exist_ok=True)
        return _write_all(entries, lambda name, content: (target / name).write_bytes(content))
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        return _write_all(entries, archive.writestr)


def _write_all(entries: Iterable[Entry], write: Write) -> int:
    index = [_write_one(entry, write) for entry in entries]
    write(INDEX, json.dumps({"entries": index}, indent=2, ensure_ascii=False).encode())
    return len(index)


def _write_one(entry: Entry, write: Write) -> dict[str, Any]:
    """Write the messages of an entry; return all else of it, and the names of their files."""
    told = entry.to_json()
    for part, message in (("request", entry.request_as_sent), ("answer", entry.answer)):
        name = f"{entry.number:06}-{part}.{_suffix(message)}" if message else None
        if name:
            write(name, message)
        told[part] = {"headers": told[part]["headers"], "file": name}
    return told


def _suffix(message: bytes) -> str:
    return "xml" if b"<" in message[:8] else "txt"
