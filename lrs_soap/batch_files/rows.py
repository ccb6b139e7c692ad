"""What readers of batch files give: the rows one by one and, before the first, what the file says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from lrs_soap.batch_files.problems import Problems


@dataclass(frozen=True, slots=True)
class Row:
    """One learner: the line it starts on, and its filled values by column.

    whole: whether the columns are certain; there is nothing to be said of the values of one that is not.
    """

    line: int
    values: Mapping[str, str]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and the line it stands on."""

    line: int
    value: str


@dataclass(slots=True)
class Reading:
    """What is found out while a file is read.

    rows: how many have been given. about: what the file says of itself by column, None when it could not be made out.
    """

    problems: Problems
    rows: int = 0
    about: dict[str, Cell] | None = None
