"""The documents, and what stands in their sections."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def text(name: str) -> str:
    """Return a document by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(document: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    parts = re.split(r"^## ", document, flags=re.MULTILINE)
    (found,) = [part for part in parts if part.startswith(f"{heading}\n")]
    return found


def rows(document: str, heading: str) -> list[tuple[str, ...]]:
    """Return the rows of the table under a heading."""
    lines = [line for line in section(document, heading).splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def told(document: str, heading: str) -> list[str]:
    """Return the lines of all tables under a heading that tell of something by its name in code."""
    return [line for line in section(document, heading).splitlines() if line.startswith("| `")]
