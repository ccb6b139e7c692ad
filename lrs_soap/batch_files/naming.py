"""Names of batch files: who sends them, when they were made, and what is in them. Rule: "names of batch files"."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"LRB_([0-9A-Za-z]{8})_([0-9]{12})\.(CSV|XML)")
_MOMENT: Final = "%d%m%Y%H%M"
_ADVICE: Final = (
    "a batch file is called LRB_<UKPRN>_<DDMMYYYYHHMM>.CSV or .XML, the letters in capitals, "
    "such as LRB_10001234_020320261015.CSV"
)


class Form(StrEnum):
    """What a batch file is written in, as its name ends."""

    CSV = "CSV"
    XML = "XML"


class WrongNameError(ValueError):
    """A file is not named as batch files are; the text says how."""


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a batch file says. moment: as written, without a time zone."""

    ukprn: str
    moment: datetime
    form: Form

    def __str__(self) -> str:
        return f"LRB_{self.ukprn}_{self.moment.strftime(_MOMENT)}.{self.form}"


def parse_name(name: str) -> FileName:
    """Return what a file's name says. Raises WrongNameError.

    >>> parse_name("LRB_10001234_020320261015.CSV").ukprn
    '10001234'
    """
    parts = _NAME.fullmatch(name)
    if parts is None:
        in_capitals = _NAME.fullmatch(name.upper())
        raise WrongNameError(f"write it in capitals, {name.upper()}; {_ADVICE}" if in_capitals else _ADVICE)
    try:
        # No time zone: the name is the sender's, and only looked at.
        moment = datetime.strptime(parts[2], _MOMENT)  # noqa: DTZ007
    except ValueError:
        raise WrongNameError(f"{parts[2]} is no date and time; {_ADVICE}") from None
    return FileName(parts[1], moment, Form(parts[3]))


def form_of(path: Path) -> Form | None:
    """Return what a file seems to be written in, letter case aside."""
    suffix = path.suffix[1:].upper()
    return Form(suffix) if suffix in set(Form) else None
