"""`lrs-soap worker`."""

from typing import Any

import click

from lrs_soap import __version__
from lrs_soap.batch_process import worker_of
from lrs_soap.commands.shared import register, settings_from, settings_options
from lrs_soap.logs import log_to_stderr

_SETTINGS = ("database", "batch_poll", "job_lease", "job_attempts", "exception_days", "log_level", "fixed_time")


@click.command()
@click.option("--once", is_flag=True, help="Work on the batches that wait now, and end.")
@settings_options(*_SETTINGS)
def worker(once: bool, config: str | None, **flags: Any) -> None:
    """Work on batches until stopped, beside any number of other workers on the same database.

    `lrs-soap serve` has a worker of its own; let it do without (--no-batch-worker) where these do the work. A worker
    that is stopped finishes the record under way; one that is killed loses nothing, another takes over.

    \b
    Examples:
      lrs-soap worker --database postgresql://lrs@db.example.org/register
      lrs-soap worker --once
    """
    settings = settings_from(config, **flags)
    log_to_stderr(settings.log_level)
    with register(settings) as store:
        said = store.describe()
    with worker_of(settings) as working:
        if once:
            jobs, closed = working.run_pending(), working.close_overdue()
            click.echo(f"Worked on {_counted(jobs, 'job')}; closed {_counted(closed, 'overdue exception')}.")
            return
        click.echo(f"lrs-soap {__version__} works on the batches of {said} as {working.name}; stop it with Ctrl-C.")
        working.run()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
