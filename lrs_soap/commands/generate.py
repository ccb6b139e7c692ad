"""`lrs-soap generate`."""

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from lrs_soap.commands.files import written_whole
from lrs_soap.commands.shared import Failure, register, settings_from
from lrs_soap.generating import MOST_LEARNERS, Population
from lrs_soap.generating.files import FileError, FileForm, form_of, write_population
from lrs_soap.generating.population import FIRST_DAY, ExhaustedError
from lrs_soap.generating.storing import store_population
from lrs_soap.store.bulk import INDEXES

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("number", metavar="N", type=click.IntRange(1, MOST_LEARNERS))
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same learners.")
@click.option(
    "--on", type=_DAY, default=FIRST_DAY.isoformat(), show_default=True, help="Day on which ages are counted."
)
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write instead: .csv a table, .xml a batch file, .jsonl with all that a record holds.",
)
@click.option("--without-ulns", is_flag=True, help="Leave the ULNs out of the .csv or .xml file.")
@click.option(
    "--into", "--database", "database", metavar="URL", help="Database to fill. [default: the setting database]"
)
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="TOML file with settings.")
def generate(
    number: int,
    seed: int,
    on: datetime,
    target: Path | None,
    without_ulns: bool,
    database: str | None,
    config: str | None,
) -> None:
    """Make N invented learners, straight into the register or into a file: all of them, or nothing.

    Names, dates of birth and postcodes are as frequent as in a country. What is in the register stays; learners of the
    seed whose ULN or details it has already are left out, and others take their place.

    \b
    Examples:
      lrs-soap generate 10000
      lrs-soap generate 1000000 --seed 7 --into sqlite:///large.db
      lrs-soap generate 50000 --to learners.csv
      lrs-soap generate 500 --without-ulns --to LRB_10001234_020320261015.CSV
    """
    if target is None:
        if without_ulns:
            raise click.UsageError("--without-ulns is for a file; name one with --to")
        _fill(Population(number, seed, on.date()), database, config)
    elif database is not None:
        raise click.UsageError("--to and --into exclude each other")
    else:
        _write(target, number, seed, on.date(), without_ulns)


def _fill(population: Population, database: str | None, config: str | None) -> None:
    with register(settings_from(config, database=database)) as store:
        with _foreseen(), _Bars(population.count) as bars:
            store_population(store, population, progress=bars.stored, built=bars.built)
        click.echo(f"Generated {_counted(population.count)} into {store.describe()}.")


def _write(target: Path, number: int, seed: int, on: date, without_ulns: bool) -> None:
    with _foreseen():
        form = form_of(target, number)
        if without_ulns and form is FileForm.JSON_LINES:
            raise click.UsageError("--without-ulns is for a .csv or .xml file: JSON lines name masters by their ULNs")
        population = Population(number, seed, on, live_only=form.takes_live_alone)
        with written_whole(target) as file, _bar(number) as bar:
            write_population(file, target.name, population, form, with_ulns=not without_ulns, progress=bar.update)
    click.echo(f"Generated {_counted(number)} into {target}.")


@contextmanager
def _foreseen() -> Iterator[None]:
    try:
        yield
    except (FileError, ExhaustedError) as error:
        raise Failure(str(error)) from None
    except BrokenProcessPool:
        raise Failure("a process that made learners was ended from outside, perhaps for want of memory") from None


class _Bars:
    """Progress on a terminal: the learners first, then the indexes."""

    def __init__(self, learners: int) -> None:
        self._left = learners
        self._bar = _bar(learners)

    def __enter__(self) -> "_Bars":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def stored(self, learners: int) -> None:
        self._bar.update(learners)
        self._left -= learners
        if not self._left:
            self._bar.close()
            self._bar = tqdm(total=INDEXES, desc="building indexes", unit=" indexes", disable=None, leave=False)

    def built(self, _name: str) -> None:
        self._bar.update()


def _bar(learners: int) -> "tqdm[NoReturn]":
    return tqdm(total=learners, desc="generating", unit=" learners", unit_scale=True, disable=None, leave=False)


def _counted(learners: int) -> str:
    return f"{learners:,} learner{'' if learners == 1 else 's'}"
