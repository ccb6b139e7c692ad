"""What the commands share: settings from options, the register opened and checked, and errors in one line."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lrs_soap.listening import CannotListenError
from lrs_soap.registers import open_register
from lrs_soap.settings import CONFIG_VARIABLE, Settings, SettingsError, load_settings
from lrs_soap.store import (
    DatabaseUrlError,
    DuplicateLearnerError,
    DuplicateOrganisationError,
    LearningEventError,
    Store,
)
from lrs_soap.worlds import Loaded, WorldError, load_qualifications

Command = Callable[..., None]
_STATES = {
    "outdated": "its tables are those of an older version; bring them up to date with `lrs-soap db upgrade`",
    "newer": "its tables are those of a newer version; use that version of lrs-soap, or another database",
}


class Failure(click.ClickException):
    """Something did not work out; the text says what and what to do."""


class WrongSettings(click.ClickException):
    """A setting cannot be used."""

    exit_code = 2


def told(error: Exception) -> click.ClickException | None:
    """Return an error as the one line that whoever typed the command sees, None for one that nobody foresaw."""
    match error:
        case SettingsError():
            return WrongSettings(str(error))
        case WorldError():
            return Failure(f"nothing has been loaded:\n{error}")
        case DatabaseUrlError():
            return WrongSettings(f"setting database: {error}")
        case CannotListenError() | DuplicateLearnerError() | DuplicateOrganisationError() | LearningEventError():
            return Failure(str(error))
        case SQLAlchemyError():
            return Failure(_explain(error))
    return None


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a command `--config` and an option for each of these settings, all when none is named."""

    def decorate(command: Command) -> Command:
        for name in reversed(names or tuple(Settings.model_fields)):
            command = _option(name)(command)
        file = click.Path(exists=True, dir_okay=False)
        return click.option("--config", type=file, help="TOML file with settings.")(command)

    return decorate


def settings_from(config: str | None, **flags: Any) -> Settings:
    """Return the settings in force: options first, then the environment, then the TOML file. Raises SettingsError."""
    try:
        with _config_named(config):
            return load_settings(**flags)
    except SettingsError:
        raise
    except ValueError as error:
        # The file is not TOML, or not text.
        raise SettingsError(f"{config_file(config)}: {error}") from None


def config_file(config: str | None) -> str | None:
    """Return the settings file in force: the one the option names, else the one the environment names."""
    return config or os.environ.get(CONFIG_VARIABLE)


@contextmanager
def _config_named(config: str | None) -> Iterator[None]:
    """Let the environment name the settings file of the option, for as long as settings are read."""
    before = os.environ.get(CONFIG_VARIABLE)
    if config is not None:
        os.environ[CONFIG_VARIABLE] = config
    try:
        yield
    finally:
        if config is not None:
            os.environ.pop(CONFIG_VARIABLE)
            os.environ.update({} if before is None else {CONFIG_VARIABLE: before})


@contextmanager
def register(settings: Settings) -> Iterator[Store]:
    """Open the register, make its tables when there are none, and refuse one that does not fit this version."""
    with store_of(settings) as store:
        state = store.schema_state()
        if state in _STATES:
            raise Failure(f"{store.describe()}: {_STATES[state]}")
        if state == "empty":
            make_tables(store)
        yield store


def make_tables(store: Store) -> Loaded:
    """Make the tables or bring them up to date, fill those that are not to be empty, and return what went in."""
    # In one transaction: tables that are there without what belongs in them would pass for a finished register.
    with store.migration() as work:
        return load_qualifications(work)


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """Open the store as it stands, and close it at the end."""
    _check_directory(settings.database)
    store = open_register(settings)
    try:
        yield store
    finally:
        store.close()


def _check_directory(url: str) -> None:
    file = make_url(url).database if url.startswith("sqlite:///") else None
    if file and not Path(file).parent.is_dir():
        raise Failure(f"there is no directory {Path(file).parent} to keep the database in; make it first")


def _option(name: str) -> Callable[[Command], Command]:
    field = Settings.model_fields[name]
    default = field.get_default()
    said = f"{field.description} [default: {default}]" if default not in ("", None) else field.description
    flag = "--" + name.replace("_", "-")
    if field.annotation is bool:
        return click.option(f"{flag}/--no-{flag[2:]}", default=None, help=said)
    return click.option(flag, metavar=_metavar(field.annotation), help=said)


def _metavar(annotation: Any) -> str:
    return "NUMBER" if annotation in (int, float) else "TEXT"


def _explain(error: SQLAlchemyError) -> str:
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return f"the database cannot be used: {reason.strip().splitlines()[0]}"
