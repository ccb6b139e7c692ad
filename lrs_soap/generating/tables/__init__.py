"""What learners are drawn from, kept as TOML beside this module."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return the table of a name (`names` for `names.toml`), read once per process and not to be changed."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def listed(text: str) -> tuple[str, ...]:
    """Return the items of a list that is parted by commas.

    >>> listed("Ap Rhys, Glyn")
    ('Ap Rhys', 'Glyn')
    """
    return tuple(item.strip() for item in text.split(","))
