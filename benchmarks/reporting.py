"""Results as documents: what was measured, on which machine, by which command, at which commit."""

import os
import platform
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, to_svg

CPUS = Path("/proc/cpuinfo")
GIB = 1 << 30


def write(directory: Path, part: str, method: str, found: Iterable[str | Figure], about: str) -> None:
    """Write what a part found into `PART.md`, and its figures beside it.

    method: how it was got. about: the circumstances.
    """
    directory.mkdir(parents=True, exist_ok=True)
    pieces = [f"# {part.capitalize()}", method.strip(), about]
    for piece in found:
        if isinstance(piece, Figure):
            (directory / f"{piece.name}.svg").write_bytes(to_svg(piece))
            pieces.append(f"![{piece.title}]({piece.name}.svg)")
        else:
            pieces.append(_as_markdown(piece.strip()))
    (directory / f"{part}.md").write_text("\n\n".join(pieces) + "\n", encoding="utf-8")


def circumstances(arguments: Sequence[str]) -> str:
    """Return where, when and how is measured from now on, as a list."""
    told = {
        "command": f"`{shlex.join(['python', '-m', 'benchmarks', *_told(arguments)])}`",
        "commit": commit(),
        "machine": machine(),
        "load before": f"{os.getloadavg()[0]:.1f} processes that ran or waited, in the minute before it began",
        "date": f"{date.today():%Y-%m-%d}",  # noqa: DTZ011 - the day of whoever measures
    }
    return "\n".join(f"- {name}: {value}" for name, value in told.items())


def machine() -> str:
    """Return what the machine is, as far as it tells."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()}"


def commit() -> str:
    """Return the commit that is measured, and whether files were changed since; empty outside a repository."""
    found = _git("rev-parse", "--short", "HEAD")
    # The documents themselves change with every run.
    return f"{found}, with changes" if found and _git("status", "--porcelain", "--", ".", ":!docs") else found


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return run.stdout.strip()


def _processor() -> str:
    lines = CPUS.read_text(encoding="utf-8").splitlines() if CPUS.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _told(arguments: Sequence[str]) -> Sequence[str]:
    """Return the arguments without where files are kept, which is nobody's business."""
    return [
        "DIRECTORY" if before in ("--keep", "--report") else one
        for before, one in zip(["", *arguments], arguments, strict=False)
    ]


def _as_markdown(text: str) -> str:
    """Return a text as it is if it is Markdown, and columns of figures as they stand."""
    if "\n|" in text or "\n" not in text:
        return text
    first, _, rest = text.partition("\n")
    return f"{first}\n\n```\n{rest}\n```"
