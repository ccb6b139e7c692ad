"""Peak memory of `lrs-soap batch submit`, for files of different lengths."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from benchmarks.options import Options
from benchmarks.population import UKPRN, newcomers
from benchmarks.registers import Copies, Registers
from benchmarks.submitting import to_register
from lrs_soap.batch_files.layout import COLUMN_OF, COLUMNS, FILE_COLUMNS, FILE_VERSION

LENGTHS = (500, 5_000)
NAME = f"LRB_{UKPRN}_020920241015.CSV"
MIB = 1 << 20


def measure(options: Options, registers: Registers) -> Iterator[str]:
    """Give what was measured: the peaks of a command that reads no file, and of those that read longer and longer."""
    files = {length: write_file(registers.directory / str(length), length, options.learners) for length in LENGTHS}
    rows = [f"{'peak memory, MiB':18}{'no file':>10}{''.join(f'{length:>10,}' for length in LENGTHS)}{'ratio':>8}"]
    for name, copy in tqdm(registers.databases.items(), desc="batch files", disable=None):
        none, *peaks = _peaks(copy, list(files.values()), options.rounds)
        told = "".join(f"{peak / MIB:10.1f}" for peak in (none, *peaks))
        rows.append(f"{name:18}{told}{peaks[-1] / peaks[0]:8.2f}")
    lengths = " and ".join(f"{length:,} learners ({files[length].stat().st_size:,} bytes)" for length in LENGTHS)
    told = f"lrs-soap batch submit of CSV files of {lengths}; lrs-soap batch list reads no file; {options.rounds} runs"
    yield f"{told}, the highest counts\n" + "\n".join(rows) + "\n"


def write_file(directory: Path, length: int, after: int) -> Path:
    """Write a batch file of so many learners who are none of the first ones, and return where it is."""
    directory.mkdir()
    path = directory / NAME
    of_file = dict(zip(FILE_COLUMNS, (FILE_VERSION, NAME, UKPRN, str(length)), strict=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for learner in newcomers(after, length):
            values = {COLUMN_OF[element]: value for element, value in to_register(learner).items()}
            writer.writerow(of_file | values)
            of_file = {}
    return path


def _peaks(copy: Copies, files: list[Path], rounds: int) -> list[int]:
    """Return the highest peaks, in bytes, of a command without a file and of handing in each."""
    with copy() as url:
        commands = [["batch", "list"], *(["batch", "submit", str(file), "--ukprn", UKPRN] for file in files)]
        runs = [[_peak([*command, "--database", url]) for command in commands] for _ in range(rounds)]
    return [max(peaks) for peaks in zip(*runs, strict=True)]


def _peak(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "benchmarks.peak", sys.executable, "-m", "lrs_soap", *arguments]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return int(run.stdout.splitlines()[-1])
