"""Drawing by weight, from numbers between 0 and 1."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Item = TypeVar("Item")

# How much rarer the later names of a list are: the weight of a place is one by the place and this many more.
_FLATNESS = 6


class Weighted(Generic[Item]):
    """Items with their weights; a number drawn evenly from 0 to 1 picks each as often as its weight says.

    >>> coin = Weighted([("heads", 3), ("tails", 1)])
    >>> coin.pick(0.7), coin.pick(0.8)
    ('heads', 'tails')
    """

    __slots__ = ("_bounds", "_items", "_last")

    def __init__(self, pairs: Iterable[tuple[Item, float]]) -> None:
        known = list(pairs)
        total = sum(weight for _, weight in known)
        self._items: Sequence[Item] = [item for item, _ in known]
        self._bounds = [bound / total for bound in accumulate(weight for _, weight in known)]
        self._last = len(known) - 1

    def pick(self, at: float) -> Item:
        """Return the item that a number from 0 (included) to 1 (not included) stands for."""
        return self._items[bisect_right(self._bounds, at, 0, self._last)]

    @property
    def items(self) -> Sequence[Item]:
        """What there is to pick from."""
        return self._items


def by_rank(items: Iterable[Item]) -> list[tuple[Item, float]]:
    """Return items, the commonest first, with weights as ranks of names have them (Zipf and Mandelbrot's law)."""
    return [(item, 1 / (_FLATNESS + place)) for place, item in enumerate(items, 1)]


def of_table(table: Mapping[str, float]) -> Weighted[str]:
    """Return the weights of a table."""
    return Weighted(table.items())
