"""`lrs-soap organisation`."""

import os
import secrets
import string
import sys
from collections.abc import Callable
from dataclasses import replace

import click

from lrs_soap.commands.shared import Command, Failure, register, settings_from, settings_options
from lrs_soap.domain.codes import Service
from lrs_soap.domain.organisations import Organisation
from lrs_soap.domain.passwords import hash_password
from lrs_soap.store import UnitOfWork
from lrs_soap.worlds.schema import field_rules

PASSWORD_VARIABLE = "LRS_SOAP_ORGANISATION_PASSWORD"  # noqa: S105 - the name of a variable
PASSWORD_LENGTH = 16
SERVICES = tuple(service.value for service in Service)


def _field(name: str) -> Callable[[click.Context, click.Parameter, str], str]:
    """Return what checks a value by the rule that worlds have for a field of an organisation."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if text := field_rules("organisation")[name].breach(value):
            raise click.BadParameter(f"{text}.")
        return value

    return check


_ukprn = click.argument("ukprn", callback=_field("UKPRN"))


def _password_options(command: Command) -> Command:
    generate = click.option("--generate", is_flag=True, help="Generate the password, and print it this once.")
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    return generate(stdin(command))


@click.group()
def organisation() -> None:
    """Look after the organisations that may call.

    \b
    Examples:
      lrs-soap organisation add 10001234 ORG001 "Example College" --grant find --grant register --generate
      lrs-soap organisation awarding 10001234
      lrs-soap organisation list
    """


@organisation.command()
@_ukprn
@click.argument("reference", callback=_field("OrganisationRef"))
@click.argument("name", callback=_field("Name"))
@click.option("--grant", "grants", multiple=True, type=click.Choice(SERVICES), help="A service to grant; repeatable.")
@click.option("--grant-all", is_flag=True, help="Grant every service.")
@click.option("--awarding", is_flag=True, help="Set it up as an awarding organisation, which may report achievements.")
@_password_options
@settings_options("database")
def add(
    ukprn: str,
    reference: str,
    name: str,
    grants: tuple[str, ...],
    grant_all: bool,
    awarding: bool,
    generate: bool,
    password_stdin: bool,
    config: str | None,
    database: str | None,
) -> None:
    """Add an organisation: its UKPRN (8 letters or digits), OrganisationRef (6) and name.

    The password, exactly 16 characters, is asked for; it can also be generated, come from standard input, or stand in
    the environment as LRS_SOAP_ORGANISATION_PASSWORD. It never stands on the command line.

    \b
    Examples:
      lrs-soap organisation add 10001234 ORG001 "Example College" --grant find --grant "learning events"
      lrs-soap organisation add 10001234 ORG001 "Example College" --grant-all --generate
      lrs-soap organisation add 10005678 AWD001 "Example Awards" --grant achievements --awarding --generate
    """
    settings = settings_from(config, database=database)
    with register(settings) as store:
        password = _password(generate, password_stdin)
        granted = frozenset(SERVICES if grant_all else grants)
        with store.writing() as work:
            if work.organisations.by_ukprn(ukprn) or work.organisations.by_reference(reference):
                raise Failure(f"UKPRN {ukprn} or OrganisationRef {reference} belongs to an organisation already")
            new = Organisation(
                ukprn=ukprn,
                reference=reference,
                name=name,
                password_hash=hash_password(password),
                grants=granted,
                awarding=awarding,
            )
            work.organisations.add(new)
    click.echo(f"Added {name} ({ukprn}, {reference}), granted: {_said(granted)}.")
    _show_generated(generate, password)


@organisation.command(name="list")
@settings_options("database")
def list_(config: str | None, database: str | None) -> None:
    """List the organisations: UKPRN, OrganisationRef, status, name, whether awarding, and what they were granted.

    \b
    Example:
      lrs-soap organisation list --database sqlite:///register.db
    """
    with register(settings_from(config, database=database)) as store, store.reading() as work:
        for known in work.organisations.all():
            name = f"{known.name} (awarding organisation)" if known.awarding else known.name
            click.echo(f"{known.ukprn}  {known.reference}  {known.status:8}  {name}: {_said(known.grants)}")


@organisation.command()
@_ukprn
@_password_options
@settings_options("database")
def password(ukprn: str, generate: bool, password_stdin: bool, config: str | None, database: str | None) -> None:
    """Change an organisation's password; a running service follows within a minute.

    \b
    Examples:
      lrs-soap organisation password 10001234
      lrs-soap organisation password 10001234 --generate
    """
    with register(settings_from(config, database=database)) as store:
        new = _password(generate, password_stdin)
        with store.writing() as work:
            known = _known(work, ukprn)
            work.organisations.replace(replace(known, password_hash=hash_password(new)))
    click.echo(f"Changed the password of {known.name} ({known.ukprn}).")
    _show_generated(generate, new)


@organisation.command()
@_ukprn
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@click.option("--all", "everything", is_flag=True, help="Every service.")
@click.option("--revoke", is_flag=True, help="Take the services away instead.")
@settings_options("database")
def grant(
    ukprn: str, services: tuple[str, ...], everything: bool, revoke: bool, config: str | None, database: str | None
) -> None:
    """Grant services to an organisation, or take them away; a running service follows within a minute.

    \b
    Examples:
      lrs-soap organisation grant 10001234 find register "learning events"
      lrs-soap organisation grant 10001234 update --revoke
    """
    named = frozenset(SERVICES if everything else services)
    if not named:
        raise click.UsageError("name the services, or give --all")
    with register(settings_from(config, database=database)) as store, store.writing() as work:
        known = _known(work, ukprn)
        granted = known.grants - named if revoke else known.grants | named
        work.organisations.replace(replace(known, grants=granted))
    click.echo(f"{known.name} ({known.ukprn}) is now granted: {_said(granted)}.")


@organisation.command()
@_ukprn
@click.option("--revoke", is_flag=True, help="Let it be one no longer.")
@settings_options("database")
def awarding(ukprn: str, revoke: bool, config: str | None, database: str | None) -> None:
    """Set an organisation up as an awarding organisation; a running service follows within a minute.

    To report achievements it also has to be granted them: `lrs-soap organisation grant`. What it reported stays.

    \b
    Examples:
      lrs-soap organisation awarding 10001234
      lrs-soap organisation awarding 10001234 --revoke
    """
    with register(settings_from(config, database=database)) as store, store.writing() as work:
        known = _known(work, ukprn)
        work.organisations.replace(replace(known, awarding=not revoke))
    click.echo(f"{known.name} ({known.ukprn}) is {'no longer' if revoke else 'now'} an awarding organisation.")


def _known(work: UnitOfWork, ukprn: str) -> Organisation:
    found = work.organisations.by_ukprn(ukprn)
    if found is None:
        raise Failure(f"there is no organisation with UKPRN {ukprn}; see `lrs-soap organisation list`")
    return found


def _said(grants: frozenset[str]) -> str:
    return ", ".join(service for service in SERVICES if service in grants) or "nothing"


def _password(generate: bool, from_stdin: bool) -> str:
    """Return the password from where it is to come from."""
    if generate and from_stdin:
        raise click.UsageError("--generate and --password-stdin exclude each other")
    if generate:
        return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
    return _checked(sys.stdin.readline().rstrip("\r\n") if from_stdin else _given_password())


def _given_password() -> str:
    if (given := os.environ.get(PASSWORD_VARIABLE)) is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(f"no password: give --password-stdin, --generate, or {PASSWORD_VARIABLE}")
    typed: str = click.prompt("Password (16 characters)", hide_input=True, confirmation_prompt=True)
    return typed


def _checked(given: str) -> str:
    if len(given) != PASSWORD_LENGTH or not given.isprintable() or given.isspace():
        raise Failure(
            f"the password must have exactly {PASSWORD_LENGTH} printable characters; this one has {len(given)}"
        )
    return given


def _show_generated(generate: bool, password: str) -> None:
    if generate:
        click.echo(f"Password, shown this once: {password}")
