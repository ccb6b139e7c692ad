"""Fitting a register of learners for all operations: callers, achievements, and batches that are done."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from urllib.parse import urlsplit

from benchmarks import servers
from benchmarks.calls import BATCH, People
from benchmarks.load import Target, exchange, request_bytes
from benchmarks.submitting import to_register, to_verify
from lrs_soap.domain.clock import SystemClock
from lrs_soap.domain.learner import Learner
from lrs_soap.store import open_store
from lrs_soap.worker import BatchWorker
from tests import factories
from tests.wire import requests

EVENTS = 8


def prepare(url: str, people: People) -> None:
    """Add what operations need that learners alone do not have."""
    with closing(open_store(url)) as store:
        with store.writing() as work:
            work.organisations.add(factories.organisation(awarding=True))
            work.qualifications.put_many([factories.qualification()])
            work.events.add_many(
                factories.event(learner, award_date=date(2015 + year, 8, 20))
                for learner in people.known
                for year in range(EVENTS)
            )
        with servers.service(url, 1, *servers.PLAIN) as serving:
            for service, message in _submissions(people.known[:BATCH]):
                _submit(f"{serving.address}/{service}.svc", message)
        BatchWorker(store, SystemClock()).run_pending()


def _submissions(some: Sequence[Learner]) -> Sequence[tuple[str, str]]:
    """Return the submissions of the jobs that are asked after, in the order of their numbers."""
    return (
        ("LearnerService", requests.submit_batch(*map(to_register, some))),
        ("LearnerService", requests.submit_verify_batch(*map(to_verify, some))),
        ("ExternalService", requests.submit_achievements(*map(factories.achievement_values, some))),
    )


def _submit(address: str, message: str) -> None:
    url = urlsplit(address)
    answer = exchange(url.hostname or "", url.port or 80, request_bytes(Target("", address), message.encode()))
    if b"WSRC0007" not in answer:
        raise RuntimeError(f"a batch was not accepted: {answer.decode()}")
