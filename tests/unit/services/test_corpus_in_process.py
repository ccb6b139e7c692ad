"""The corpus without sockets: what hides behind the operations, and what becomes of its messages when bytes change."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.app import Service, build_application
from lrs_soap.registers import open_register
from lrs_soap.services import envelope
from lrs_soap.services.faults import RegisterFault
from lrs_soap.settings import load_settings
from lrs_soap.wsdl.validation import request_schema
from tests.corpus.cases import Case, load_cases
from tests.corpus.judging import judge, read
from tests.corpus.wire import Response, understood
from tests.corpus.world import LEARNERS, ORGANISATIONS
from tests.wire.conftest import fill

MESSAGES = tuple(case for case in load_cases() if not case.is_whole_request)
BATCHES = tuple(case for case in MESSAGES if "batch" in case.why and case.fill and case.fault is not None)
ANSWERED = tuple(case for case in MESSAGES if case.answer is not None and not case.fill)
TOKENS = (
    b"<", b">", b"/>", b"</", b"&", b"&#1;", b"&lt;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b'"', b"'", b"\x00",
    b"\xff", b"\xc3", b" ", b"\n", b"xmlns=''", b' xsi:nil="true"', b' xsi:type="x"', b"<!DOCTYPE a>", b"soapenv:",
    b"fin:", b"99999999999999999999", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80",
)  # fmt: skip
Edit = tuple[float, int, bytes]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return the whole service on the corpus's world, without a server."""
    database = f"sqlite:///{tmp_path_factory.mktemp('corpus') / 'register.db'}"
    fill(database, LEARNERS, organisations=ORGANISATIONS)
    settings = load_settings(database=database)
    application = build_application(settings, open_register(settings))
    yield application
    application.close()


def answered(service: Service, case: Case, message: bytes) -> Response:
    """Return the service's answer to a message sent as the case's is."""
    head: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""]
        head.append("\r\n".join(lines).encode())

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": case.path,
        "CONTENT_TYPE": case.content_type,
        "CONTENT_LENGTH": str(len(message)),
        "wsgi.input": io.BytesIO(message),
    }
    body = b"".join(service(environ, start_response))
    return understood(head[0] + body)


def changed(message: bytes, edits: list[Edit]) -> bytes:
    """Return a message with changes: at a place (as a share of its length), so many bytes give way to others."""
    for where, length, token in edits:
        place = int(where * len(message))
        message = message[:place] + token + message[place + length :]
    return message


EDITS: st.SearchStrategy[list[Edit]] = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(TOKENS) | st.binary(max_size=3)),
    min_size=1,
    max_size=3,
)


@given(case=st.sampled_from(ANSWERED), edits=EDITS)
def test_whatever_bytes_change_there_is_an_answer(service: Service, case: Case, edits: list[Edit]) -> None:
    read(answered(service, case, changed(case.content(), edits)))


@given(case=st.sampled_from(ANSWERED), share=st.floats(0, 0.99))
def test_wherever_a_message_ends_there_is_an_answer(service: Service, case: Case, share: float) -> None:
    content = case.content()
    read(answered(service, case, content[: int(share * len(content))]))


@pytest.mark.parametrize("case", ANSWERED, ids=str)
def test_the_answer_is_the_same_without_sockets(service: Service, case: Case) -> None:
    response = answered(service, case, case.content())
    judge(case, response)
    assert read(response).code is not None


@pytest.mark.parametrize("case", BATCHES, ids=str)
def test_hostile_batches_are_refused_by_the_schema(case: Case) -> None:
    # However many namespaces are declared, declaring them breaks no rule.
    assert (verdict(case.content()) is None) == ("namespaces" in case.fill)


def verdict(message: bytes) -> str | None:
    """Return why a message of LearnerService is refused before anybody asks who sent it, None when it is not."""
    try:
        violation = request_schema("LearnerService").check(envelope.open_body(envelope.parse(message, None)))
    except RegisterFault as fault:
        return fault.further
    return violation.text if violation is not None else None
