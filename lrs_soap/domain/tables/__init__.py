"""Rules that are data: weights, lists and texts that a site may want otherwise, kept as TOML beside this module."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """Return the table of a name (`codes` for `codes.toml`), read once per process and not to be changed."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def texts(name: str, list_name: str) -> tuple[str, ...]:
    """Return one list of texts of a table."""
    return tuple(str(text) for text in load(name)[list_name])


def mapping(name: str, section: str) -> dict[str, str]:
    """Return one section of a table that maps texts to texts."""
    return {str(key): str(value) for key, value in load(name)[section].items()}


def numbers(name: str, section: str) -> dict[str, float]:
    """Return one section of a table that maps texts to numbers."""
    return {str(key): float(value) for key, value in load(name)[section].items()}
