"""`lrs-soap exceptions`."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import click

from lrs_soap.commands.shared import Failure, register, settings_from, settings_options
from lrs_soap.commands.terminal import login_name, printable
from lrs_soap.domain import exceptions_list, resolving, uln
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.batch import FIVE_DETAILS, RecordRaced
from lrs_soap.domain.batch_exception import BatchException, ExceptionStatus
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import MEANINGS, Channel
from lrs_soap.domain.exceptions_list import Caseworker, NotResolvableError, day
from lrs_soap.domain.learner import Learner
from lrs_soap.settings import Settings
from lrs_soap.store import UnitOfWork

Way = Callable[[Caseworker], resolving.Outcome]

_HIGHEST = 2**63 - 1
_ROW = "{:>6}  {:>6}  {:>6}  {:5}  {:10}  {:10}  {:>9}  {:30}  {}"
_HEADING = _ROW.format(
    "number", "job", "record", "code", "born", "due", "days left", "names", "candidates, or how it ended"
)
_number = click.argument("number", type=click.IntRange(1, _HIGHEST))


@click.group()
def exceptions() -> None:
    """Deal with the records of registration batches that wait for a person.

    \b
    Examples:
      lrs-soap exceptions list --ukprn 10001234
      lrs-soap exceptions show 12
      lrs-soap exceptions resolve 12 --accept 9000000105
    """


@exceptions.command(name="list")
@click.option("--ukprn", required=True, help="The organisation that submitted the batches.")
@click.option("--all", "everything", is_flag=True, help="Those dealt with and closed, too, and what they came to.")
@click.option("--job", type=click.IntRange(1, _HIGHEST), help="Those of one job.")
@settings_options("database")
def list_(ukprn: str, everything: bool, job: int | None, config: str | None, database: str | None) -> None:
    """List the records of an organisation that wait for a person, oldest first.

    \b
    Examples:
      lrs-soap exceptions list --ukprn 10001234
      lrs-soap exceptions list --ukprn 10001234 --job 7 --all
    """
    settings = settings_from(config, database=database)
    with register(settings) as store, store.reading() as work:
        organisation = work.organisations.by_ukprn(ukprn)
        if organisation is None:
            raise Failure(f"there is no organisation with UKPRN {ukprn}; see `lrs-soap organisation list`")
        found = iter(work.exceptions.of(organisation.ukprn, None if everything else ExceptionStatus.OPEN, job))
        _show_list(found, settings.clock.now(), settings.exception_span)


def _show_list(found: Iterator[BatchException], now: datetime, period: timedelta) -> None:
    first = next(found, None)
    if first is None:
        click.echo("No record waits for a person.")
        return
    click.echo(_HEADING)
    click.echo(_row(first, now, period))
    for exception in found:
        click.echo(_row(exception, now, period))


def _row(exception: BatchException, now: datetime, period: timedelta) -> str:
    values = exception.values
    left = max(exceptions_list.days_left(exception, now, period), 0)
    return _ROW.format(
        exception.exception_id,
        exception.job_id,
        exception.position,
        exception.code,
        printable(values.get("DateOfBirth", ""))[:10],
        day(exceptions_list.due(exception, period)),
        ("over" if exceptions_list.is_overdue(exception, now, period) else left) if exception.is_open else "",
        printable(", ".join(filter(None, (values.get("FamilyName"), values.get("GivenName")))))[:30],
        " ".join(exception.candidates) if exception.is_open else _came_to(exception),
    ).rstrip()


@exceptions.command()
@_number
@settings_options("database")
def show(number: int, config: str | None, database: str | None) -> None:
    """Show a record that waits: what it says, what is wrong with it, and beside it the learners that it may be.

    \b
    Example:
      lrs-soap exceptions show 12
    """
    settings = settings_from(config, database=database)
    with register(settings) as store, store.reading() as work:
        exception = _known(work, number)
        found = exceptions_list.candidates(exception, work.learners) if exception.is_open else ()
    lines = [*_said(exception, settings.clock.now(), settings.exception_span), "", "The record:", *_values(exception)]
    if found:
        lines += ["", "Learners that it may be:", *_side_by_side(exception, found)]
    click.echo("\n".join(lines))


def _said(exception: BatchException, now: datetime, period: timedelta) -> Iterator[str]:
    meaning = MEANINGS[exception.code]
    submitted = exception.submitted_at.astimezone(SERVICE_ZONE).strftime("%Y-%m-%d %H:%M")
    yield (
        f"Exception {exception.exception_id}: record {exception.position} of job {exception.job_id}, "
        f"submitted by {exception.organisation} at {submitted}"
    )
    yield f"{exception.code}: {meaning.text}"
    if exception.reason:
        yield f"Why: {printable(exception.reason)}"
    if exception.is_open:
        yield f"What to do: {meaning.advice}"
    yield _state(exception, now, period)


def _state(exception: BatchException, now: datetime, period: timedelta) -> str:
    if not exception.is_open:
        ended = f" on {day(exception.ended_at)}" if exception.ended_at else ""
        return f"{exception.status.capitalize()}{ended} by {printable(exception.ended_by or '')}: {_came_to(exception)}"
    last_day = day(exceptions_list.due(exception, period))
    if exceptions_list.is_overdue(exception, now, period):
        return f"Open until {last_day}, which is over; submit the record again."
    return f"Open until {last_day}; days left: {exceptions_list.days_left(exception, now, period)}"


def _came_to(exception: BatchException) -> str:
    return " ".join(filter(None, (exception.resolution, exception.uln)))


def _values(exception: BatchException) -> Iterator[str]:
    return _table([(name, exception.values[name]) for name in resolving.ELEMENTS if name in exception.values])


def _side_by_side(exception: BatchException, found: Sequence[Learner]) -> Iterator[str]:
    record = exception.values
    rows: list[tuple[str, ...]] = [
        ("ULN", *FIVE_DETAILS, "differs in"),
        ("the record", *(record.get(name, "") for name in FIVE_DETAILS), ""),
    ]
    rows += [
        (
            learner.uln,
            learner.family_name,
            learner.given_name,
            learner.date_of_birth.isoformat(),
            learner.gender,
            learner.last_known_post_code,
            ", ".join(exceptions_list.differing(record, learner)) or "nothing",
        )
        for learner in found
    ]
    return _table(rows)


@exceptions.command()
@_number
@click.option("--accept", metavar="ULN", help="The record is this learner, one of those that it may be.")
@click.option(
    "--correct", "corrections", metavar="ELEMENT=VALUE", multiple=True, help="A value to put right; repeatable."
)
@click.option("--register", "as_new", is_flag=True, help="The learner is none of those: register a new one.")
@click.option("--discard", is_flag=True, help="Nothing is to become of the record.")
@click.option("--user-name", default=login_name, help="Who does it, for the audit trail. [default: the login name]")
@settings_options("database")
def resolve(
    number: int,
    accept: str | None,
    corrections: tuple[str, ...],
    as_new: bool,
    discard: bool,
    user_name: str,
    config: str | None,
    database: str | None,
) -> None:
    """Deal with a record that waits, in exactly one way, on behalf of the organisation that submitted it.

    A corrected record is dealt with once more, as in a batch; an empty value takes the element out. When it still is an
    exception it stays open, with the corrected values, and the exit code is 1.

    \b
    Examples:
      lrs-soap exceptions resolve 12 --accept 9000000105
      lrs-soap exceptions resolve 12 --correct DateOfBirth=2006-03-14 --correct ULN=
      lrs-soap exceptions resolve 12 --register
      lrs-soap exceptions resolve 12 --discard --user-name jo.mills
    """
    way = _way(number, accept, corrections, as_new, discard)
    settings = settings_from(config, database=database)
    with _foreseen(), register(settings) as store, store.writing() as work:
        outcome = way(_caseworker(work, _known(work, number), user_name, settings))
    if not outcome.is_resolved:
        raise Failure(_still_open(outcome))
    told = f" ({outcome.code}: {MEANINGS[outcome.code].text})" if outcome.code else ""
    click.echo(f"Exception {number} is resolved: {_came_to(outcome.exception)}{told}")


def _way(number: int, accept: str | None, corrections: Sequence[str], as_new: bool, discard: bool) -> Way:
    """Return the one thing that is to be done."""
    ways: list[Way] = []
    if accept is not None:
        accepted = uln.compact(accept)
        ways.append(lambda case: resolving.accept(case, number, accepted))
    if corrections:
        changes = _changes(corrections)
        ways.append(lambda case: resolving.correct(case, number, changes))
    if as_new:
        ways.append(lambda case: resolving.register_as_new(case, number))
    if discard:
        ways.append(lambda case: resolving.discard(case, number))
    if len(ways) != 1:
        raise click.UsageError("give exactly one of --accept, --correct, --register and --discard")
    return ways[0]


def _changes(corrections: Sequence[str]) -> dict[str, str]:
    changes: dict[str, str] = {}
    for correction in corrections:
        element, equals, value = correction.partition("=")
        if not equals:
            raise click.UsageError(f"'{correction}' is no correction; write it like DateOfBirth=2006-03-14")
        if element in changes:
            raise click.UsageError(f"{element} is corrected twice; give each element once")
        changes[element] = value
    return changes


@contextmanager
def _foreseen() -> Iterator[None]:
    """Tell in one line what the rules refuse."""
    try:
        yield
    except resolving.UnknownElementError as error:
        raise click.UsageError(str(error)) from None
    except NotResolvableError as error:
        raise Failure(str(error)) from None
    except RecordRaced:
        raise Failure("others changed the same learner meanwhile, and nothing has been done; try again") from None


def _caseworker(work: UnitOfWork, exception: BatchException, user_name: str, settings: Settings) -> Caseworker:
    return Caseworker(
        by=Actor(exception.organisation, user_name, Channel.PORTAL),
        now=settings.clock.now(),
        period=settings.exception_span,
        learners=work.learners,
        exceptions=work.exceptions,
        audit=work.audit,
        randbelow=secrets.randbelow,
    )


def _known(work: UnitOfWork, number: int) -> BatchException:
    found = work.exceptions.get(number)
    if found is None:
        raise Failure(f"there is no exception {number}; see `lrs-soap exceptions list --ukprn UKPRN`")
    return found


def _still_open(outcome: resolving.Outcome) -> str:
    number = outcome.exception.exception_id
    reason = printable(outcome.reason or "")
    return f"exception {number} stays open: {outcome.code}: {reason} See `lrs-soap exceptions show {number}`."


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table, its columns as wide as they have to be."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
