"""Who types the commands, and what is fit to be shown to them."""

import getpass


def login_name() -> str:
    """Return the name of the user of the machine, for the audit trail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


def printable(text: str) -> str:
    """Return a text that was handed in, fit for a terminal: what could steer one is replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
