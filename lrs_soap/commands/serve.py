"""`lrs-soap serve`."""

import os
import secrets
from contextlib import ExitStack
from typing import Any

import click

from lrs_soap import __version__, listening, serving, tls
from lrs_soap.app import SERVICES
from lrs_soap.commands import control
from lrs_soap.commands.shared import Failure, register, settings_from, settings_options
from lrs_soap.domain.passwords import hash_password
from lrs_soap.settings import Settings
from lrs_soap.store import Store, UnitOfWork
from lrs_soap.testbench.world_files import DEMO, EMPTY
from lrs_soap.worlds import Means, load_demo

DEMO_UKPRN = "DEMO0001"
DEMO_PASSWORD = "demo-password-01"  # noqa: S105 - a documented password of an invented organisation


@click.command()
@settings_options()
@click.option("--demo", is_flag=True, help="Serve the demo world, from a temporary database unless one is given.")
def serve(config: str | None, demo: bool, **flags: Any) -> None:
    """Answer SOAP requests until stopped.

    Every option can also stand in the environment, as LRS_SOAP_ and its name in capitals, or in the TOML file. An
    empty database gets its tables; one of an older version must be brought up to date first.

    \b
    Examples:
      lrs-soap serve --demo
      lrs-soap serve --database sqlite:////var/lib/lrs-soap/register.db --port 8080
      lrs-soap serve --config lrs-soap.toml --workers 4
      lrs-soap serve --demo --tls --require-client-certificate
    """
    settings = settings_from(config, **flags)
    control.check(settings)
    tls.contexts_of(settings)
    serving.stop_at_signals()
    with ExitStack() as stack:
        temporary = demo and "database" not in settings.model_fields_set
        if temporary:
            directory = stack.enter_context(serving.temporary_directory())
            settings = settings.model_copy(update={"database": f"sqlite:///{directory}/demo.db"})
        if settings.control_api:
            settings = control.with_directory(settings, stack)
        listener = stack.enter_context(listening.listen(settings.host, settings.port))
        address = listening.address_of(listener, "https" if settings.tls else "http")
        control_said = tls.told(settings) + control.told(settings, address)
        said = _welcome(address, _prepare(settings, demo, temporary), control_said, temporary, demo)
        serving.serve(settings, listener, lambda: click.echo(said))


def _prepare(settings: Settings, demo: bool, temporary: bool) -> list[str]:
    """Make the register ready to be served, and return what is in it."""
    with register(settings) as store:
        if demo:
            _load_demo(store, settings)
        if settings.control_api:
            control.prepare(settings, store, origin=DEMO if demo else EMPTY, lasting=not temporary)
        with store.reading() as work:
            learners, organisations = work.learners.count(), len(work.organisations.all())
        return [f"{store.describe()}, {learners} learners", f"{organisations} organisations"]


def _load_demo(store: Store, settings: Settings) -> None:
    with store.writing() as work:
        if work.organisations.by_ukprn(DEMO_UKPRN) is not None:
            return
        if not _is_empty(work):
            raise Failure(
                f"{store.describe()} is not empty; give --demo an empty database, or none for a temporary one"
            )
        load_demo(work, Means(settings.clock.now(), hash_password, secrets.randbelow))


def _is_empty(work: UnitOfWork) -> bool:
    return work.learners.count() == 0 and not work.organisations.all()


def _welcome(address: str, register_said: list[str], control_said: list[str], temporary: bool, demo: bool) -> str:
    lasting = "temporary, gone when the service stops" if temporary else "kept when the service stops"
    lines = [f"lrs-soap {__version__} is ready at {address}", ""]
    lines += [f"  {address}/{name}.svc?wsdl" for name in SERVICES]
    lines += ["", f"Register: {', '.join(register_said)}; {lasting}."]
    if demo:
        lines.append(f"Call as UKPRN {DEMO_UKPRN} with OrgPassword {DEMO_PASSWORD} and any UserName.")
    elif register_said[1].startswith("0 "):
        lines.append("No organisation may call yet: add one with `lrs-soap organisation add`.")
    lines += control_said
    lines.append(f"Stop it with Ctrl-C, or with `kill {os.getpid()}`.")
    return "\n".join(lines)
