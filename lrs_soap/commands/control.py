"""What `lrs-soap serve` does for the control API before it serves: checks, a directory, the default world."""

from contextlib import ExitStack, closing
from ipaddress import ip_address
from pathlib import Path

from lrs_soap.app import open_control, open_worlds
from lrs_soap.commands.shared import Failure, WrongSettings
from lrs_soap.serving import temporary_directory
from lrs_soap.settings import Settings
from lrs_soap.store import Store


def check(settings: Settings) -> None:
    """Refuse settings under which strangers could control the service, or a seed would mean nothing."""
    if settings.control_api and not settings.control_token and not _is_loopback(settings.host):
        raise WrongSettings(
            f"setting control_api: whoever reaches {settings.host} could control the service; give --control-token, "
            "or leave the control API out with --no-control-api"
        )
    if settings.seed is not None and not settings.control_api:
        raise WrongSettings("setting seed: it needs the control API, which keeps count of what was drawn")


def with_directory(settings: Settings, stack: ExitStack) -> Settings:
    """Return settings with a directory for what the processes of the server share, until the stack is closed."""
    directory = settings.control_directory or stack.enter_context(temporary_directory())
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{directory} cannot be used as control directory: {error.strerror}") from None
    return settings.model_copy(update={"control_directory": directory})


def prepare(settings: Settings, store: Store, *, origin: str, lasting: bool) -> None:
    """Make the tables of what the processes share, and the default world known."""
    with closing(open_control(settings)) as control:
        control.tables()
    with closing(open_worlds(settings, store)) as worlds:
        worlds.add_default(origin=origin, seed=settings.seed, lasting=lasting)


def told(settings: Settings, address: str) -> list[str]:
    """Return what to say of the control API once the service is ready."""
    if not settings.control_api:
        return []
    seed = [] if settings.seed is None else [f"ULNs are drawn from the seed {settings.seed}."]
    return [f"Control API: {address}/_lrs/", *seed]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
