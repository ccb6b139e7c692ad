"""Real servers for wire tests, each on a register of its own."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lrs_soap.domain.learner import Learner
from lrs_soap.domain.learning_record import LearningEvent
from lrs_soap.domain.organisations import Organisation
from lrs_soap.store import open_store
from tests import factories
from tests.serving import running_server

Serve = Callable[..., str]


def fill(
    url: str,
    learners: Iterable[Learner] = (),
    events: Iterable[LearningEvent] = (),
    organisations: Iterable[Organisation] | None = None,
) -> None:
    """Make a register with these contents; by default the test college may call it."""
    store = open_store(url)
    try:
        store.migrate()
        with store.writing() as work:
            for one in [factories.organisation()] if organisations is None else organisations:
                work.organisations.add(one)
            work.learners.add_many(list(learners))
            work.events.add_many(list(events))
    finally:
        store.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers on registers with given contents: `serve(learners, events, organisations, env=…)`."""
    with ExitStack() as stack:

        def start(
            learners: Iterable[Learner] = (),
            events: Iterable[LearningEvent] = (),
            organisations: Iterable[Organisation] | None = None,
            *,
            url: str | None = None,
            env: dict[str, str] | None = None,
        ) -> str:
            database = url or f"sqlite:///{tmp_path / 'register.db'}"
            fill(database, learners, events, organisations)
            return stack.enter_context(running_server(database, env=env))

        yield start
