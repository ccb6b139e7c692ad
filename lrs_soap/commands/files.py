"""Files that commands write."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lrs_soap.commands.shared import Failure


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write; it takes its name, and the place of what had it, once the block ends without an error."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
