"""The register that the settings name, opened by whoever needs it and nothing else."""

from lrs_soap.settings import Settings
from lrs_soap.store import Store, open_store


def open_register(settings: Settings) -> Store:
    """Return the store that the settings name."""
    return open_store(settings.database, read_audit_delay=settings.read_audit_delay)
