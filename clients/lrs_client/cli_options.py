"""What all commands of `lrs-client` have in common: options, credentials, output and exit codes."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from lrs_client import output
from lrs_client.connection import DEFAULT_URL, LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.credentials import URL_VARIABLE, Credentials, CredentialsError, load_credentials
from lrs_client.faults import LrsError

ANSWER_SECONDS = 30.0
DATE = click.DateTime(["%Y-%m-%d"])
GENDER = click.Choice(["0", "1", "2", "9"])

Command = Callable[..., Any]
Option = Callable[[Command], Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How one command was called: where to, as whom, and how to show what comes back."""

    url: str | None
    credentials_file: Path | None
    as_json: bool
    show_xml: bool
    learner_register: bool
    timeout: float | None

    @contextmanager
    def connection(self, credentials: Credentials | None = None) -> Iterator[Connection]:
        """Open a connection, with the credentials found when none are given; errors end the command with 1."""
        known = credentials or self._credentials()
        url = self.url or known.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
        try:
            connection = Connection(
                url,
                known,
                timeout=self.timeout or ANSWER_SECONDS,
                prefer=LEARNER_REGISTER if self.learner_register else LEARNER_SERVICE,
                show_xml=_show if self.show_xml else None,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        with connection:
            try:
                yield connection
            except LrsError as error:
                self.fail(error)
            except CredentialsError as error:
                raise click.UsageError(str(error)) from None

    def show(self, answer: object, told: str) -> None:
        """Print an answer: as JSON when that was asked for, else as told for people."""
        click.echo(output.as_json(answer) if self.as_json else told)

    def fail(self, error: LrsError) -> NoReturn:
        """Tell an error and end the command."""
        if self.as_json:
            click.echo(output.error_as_json(error))
        else:
            click.echo(output.error_told(error), err=True)
        sys.exit(1)

    def _credentials(self) -> Credentials:
        with warnings.catch_warnings(record=True, action="always") as caught:
            try:
                found = load_credentials(self.credentials_file, os.environ)
            except CredentialsError as error:
                raise click.UsageError(str(error)) from None
        for warning in caught:
            click.echo(f"Warning: {warning.message}", err=True)
        return found


def _show(text: str) -> None:
    click.echo(text, err=True)


COMMON = (
    click.option("--url", help=f"Where the service is. Default: the credentials' url, LRS_URL, else {DEFAULT_URL}."),
    click.option(
        "--credentials",
        "credentials_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="TOML file with ukprn, password and user_name. Default: LRS_UKPRN, LRS_PASSWORD and LRS_USER_NAME, "
        "else the file that LRS_CREDENTIALS names.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, all fields."),
    click.option("--show-xml", is_flag=True, help="Print request and answer on stderr, password blotted out."),
    click.option("--learner-register", is_flag=True, help="Use LearnerRegister.svc when it has the operation."),
)
SECONDS = click.FloatRange(min=0.1)
TIMEOUT = click.option("--timeout", type=SECONDS, help=f"Seconds to wait for an answer. Default: {ANSWER_SECONDS:g}.")
NAMES = (click.option("--given-name", required=True), click.option("--family-name", required=True))
IDENTITY = (click.option("--uln", required=True, help="The learner's ULN, ten digits."), *NAMES)
FIND_TYPE = click.option(
    "--find-type", type=click.Choice(["FUL", "CHK"]), default="FUL", help="FUL: whole learners, CHK: the code alone."
)
USER_TYPE = click.option(
    "--user-type",
    type=click.Choice(["LNR", "ORG", "SER"]),
    default="ORG",
    help="On whose behalf: LNR the learner, ORG the organisation, SER a service.",
)


def command(*options: Option, timeout: Option = TIMEOUT) -> Callable[[Command], Command]:
    """Give a command its options and the common ones; it gets a Session first, then its own values.

    timeout: an option of this name that says more.
    """

    def decorate(function: Command) -> Command:
        @wraps(function)
        def run(**values: Any) -> Any:
            common = {name: values.pop(name) for name in Session.__dataclass_fields__}
            return function(Session(**common), **values)

        whole: Command = run
        parts: tuple[Any, ...] = (*options, *COMMON, timeout)
        for option in reversed(parts):
            whole = option(whole)
        return whole

    return decorate


def without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    """Return those options that were given, moments as the days they are."""
    return {
        name: value.date() if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
