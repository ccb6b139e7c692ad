"""Finds as files of the corpus, each with a table in which the answer to expect is still to be written."""

import json
import re
import textwrap
from pathlib import Path

from tests.fuzz.rounds import Find

TO_BE_WRITTEN = "status = 0 # to be written: the answer that is expected, as README.md of the corpus says"


def save(find: Find, folder: Path) -> Path:
    """Store a find in a folder of the corpus and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("*.http"))) + 1
    slug = re.sub(r"[^a-z0-9]+", "-", find.broken.signature.lower()).strip("-")[:60]
    file = folder / f"{number:03}-{slug}.http"
    file.write_bytes(find.request)
    told = textwrap.indent(find.broken.told.strip(), "# ", lambda _: True)
    table = (
        f"[{file.stem}]\nwhy = {json.dumps(f'Found by fuzzing: {find.broken.signature}.')}\n{TO_BE_WRITTEN}\n{told}\n"
    )
    with (folder / "cases.toml").open("a", encoding="utf-8") as index:
        index.write(f"{table}\n")
    return file
