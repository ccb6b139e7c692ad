"""Clients that take one task after the other and note what they asked and were told."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lrs_soap.domain.codes import ResponseCode
from tests.history.messages import learners_in, message_of, service_of
from tests.history.operations import UNKNOWN, UPDATES, Kind, Operation, Seen, Values
from tests.history.planning import Task, details
from tests.wire.soap import post

# A connection that breaks once it stands: whether the request was carried out, nobody knows.
BREAKS = (ConnectionResetError, BrokenPipeError, http.client.HTTPException, TimeoutError)
PATIENCE_SECONDS = 120


class NoServerError(RuntimeError):
    """No server could be reached for a long time."""


class Whereabouts:
    """Where the server answers; nowhere while it is started again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._address: str | None = None

    def set(self, address: str | None) -> None:
        """Tell where, or that it is nowhere."""
        with self._changed:
            self._address = address
            self._changed.notify_all()

    def get(self) -> str:
        """Wait until it is somewhere and return the address. Raises NoServerError."""
        with self._changed:
            self._changed.wait_for(lambda: self._address, PATIENCE_SECONDS)
            if self._address is None:
                raise NoServerError
            return self._address


@dataclass(slots=True)
class Book:
    """What all clients together have seen: by person, each learner as it was shown or written last."""

    _people: dict[int, dict[str, Seen]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, person: int, seen: Seen) -> None:
        """Keep what a learner looks like, unless something newer is known."""
        with self._lock:
            known = self._people.setdefault(person, {})
            if seen.uln not in known or known[seen.uln].version <= seen.version:
                known[seen.uln] = seen

    def one_of(self, person: int, choice: int) -> Seen | None:
        """Return a learner of a person, or None when there is none so far."""
        with self._lock:
            known = sorted(self._people.get(person, {}).values(), key=lambda seen: seen.uln)
        return known[choice % len(known)] if known else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a task comes to, by what is known of its person: without any learner, it is a registration."""

    kind: Kind
    values: Values
    about: Seen | None = None

    @property
    def uln(self) -> str | None:
        """The ULN asked for."""
        return self.about.uln if self.about else None

    @property
    def version(self) -> int | None:
        """The version that an update is based on."""
        return self.about.version if self.about and self.kind in UPDATES else None

    @property
    def message(self) -> str:
        """The request."""
        return message_of(self.kind, self.values, self.uln or "", self.version or 0)


def asked(task: Task, book: Book) -> Asked:
    """Return what to ask for a task."""
    wanted = details(task.person, task.variant)
    if task.kind is Kind.SEARCH:
        return Asked(Kind.SEARCH, wanted)
    about = book.one_of(task.person, task.number)
    if task.kind is Kind.REGISTER or about is None:
        return Asked(Kind.REGISTER, wanted | {"Notes": f"Written by {task.number}"} | dict(task.extra))
    if task.kind is Kind.UPDATE_SUBSET:
        return Asked(task.kind, task.extra, about)
    return Asked(task.kind, {**wanted, **(task.extra if task.kind is Kind.UPDATE else {})}, about)


class Client:
    """One client: takes tasks until none are left, whatever happens to the server."""

    def __init__(self, number: int, where: Whereabouts, book: Book) -> None:
        self._number = number
        self._where = where
        self._book = book

    def work(self, tasks: Iterator[Task], done: Callable[[Operation], None]) -> None:
        """Carry out tasks and tell each operation."""
        for task in tasks:
            operation = self._carry_out(task.number, asked(task, self._book))
            self._learn(task.person, operation)
            done(operation)

    def _carry_out(self, number: int, wanted: Asked) -> Operation:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            address = self._where.get()
            began = time.monotonic_ns()
            try:
                return self._answered(number, wanted, address, began)
            except ConnectionRefusedError:
                # Nothing was sent, so nothing happened.
                time.sleep(0.02)
            except BREAKS:
                return self._noted(number, wanted, began, UNKNOWN)
        raise NoServerError

    def _answered(self, number: int, wanted: Asked, address: str, began: int) -> Operation:
        reply = post(address, service_of(wanted.kind), wanted.message)
        ended = time.monotonic_ns()
        uln = reply.anywhere("ULN") if wanted.kind is Kind.REGISTER else wanted.uln
        return self._noted(number, wanted, began, reply.code or reply.text, ended, uln, learners_in(reply))

    def _noted(
        self,
        number: int,
        wanted: Asked,
        began: int,
        outcome: str,
        ended: int | None = None,
        uln: str | None = None,
        seen: tuple[Seen, ...] = (),
    ) -> Operation:
        return Operation(
            number,
            self._number,
            wanted.kind,
            began,
            ended or time.monotonic_ns(),
            outcome,
            uln or wanted.uln,
            wanted.version,
            wanted.values,
            seen,
        )

    def _learn(self, person: int, operation: Operation) -> None:
        for seen in operation.seen:
            self._book.note(person, seen)
        if operation.uln and operation.outcome == ResponseCode.REGISTERED:
            self._book.note(person, Seen(operation.uln, 1, operation.values))
        if operation.uln and operation.version and operation.outcome == ResponseCode.UPDATED:
            self._book.note(person, Seen(operation.uln, operation.version + 1, {}))
