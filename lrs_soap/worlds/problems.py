"""What is wrong with a file: every problem with file, line, field and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_PROBLEMS = 50
_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a file.

    line: counted from 1, 0 when it concerns the file as a whole. field: such as `Learners[3].Gender`, or a column.
    """

    file: str
    line: int
    field: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.field}: {self.text}" if self.field else f"{place}: {self.text}"


class WorldError(Exception):
    """A file cannot be loaded, and nothing of it has been; lists what is wrong, by line, as far as it was kept."""

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        self.problems = tuple(sorted(problems))
        self.more = more
        super().__init__(str(self))

    def __str__(self) -> str:
        rest = [f"… and {self.more} more problems"] if self.more else []
        return "\n".join([*map(str, self.problems), *rest])


@dataclass(slots=True)
class Problems:
    """Collects the problems of one file, the first ones in full and the rest by number."""

    file: str
    found: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(self, line: int, field_name: str, text: str) -> None:
        """Note a problem."""
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(self.file, line, field_name, text))
        else:
            self.more += 1

    def raise_any(self) -> None:
        """Raise WorldError when there is a problem."""
        if self.found:
            raise WorldError(self.found, self.more)


def quoted(value: object) -> str:
    """Return a value for a message: in quotes, printable and not too long."""
    text = repr(str(value))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 2] + "…'"
