"""`lrs-soap`: the commands people type.

Errors end in one line on standard error; the exit code is 2 for a command or setting that cannot be used, 1 for what
did not work out.
"""

import platform

import click

from lrs_soap import __version__
from lrs_soap.commands.batch import batch
from lrs_soap.commands.certs import certs
from lrs_soap.commands.conformance import conformance
from lrs_soap.commands.database import db
from lrs_soap.commands.exceptions import exceptions
from lrs_soap.commands.generate import generate
from lrs_soap.commands.load import load
from lrs_soap.commands.organisations import organisation
from lrs_soap.commands.serve import serve
from lrs_soap.commands.shared import Commands
from lrs_soap.commands.show_settings import settings
from lrs_soap.commands.ulns import ulns
from lrs_soap.commands.worker import worker


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


for command in (serve, worker, load, generate, db, organisation, certs, batch, exceptions, conformance, ulns, settings):
    main.add_command(command)
