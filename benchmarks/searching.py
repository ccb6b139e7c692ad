"""Searching registers of several sizes: by ULN and by demographics, for whom many share a date of birth too.

Each search is that of the rules, in this process; told apart are the whole of it and what the database takes of it:
the questions to the store, with the making of learners from the rows they bring.
"""

import platform
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any, Final

from tqdm import tqdm

from benchmarks.figures import Figure
from benchmarks.large import ELSEWHERE, LargeRegisters, note, population, some_of
from benchmarks.measured import markdown
from benchmarks.options import Options
from benchmarks.registers import Registers
from lrs_soap.domain.finding import FindByDemographics, FindByUln, FindResult, find_by_demographics, find_by_uln
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Learners
from lrs_soap.generating.birth import births
from lrs_soap.store import open_store

BLOCKS: Final = 30
WANTED: Final = 500
COLUMNS: Final = ("database_p50", "database_p99", "whole_p50", "whole_p99")
DRAWN: Final = (
    "by ULN",
    "by demographics, as registered",
    "by demographics, misspelt",
    "shared date of birth, as registered",
    "shared date of birth, misspelt",
)
Search = Callable[[Learners], FindResult]


@dataclass(slots=True)
class Times:
    """Seconds that searches took, and those that the database took of them."""

    whole: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


class Timed:
    """Learners of a store that add up how long they take to answer."""

    def __init__(self, learners: Learners) -> None:
        self._learners = learners
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        question: Callable[..., Any] = getattr(self._learners, name)

        def asked(*values: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return question(*values, **named)
            finally:
                self.seconds += time.perf_counter() - started

        return asked


def measure(options: Options, registers: Registers) -> Iterator[str | Figure]:
    """Give what was measured."""
    numbers: list[dict[str, Any]] = []
    with LargeRegisters(options, registers) as large:
        for kind in large.kinds:
            numbers += _search(options, large, kind)
            note(options, "searching", numbers)
    yield (
        f"Searching, Python {platform.python_version()}, {options.rounds} rounds of {WANTED} searches of each kind; "
        f"milliseconds, p50 and p99 in the database, then of the whole search\n\n{_table(numbers)}\n"
    )
    yield figure(numbers)


def _search(options: Options, large: LargeRegisters, kind: str) -> list[dict[str, Any]]:
    """Search the registers of all sizes in turn, round after round, so that all meet the same machine."""
    urls = {size: large.loaded(kind, size) for size in options.sizes}
    searches = {size: _searches(size) for size in options.sizes}
    times = {size: {name: Times() for name in searches[size]} for size in options.sizes}
    with ExitStack() as stack:
        stores = {size: stack.enter_context(closing(open_store(url))) for size, url in urls.items()}
        for number in tqdm(range(options.rounds + 1), desc=f"searching {kind}", disable=None, leave=False):
            for size, store in stores.items():
                with store.reading() as work:
                    for name, some in searches[size].items():
                        # The first round only warms up.
                        _ask(some, work.learners, times[size][name] if number else Times())
    return [
        {"database": kind, "learners": size, "search": name, **_percentiles(taken)}
        for size, by_name in times.items()
        for name, taken in by_name.items()
    ]


def _ask(searches: Sequence[Search], learners: Learners, times: Times) -> None:
    timed: Any = Timed(learners)
    for search in searches:
        timed.seconds = 0.0
        started = time.perf_counter()
        search(timed)
        times.whole.append(time.perf_counter() - started)
        times.database.append(timed.seconds)


def _searches(size: int) -> Mapping[str, list[Search]]:
    """Return the searches of each kind in a register of a size."""
    chance = random.Random(size)
    known = some_of(size, BLOCKS, chance)
    unknown = births(population(size).on).unknown
    ordinary = chance.sample([one for one in known if one.date_of_birth != unknown], WANTED)
    shared = [one for one in known if one.date_of_birth == unknown]
    shared = chance.sample(shared, min(WANTED, len(shared)))
    return {
        "by ULN": [_by_uln(one) for one in ordinary],
        "by demographics, as registered": [_by_demographics(one) for one in ordinary],
        "by demographics, moved": [_by_demographics(one, last_known_post_code=ELSEWHERE) for one in ordinary],
        "by demographics, misspelt": [_by_demographics(one, given_name=_misspelt(one)) for one in ordinary],
        "shared date of birth, as registered": [_by_demographics(one) for one in shared],
        "shared date of birth, moved": [_by_demographics(one, last_known_post_code=ELSEWHERE) for one in shared],
        "shared date of birth, misspelt": [_by_demographics(one, given_name=_misspelt(one)) for one in shared],
    }


def _misspelt(learner: Learner) -> str:
    return f"{learner.given_name[:-1]}{learner.given_name[-1] * 2}"


def _by_uln(learner: Learner) -> Search:
    wanted = FindByUln(uln=learner.uln, family_name=learner.family_name, given_name=learner.given_name)
    return lambda learners: find_by_uln(wanted, learners)


def _by_demographics(learner: Learner, **changed: str) -> Search:
    values: dict[str, Any] = {
        "family_name": learner.family_name,
        "given_name": learner.given_name,
        "date_of_birth": learner.date_of_birth,
        "gender": learner.gender,
        "last_known_post_code": learner.last_known_post_code,
    }
    wanted = FindByDemographics(**(values | changed))
    return lambda learners: find_by_demographics(wanted, learners)


def _percentiles(times: Times) -> dict[str, float]:
    """Return the 50th and 99th percentiles, in milliseconds."""
    whole, database = (quantiles(some, n=100) for some in (times.whole, times.database))
    return {
        "database_p50": database[49] * 1000,
        "database_p99": database[98] * 1000,
        "whole_p50": whole[49] * 1000,
        "whole_p99": whole[98] * 1000,
    }


def _table(numbers: Sequence[Mapping[str, Any]]) -> str:
    """Return a row for each search and database; ratios are of the p50 in the largest register to the smallest."""
    sizes = sorted({one["learners"] for one in numbers})
    heading = [f"{size:,}: {name}" for size in sizes for name in ("p50", "p99", "whole p50", "whole p99")]
    rows = []
    for database, search in dict.fromkeys((one["database"], one["search"]) for one in numbers):
        some = [one for one in numbers if (one["database"], one["search"]) == (database, search)]
        some.sort(key=lambda one: one["learners"])
        told = [f"{one[name]:.2f}" for one in some for name in COLUMNS]
        ratios = [f"{some[-1][name] / some[0][name]:.2f}" for name in ("database_p50", "whole_p50")]
        rows.append([f"{database}, {search}", *told, *ratios])
    return markdown(["", *heading, "p50, largest to smallest", "whole"], rows)


def figure(numbers: Sequence[Mapping[str, Any]]) -> Figure:
    """Return the figure of what the database takes of the slowest searches."""
    lines: dict[tuple[str, str], dict[int, float]] = {}
    for one in numbers:
        if one["search"] in DRAWN:
            lines.setdefault((one["search"], one["database"]), {})[one["learners"]] = one["database_p99"]
    return Figure("searching", "Searching: p99 of the time in the database", lines)
