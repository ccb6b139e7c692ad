"""A whole run: clients at work, the server disturbed, and the census in the end."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

from lrs_soap.domain.codes import ResponseCode
from lrs_soap.domain.learner import Learner
from lrs_soap.store.engine import make_engine, parse_url
from lrs_soap.store.learner_rows import WHOLE, to_learner
from tests.history.clients import Book, Client
from tests.history.operations import Disturbance, History, Kind, Operation, Seen
from tests.history.planning import Plan, Task, tasks, troubles
from tests.history.serving import DisturbedServer, disturbed_server
from tests.wire.conftest import fill

WORKERS = 4


class Recorder:
    """Keeps what clients did, and lets others wait until they did enough."""

    def __init__(self, progress: Callable[[int], object]) -> None:
        self.history = History()
        self._more = threading.Condition()
        self._progress = progress
        self._over = False

    def note(self, operation: Operation) -> None:
        """Keep one more operation."""
        with self._more:
            self.history.operations.append(operation)
            self._progress(1)
            self._more.notify_all()

    def finish(self) -> None:
        """Let nobody wait any longer."""
        with self._more:
            self._over = True
            self._more.notify_all()

    def wait_for(self, count: int) -> bool:
        """Wait for so many operations; False when they will never be that many."""
        with self._more:
            self._more.wait_for(lambda: self._over or len(self.history.operations) >= count)
            return len(self.history.operations) >= count


class SharedTasks:
    """Tasks that several threads may take from; after some seconds there are no more."""

    def __init__(self, tasks: Iterator[Task], seconds: float) -> None:
        self._tasks = tasks
        self._deadline = time.monotonic() + seconds
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Task]:
        return self

    def __next__(self) -> Task:
        if time.monotonic() > self._deadline:
            raise StopIteration
        with self._lock:
            return next(self._tasks)


def run(plan: Plan, database_url: str, progress: Callable[[int], object] = lambda _: None) -> History:
    """Carry out a plan on an empty database and return what happened; progress: told of each operation."""
    fill(database_url)
    recorder = Recorder(progress)
    with disturbed_server(database_url, WORKERS, Random(f"workers of {plan.seed}")) as server:
        _let_work(plan, server, recorder)
    recorder.note(census(database_url))
    return recorder.history


def _let_work(plan: Plan, server: DisturbedServer, recorder: Recorder) -> None:
    todo, book = SharedTasks(tasks(plan), plan.seconds), Book()
    with ThreadPoolExecutor(plan.clients + 1) as pool:
        disturbing = pool.submit(_disturb, plan, server, recorder)
        working = [
            pool.submit(Client(number, server.where, book).work, todo, recorder.note) for number in range(plan.clients)
        ]
        _wait_for(working, recorder)
        disturbing.result()


def _wait_for(working: list[Future[None]], recorder: Recorder) -> None:
    try:
        for client in working:
            client.result()
    finally:
        recorder.finish()


def _disturb(plan: Plan, server: DisturbedServer, recorder: Recorder) -> None:
    for count, trouble in troubles(plan):
        if recorder.wait_for(count):
            recorder.history.disturbances.append(Disturbance(time.monotonic_ns(), trouble))
            server.disturb(trouble)


def census(database_url: str) -> Operation:
    """Return all learners of a database, once no server works on it."""
    began = time.monotonic_ns()
    engine = make_engine(parse_url(database_url))
    try:
        with engine.connect() as connection:
            seen = tuple(_seen(to_learner(row)) for row in connection.execute(WHOLE))
    finally:
        engine.dispose()
    return Operation(-1, -1, Kind.CENSUS, began, time.monotonic_ns(), ResponseCode.EXACT_MATCH, seen=seen)


def _seen(learner: Learner) -> Seen:
    values = {
        "GivenName": learner.given_name,
        "FamilyName": learner.family_name,
        "DateOfBirth": learner.date_of_birth.isoformat(),
        "Gender": learner.gender,
        "LastKnownPostCode": learner.last_known_post_code,
        "EmailAddress": learner.email_address,
        "SchoolAtAge16": learner.school_at_age_16,
        "PreferredGivenName": learner.preferred_given_name,
        "Notes": learner.notes,
    }
    return Seen(learner.uln, learner.version, {name: text for name, text in values.items() if text})
