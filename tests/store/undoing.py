"""Units of work that come to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from lrs_soap.store import Store, UnitOfWork


class Undo(Exception):  # noqa: N818 - no error
    """Ends a unit of work whose changes are not to be kept."""


@contextmanager
def undone(store: Store) -> Iterator[UnitOfWork]:
    """Give a unit of work that ends with an exception."""
    with suppress(Undo), store.writing() as work:
        yield work
        raise Undo
