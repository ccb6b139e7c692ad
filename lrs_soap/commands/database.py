"""`lrs-soap db`."""

import click

from lrs_soap.commands.shared import Failure, make_tables, settings_from, settings_options, store_of

_STATES = {
    "empty": "empty: no tables yet; `lrs-soap serve`, `lrs-soap load` or `lrs-soap db upgrade` makes them",
    "current": "up to date",
    "outdated": "outdated: bring it up to date with `lrs-soap db upgrade`",
    "newer": "made by a newer version of lrs-soap; use that version, or another database",
}


@click.group()
def db() -> None:
    """Look after the database.

    \b
    Examples:
      lrs-soap db status
      lrs-soap db upgrade --database postgresql://lrs@localhost/register
    """


@db.command()
@settings_options("database")
def upgrade(config: str | None, database: str | None) -> None:
    """Bring the tables up to date; records are kept.

    A register without qualifications gets those that come with the service.

    \b
    Example:
      lrs-soap db upgrade --database sqlite:///register.db
    """
    with store_of(settings_from(config, database=database)) as store:
        before = store.schema_state()
        if before == "newer":
            raise Failure(f"{store.describe()}: {_STATES[before]}")
        loaded = make_tables(store)
        click.echo(f"{store.describe()}: {'was' if before == 'current' else 'is now'} up to date.")
        if loaded.qualifications:
            click.echo(f"Loaded {loaded} that come with the service.")


@db.command()
@settings_options("database")
def status(config: str | None, database: str | None) -> None:
    """Say which database is used and whether its tables fit this version.

    \b
    Example:
      lrs-soap db status --database sqlite:///register.db
    """
    with store_of(settings_from(config, database=database)) as store:
        state = store.schema_state()
        click.echo(f"{store.describe()}: {_STATES[state]}.")
        if state == "current":
            with store.reading() as work:
                organisations, qualifications = len(work.organisations.all()), work.qualifications.count()
                click.echo(
                    f"{work.learners.count()} learners, {organisations} organisations, {qualifications} qualifications."
                )
