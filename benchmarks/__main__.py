"""Measure all parts, or some of them, in one run."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Final

from benchmarks import (
    batches,
    files,
    inside,
    loading,
    operations,
    pace,
    reporting,
    requests,
    searching,
    steady,
    workers,
)
from benchmarks.figures import Figure
from benchmarks.options import Options, parse
from benchmarks.registers import Registers

Measure = Callable[[Options, Registers], Iterator[str | Figure]]
PARTS: Final[dict[str, ModuleType]] = {
    "requests": requests,
    "inside": inside,
    "pace": pace,
    "batches": batches,
    "workers": workers,
    "files": files,
    "loading": loading,
    "searching": searching,
    "operations": operations,
    "steady": steady,
}


def main() -> None:
    """Measure what is asked for, and print it as it comes."""
    options = parse(PARTS, __doc__)
    with Registers(options.learners) as registers:
        for part in options.parts:
            about = reporting.circumstances(sys.argv[1:])
            found = list(_told(PARTS[part].measure(options, registers)))
            if options.report is not None:
                reporting.write(options.report, part, PARTS[part].__doc__ or "", found, about)


def _told(found: Iterator[str | Figure]) -> Iterator[str | Figure]:
    """Give all that was found, and print what can be."""
    for piece in found:
        if isinstance(piece, str):
            sys.stdout.write(f"{piece}\n")
            sys.stdout.flush()
        yield piece


if __name__ == "__main__":
    main()
