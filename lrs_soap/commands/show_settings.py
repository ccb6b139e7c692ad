"""`lrs-soap settings`."""

import os
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import click

from lrs_soap.commands.shared import config_file, settings_from, settings_options
from lrs_soap.settings import Settings
from lrs_soap.store import DatabaseUrlError, shown_url

_WIDTH = 100
_SECRETS = frozenset({"control_token"})


@click.command()
@settings_options()
def settings(config: str | None, **flags: Any) -> None:
    """Print every setting: its value, where that comes from, and its meaning.

    Takes the same options as `serve`, so that it shows what `serve` would use.

    \b
    Examples:
      lrs-soap settings
      LRS_SOAP_WORKERS=4 lrs-soap settings --config lrs-soap.toml
    """
    in_force = settings_from(config, **flags)
    file = config_file(config)
    in_file = _named_in(file)
    for name, field in Settings.model_fields.items():
        value = getattr(in_force, name)
        shown = _without_secret(name, value)
        click.echo(f"{name} = {shown}  ({_source(name, flags) or (f'file {file}' if name in in_file else 'default')})")
        click.echo(textwrap.indent(textwrap.fill(field.description or "", _WIDTH), "    "))


def _named_in(file: str | None) -> frozenset[str]:
    return frozenset(tomllib.loads(Path(file).read_text("utf-8"))) if file else frozenset()


def _source(name: str, flags: dict[str, Any]) -> str | None:
    """Return the option or variable that a setting comes from, None when it is from neither."""
    if flags.get(name) is not None:
        return "option --" + name.replace("_", "-")
    variable = f"LRS_SOAP_{name.upper()}"
    return f"environment {variable}" if variable in {known.upper() for known in os.environ} else None


def _shown(value: object) -> str:
    return "none" if value is None else repr(value) if isinstance(value, str) else str(value)


def _without_secret(name: str, value: object) -> str:
    if name == "database":
        return _without_password(str(value))
    return "'***'" if name in _SECRETS and value else _shown(value)


def _without_password(url: str) -> str:
    try:
        return repr(shown_url(url))
    except DatabaseUrlError:
        return "not a database URL"
