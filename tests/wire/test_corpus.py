"""Every message of the corpus, sent to a real server: each is answered, and answered as expected."""

import re
from collections.abc import Iterator

import pytest

from tests.corpus.cases import Case, load_cases, stored_messages
from tests.corpus.judging import judge
from tests.corpus.wire import exchange
from tests.corpus.world import LEARNERS, ORGANISATIONS
from tests.serving import WORKER_CLASSES, running_server
from tests.wire.conftest import fill

CASES = tuple(load_cases())
CODED_FAULTS = {"soapenv:Server", "s:Client", "s:Server"}


@pytest.fixture(scope="session", params=WORKER_CLASSES)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the corpus's world, once by each kind of workers."""
    database = f"sqlite:///{tmp_path_factory.mktemp('corpus') / 'register.db'}"
    fill(database, LEARNERS, organisations=ORGANISATIONS)
    with running_server(database, env={"LRS_SOAP_WORKER_CLASS": request.param}) as address:
        yield address


@pytest.mark.parametrize("case", CASES, ids=str)
def test_is_answered_as_expected(address: str, case: Case) -> None:
    judge(case, exchange(address, case.request(), method=case.method, hang_up=case.hang_up))


def test_every_stored_message_is_a_case() -> None:
    assert {case.file for case in CASES} == stored_messages()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_says_what_is_expected_of_the_answer(case: Case) -> None:
    assert case.text not in (None, "", ".")
    if case.fault in CODED_FAULTS or case.answer not in (None, "definitions"):
        assert re.fullmatch(r"[A-Z]{4,5}\d{3,4}", case.code or "")


@pytest.mark.parametrize("case", [case for case in CASES if case.fill], ids=str)
def test_every_mark_is_filled(case: Case) -> None:
    assert b"{{" not in case.content()
