"""Numbers drawn from a seed: the same ones on every machine, whoever draws them."""

import hashlib
from collections.abc import Callable
from itertools import count

Draw = Callable[[int], int]
"""As `secrets.randbelow`: gives a number from 0 to one less than it is told."""


def drawn(seed: int | None, purpose: str, number: int, below: int) -> int:
    """Return the number that a draw of a seed gives, by the draw's own number; each purpose has draws of its own."""
    digest = hashlib.blake2b(f"{seed}:{purpose}:{number}".encode(), digest_size=16).digest()
    return int.from_bytes(digest) % below


def seeded(seed: int, purpose: str) -> Draw:
    """Return draws from a seed, beginning with the first."""
    numbers = count(1)
    return lambda below: drawn(seed, purpose, next(numbers), below)
