"""Measure requests, batches, workers that share batches, batch files, and memory over many requests, in one run."""

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks import batches, files, loading, requests, searching, steady, workers
from benchmarks.options import Options, parse
from benchmarks.registers import Registers

PARTS: Mapping[str, Callable[[Options, Registers], Iterator[str]]] = {
    "requests": requests.measure,
    "batches": batches.measure,
    "workers": workers.measure,
    "files": files.measure,
    "loading": loading.measure,
    "searching": searching.measure,
    "steady": steady.measure,
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
