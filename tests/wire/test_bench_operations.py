"""The benchmark of operations gets from each operation the answer it counts on."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from benchmarks.calls import CALLS, Call, People
from benchmarks.large import load
from benchmarks.load import Target, exchange, request_bytes
from benchmarks.preparing import prepare
from benchmarks.servers import PLAIN, service
from lrs_soap.store import open_store

LEARNERS = 3_000
MESSAGES = 3


@pytest.fixture(scope="module")
def people() -> People:
    return People(LEARNERS)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, people: People) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('operations') / 'register.db'}"
    with closing(open_store(url)) as store:
        store.migrate()
    load(url, LEARNERS)
    prepare(url, people)
    with service(url, 1, *PLAIN) as serving:
        yield serving.address


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_each_operation_answers_what_is_counted_on(call: Call, address: str, people: People) -> None:
    target = Target(call.name, f"{address}/{call.service}.svc")
    url = urlsplit(address)
    messages = call.messages(people, MESSAGES)[:MESSAGES]
    assert messages
    for message in messages:
        answer = exchange(url.hostname or "", url.port or 80, request_bytes(target, message.encode()))
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        assert call.says.encode() in answer


def test_what_may_be_sent_once_is_never_the_same(people: People) -> None:
    for call in CALLS:
        if call.once:
            first, then = call.messages(people, MESSAGES), call.messages(people, MESSAGES)
            assert len({*first, *then}) == 2 * MESSAGES, call.name
