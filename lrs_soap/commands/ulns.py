"""`lrs-soap uln`."""

import secrets

import click

from lrs_soap.commands.shared import settings_from, settings_options, store_of
from lrs_soap.domain import uln
from lrs_soap.domain.issuing import draw_free
from lrs_soap.store import Store

MOST = 100_000


@click.group(name="uln")
def ulns() -> None:
    """Check ULNs, or draw unused ones.

    \b
    Examples:
      lrs-soap uln check 9276308686
      lrs-soap uln next --count 10
    """


@ulns.command()
@click.argument("numbers", metavar="ULN...", nargs=-1, required=True)
@click.pass_context
def check(context: click.Context, numbers: tuple[str, ...]) -> None:
    """Say of each number whether it is a ULN; the exit code is 1 when one is not.

    \b
    Example:
      lrs-soap uln check 9276308686 1026893096
    """
    wrong = 0
    for number in numbers:
        try:
            click.echo(f"{uln.validate(number)} is valid")
        except uln.InvalidUln as error:
            wrong += 1
            click.echo(f"{number} is not valid: {error}")
    if wrong:
        context.exit(1)


@ulns.command(name="next")
@click.option("--count", type=click.IntRange(1, MOST), default=1, show_default=True, help="How many.")
@settings_options("database")
def next_(count: int, config: str | None, database: str | None) -> None:
    """Draw valid ULNs at random that the register does not have.

    Nothing is reserved: use them, such as in a world, before someone else draws the same.

    \b
    Examples:
      lrs-soap uln next
      lrs-soap uln next --count 10 --database sqlite:///register.db
    """
    with store_of(settings_from(config, database=database)) as store:
        for number in _free(store, count):
            click.echo(number)


def _free(store: Store, count: int) -> list[str]:
    if store.schema_state() == "empty":
        return draw_free(count, lambda _: (), secrets.randbelow)
    with store.reading() as work:
        return draw_free(count, work.learners.many, secrets.randbelow)
