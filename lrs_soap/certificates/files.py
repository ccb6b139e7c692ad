"""Files of an authority: written whole or not at all, private where they hold keys, and never over others unasked."""

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644


class AuthorityError(Exception):
    """What was wanted of an authority cannot be done; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written, for everybody to read or for its owner alone."""

    path: Path
    content: bytes
    mode: int = PUBLIC


def write(files: Iterable[File], *, force: bool) -> None:
    """Write files, all of them or none when one would go over another."""
    wanted = list(files)
    for file in wanted:
        if not force and file.path.exists():
            raise AuthorityError(f"there is a file {file.path} already, and nothing was written; --force replaces it")
    for file in wanted:
        _write(file)


def _write(file: File) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    # Private from the first moment on, and complete for whoever reads it at any.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{file.path.name}-", dir=file.path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.content)
        os.chmod(temporary, file.mode)
        os.replace(temporary, file.path)
    except BaseException:
        os.unlink(temporary)
        raise


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Keep others of this kind out of a directory, which is made when there is none."""
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
