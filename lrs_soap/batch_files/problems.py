"""What is wrong with a batch file: every problem with its line, column and rule."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from reprlib import Repr

from lrs_soap.domain.codes import ReturnCode

MOST_PER_RULE = 50
_SHOWN = Repr()
_SHOWN.maxstring = 60
quoted = _SHOWN.repr
"""Return a value for a message: in quotes, printable and not too long."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    line: counted from 1, 0 when it concerns the file as a whole. column: empty when it concerns no single one. code:
    what the record would come to; without one the file is refused as a whole.
    """

    line: int
    column: str
    rule: str
    text: str
    code: ReturnCode | None = None

    def shown(self, file: str) -> str:
        """Return the problem as one line for people."""
        place = f"{file}:{self.line}" if self.line else file
        parts = filter(None, (place, self.column, self.rule, self.text))
        return ": ".join(parts) + (f" ({self.code})" if self.code else "")


@dataclass(slots=True)
class Problems:
    """Collects the problems of one file: of each rule the first ones in full and the rest by number.

    of_file: how many let the file be refused as a whole.
    """

    found: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    of_file: int = 0

    def add(self, problem: Problem) -> None:
        """Note a problem."""
        self.counts[problem.rule] += 1
        self.of_file += problem.code is None
        if self.counts[problem.rule] <= MOST_PER_RULE:
            self.found.append(problem)

    def refuse(self, line: int, column: str, rule: str, text: str) -> None:
        """Note a problem for which the file is refused as a whole."""
        self.add(Problem(line, column, rule, text))

    def shown(self, file: str, *, of_file_alone: bool = False) -> Iterator[str]:
        """Give the problems for people, by line, and of each rule how many more there are."""
        kept = [problem for problem in self.found if problem.code is None or not of_file_alone]
        for problem in sorted(kept, key=lambda problem: problem.line):
            yield problem.shown(file)
        for rule in dict.fromkeys(problem.rule for problem in kept):
            if (more := self.counts[rule] - MOST_PER_RULE) > 0:
                yield f"… and {more:,} more: {rule}"


class UnreadableError(Exception):
    """The rest of a file cannot be made sense of; why is among its problems."""


class FileRefusedError(Exception):
    """A file cannot be taken in; why is among its problems."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return the end of a sentence on an unknown name: which one may be meant, nothing when none comes close."""
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
