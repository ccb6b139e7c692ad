"""`lrs-soap load`."""

import secrets
import sys
from pathlib import Path

import click

from lrs_soap.commands.shared import register, settings_from, settings_options
from lrs_soap.domain.passwords import hash_password
from lrs_soap.worlds import Means, load_files


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@settings_options("database")
def load(files: tuple[Path, ...], config: str | None, database: str | None) -> None:
    """Load worlds (.yaml) and tables of learners or qualifications (.csv): all of them, or nothing.

    What is in the register stays; a ULN, UKPRN or learner that is there already is an error. A ULN left out is drawn.
    A qualification that is there already is replaced. The heading tells which kind of table a .csv is.

    \b
    Examples:
      lrs-soap load world.yaml
      lrs-soap load qualifications.csv
      lrs-soap load organisations.yaml learners.csv --database sqlite:///test.db
    """
    settings = settings_from(config, database=database)
    means = Means(settings.clock.now(), hash_password, secrets.randbelow, show_progress=sys.stderr.isatty())
    with register(settings) as store:
        with store.writing() as work:
            loaded = load_files(files, work, means)
        click.echo(f"Loaded {loaded} into {store.describe()}.")
