"""`lrs-soap`: the commands people type.

Errors end in one line on standard error; the exit code is 2 for a command or setting that cannot be used, 1 for what
did not work out.
"""

import platform
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

from lrs_soap import __version__

_PLACES: Final[Mapping[str, str]] = {
    "serve": "serve:serve",
    "worker": "worker:worker",
    "load": "load:load",
    "generate": "generate:generate",
    "db": "database:db",
    "organisation": "organisations:organisation",
    "certs": "certs:certs",
    "batch": "batch:batch",
    "exceptions": "exceptions:exceptions",
    "conformance": "conformance:conformance",
    "uln": "ulns:ulns",
    "settings": "show_settings:settings",
}


class _Commands(click.Group):
    """All commands. Each is imported when it is asked for: some of them need the whole service, most need little."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *_PLACES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, None when there is none."""
        if cmd_name in _PLACES and cmd_name not in self.commands:
            module, _, name = _PLACES[cmd_name].partition(":")
            self.add_command(getattr(import_module(f"lrs_soap.commands.{module}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what can be foreseen ends in one clear line instead of a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # Whatever can raise one of those has been imported by now, and so has what it takes to tell it.
            from lrs_soap.commands.shared import told

            if (line := told(error)) is None:
                raise
            raise line from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """A stand-in for the UK Learning Records Service.

    \b
    Examples:
      lrs-soap serve --demo
      lrs-soap load world.yaml
      lrs-soap serve
    """


@main.command()
def version() -> None:
    """Print the version.

    \b
    Example:
      lrs-soap version
    """
    click.echo(f"lrs-soap {__version__} on Python {platform.python_version()}")
