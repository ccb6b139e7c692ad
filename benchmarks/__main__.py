"""Measure requests, batches, workers that share batches, and batch files, side by side in one run."""

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import batches, files, requests, workers
from benchmarks.options import Options, parse
from benchmarks.registers import Registers

PARTS: Mapping[str, Callable[[Options, Registers], Iterator[str]]] = {
    "requests": requests.measure,
    "batches": batches.measure,
    "workers": workers.measure,
    "files": files.measure,
}


def main() -> None:
    """Measure what is asked for, and print it as it comes."""
    options = parse(PARTS, __doc__)
    with Registers(options.learners) as registers:
        for part in options.parts:
            for told in PARTS[part](options, registers):
                sys.stdout.write(f"{told}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
