"""A population straight into a register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrs_soap.generating.population import BLOCK, Population
from lrs_soap.generating.producing import processes_for, produced
from lrs_soap.store import Store
from lrs_soap.store.bulk import Rows, make_rows

Progress = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Makes the rows of a block for a kind of database."""

    population: Population
    backend: str

    def __call__(self, number: int) -> Rows:
        """Return the rows of a block; of the population's last one, only those that are still wanted."""
        wanted = self.population.count - number * BLOCK
        block = self.population.fields(number)
        return make_rows(self.backend, block[:wanted] if wanted > 0 else block)


def store_population(
    store: Store,
    population: Population,
    *,
    progress: Progress,
    built: Callable[[str], Any],
    processes: int | None = None,
) -> int:
    """Add the learners of a population to a register, all or none, and return how many blocks it took.

    Those whose ULN or details the register has already are left out, and the next of the population take their place.
    progress: told how many learners were added. built: told each index that was built. Raises ExhaustedError.
    """
    with store.loading() as load:
        make = RowMaker(population, load.backend)
        with produced(make, processes or processes_for(population)) as blocks:
            missing, number = population.count, 0
            while missing:
                # As many blocks as it takes when nothing is left out, then as many as are still missing.
                end = number + -(-missing // BLOCK)
                for rows in blocks(number, end):
                    added = load.add(rows, missing)
                    missing -= added
                    progress(added)
                number = end
        load.finish(built)
    return number
