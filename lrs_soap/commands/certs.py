"""`lrs-soap certs`."""

import os
import secrets
import string
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lrs_soap.certificates.authority import CLIENT_DAYS, Authority, Wish
from lrs_soap.certificates.files import AuthorityError
from lrs_soap.certificates.making import KeyKind
from lrs_soap.commands.shared import Command, Failure, settings_from
from lrs_soap.domain.clock import SystemClock
from lrs_soap.worlds.schema import field_rules

PASSWORD_VARIABLE = "LRS_SOAP_PFX_PASSWORD"  # noqa: S105 - the name of a variable
PASSWORD_LENGTH = 20
LONGEST_DAYS = 3650


class CertificateCommands(click.Group):
    """The commands of an authority, whose errors end in one line too."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AuthorityError as error:
            raise Failure(str(error)) from None
        except OSError as error:
            raise Failure(f"{error.filename}: {error.strerror}") from None


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command these options, and those with which every one says where its authority is."""
    directory = click.option(
        "--directory",
        type=click.Path(file_okay=False),
        help="Where the authority keeps its files; by default what the setting certificate_directory says.",
    )
    config = click.option("--config", type=click.Path(exists=True, dir_okay=False), help="TOML file with settings.")

    every: tuple[Callable[[Command], Command], ...] = (*options, directory, config)

    def decorate(command: Command) -> Command:
        for option in reversed(every):
            command = option(command)
        return command

    return decorate


def _ukprn(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if text := field_rules("organisation")["UKPRN"].breach(value):
        raise click.BadParameter(f"{text}.")
    return value


_force = click.option("--force", is_flag=True, help="Replace files that are there already.")
_kind = click.option(
    "--key",
    "kind",
    type=click.Choice([kind.value for kind in KeyKind]),
    default=KeyKind.RSA.value,
    show_default=True,
    help="RSA of 2048 bits, or ECDSA on P-256.",
)
_host_option = click.option(
    "--host", "hosts", multiple=True, help="A further host name or address of the service; repeatable."
)


@click.group(cls=CertificateCommands)
def certs() -> None:
    """Make certificates for the service and for the organisations that call it.

    \b
    Examples:
      lrs-soap certs init --host lrs.test
      lrs-soap certs client 10001234
      lrs-soap serve --tls --require-client-certificate
    """


@certs.command()
@_options(_host_option, _kind, _force)
def init(hosts: tuple[str, ...], kind: str, force: bool, directory: str | None, config: str | None) -> None:
    """Make an authority, and a certificate for the service at localhost, 127.0.0.1, ::1 and further hosts.

    With --force a new authority takes the place of the one before, whose certificates are worth nothing from then on.

    \b
    Examples:
      lrs-soap certs init
      lrs-soap certs init --host lrs.test --host 192.0.2.7 --directory /etc/lrs-soap/certificates
    """
    authority = _authority(directory, config)
    named = authority.make(hosts, KeyKind(kind), force=force)
    click.echo(
        f"Made an authority in {authority.layout.directory}; clients have to trust {authority.layout.authority}."
    )
    click.echo(f"The service may call itself {', '.join(named)}; serve with `lrs-soap serve --tls`.")


@certs.command()
@_options(_host_option, _kind, _force)
def server(hosts: tuple[str, ...], kind: str, force: bool, directory: str | None, config: str | None) -> None:
    """Make another certificate for the service, of the same authority; a running service follows at once.

    \b
    Example:
      lrs-soap certs server --host lrs.test --force
    """
    named = _authority(directory, config).renew_server(hosts, KeyKind(kind), force=force)
    click.echo(f"The service may call itself {', '.join(named)}.")


@certs.command()
@click.argument("ukprn", callback=_ukprn)
@_options(
    click.option(
        "--days",
        type=click.IntRange(1, LONGEST_DAYS),
        default=CLIENT_DAYS,
        show_default=True,
        help="How long it is valid.",
    ),
    click.option("--name", default="", help="What its files are called; the UKPRN when not given."),
    click.option("--password-stdin", is_flag=True, help="Read the password of the PFX file from standard input."),
    click.option("--old-pfx", is_flag=True, help="Encrypt the PFX file so that old Windows and Java can read it."),
    _kind,
    _force,
)
def client(
    ukprn: str,
    days: int,
    name: str,
    password_stdin: bool,
    old_pfx: bool,
    kind: str,
    force: bool,
    directory: str | None,
    config: str | None,
) -> None:
    """Issue a certificate for the clients of an organisation: PEM (certificate, key, chain) and PFX.

    The PFX file has a password: from standard input, or the environment (LRS_SOAP_PFX_PASSWORD), or else generated and
    printed this once.

    \b
    Examples:
      lrs-soap certs client 10001234
      LRS_SOAP_PFX_PASSWORD=changeit lrs-soap certs client 10001234 --days 30 --name college-mis
    """
    given = _given_password(password_stdin)
    password = given or "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
    wish = Wish(ukprn=ukprn, password=password, days=days, name=name, kind=KeyKind(kind), old_pfx=old_pfx)
    for path in _authority(directory, config).issue(wish, force=force):
        click.echo(path)
    if not given:
        click.echo(f"Password of the PFX file, shown this once: {password}")


@certs.command(name="list")
@_options()
def list_(directory: str | None, config: str | None) -> None:
    """List the client certificates: serial number, UKPRN, valid until, status.

    \b
    Example:
      lrs-soap certs list
    """
    for one in _authority(directory, config).issued():
        click.echo(f"{one.serial}  {one.ukprn}  {one.valid_until:%Y-%m-%dT%H:%M:%SZ}  {one.status}")


@certs.command()
@click.argument("serial")
@_options()
def revoke(serial: str, directory: str | None, config: str | None) -> None:
    """Revoke a client certificate, by the serial number that `certs list` shows; a running service follows at once.

    \b
    Example:
      lrs-soap certs revoke 5C0FDE2A917B33E0A1D8B4F6250C9E7742D1A0B3
    """
    before = _authority(directory, config).revoke(serial)
    said = "was revoked already" if before.status == "revoked" else "is revoked"
    click.echo(f"The certificate {before.serial} of {before.ukprn} {said}.")


def _authority(directory: str | None, config: str | None) -> Authority:
    settings = settings_from(config, certificate_directory=directory)
    # By the machine's clock, whatever the service's: TLS goes by no other.
    return Authority(Path(settings.certificate_directory), SystemClock())


def _given_password(from_stdin: bool) -> str:
    if not from_stdin:
        return os.environ.get(PASSWORD_VARIABLE, "")
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise click.UsageError("there is no password on standard input")
    return given
