"""ULNs for records that are made in numbers, outside a registration. Rule: "ULNs are drawn at random"."""

from collections.abc import Callable, Container, Sequence

from lrs_soap.domain import uln

DRAWN_AT_ONCE = 500


def draw_free(
    count: int, in_use: Callable[[Sequence[str]], Container[str]], randbelow: Callable[[int], int]
) -> list[str]:
    """Return that many different ULNs drawn at random; `in_use` tells which of some drawn are used already."""
    free: dict[str, None] = {}
    while len(free) < count:
        drawn = [uln.draw(randbelow) for _ in range(min(count - len(free), DRAWN_AT_ONCE))]
        used = in_use(drawn)
        free |= dict.fromkeys(number for number in drawn if number not in used)
    return list(free)
