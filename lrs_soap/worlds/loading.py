"""What a load needs, and how much it has loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many records have been loaded."""

    organisations: int = 0
    learners: int = 0
    events: int = 0
    qualifications: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.organisations + other.organisations,
            self.learners + other.learners,
            self.events + other.events,
            self.qualifications + other.qualifications,
        )

    def __str__(self) -> str:
        counts = (
            (self.organisations, "organisation"),
            (self.learners, "learner"),
            (self.events, "learning event"),
            (self.qualifications, "qualification"),
        )
        said = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
        return ", ".join(said) or "nothing"


@dataclass(frozen=True, slots=True)
class Means:
    """What loading needs from outside.

    now: the moment of the load, aware. hash_password: what is stored of a password. randbelow: as `secrets.randbelow`.
    show_progress: whether long loads draw a progress bar on standard error.
    """

    now: datetime
    hash_password: Callable[[str], str]
    randbelow: Callable[[int], int]
    show_progress: bool = False
