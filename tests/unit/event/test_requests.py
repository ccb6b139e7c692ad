"""Requests out of bytes: the same ones, wherever a network cuts them."""

import pytest

from lrs_soap.event.requests import BAD_REQUEST, LARGEST_HEAD, LONGEST_TARGET, HttpError, Request, RequestReader

FIRST = b"POST /a?b=c HTTP/1.1\r\nHost: lrs\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /b HTTP/1.1\r\nHost: lrs\r\nTransfer-Encoding: chunked\r\n\r\n"
SECOND = CHUNKED + b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Late: 1\r\n\r\n"
THIRD = b"GET /c HTTP/1.1\r\nHost: lrs\r\nConnection: close\r\n\r\n"
STREAM = FIRST + SECOND + THIRD


def read(*pieces: bytes) -> list[Request]:
    reader = RequestReader()
    for piece in pieces:
        reader.feed(piece)
    assert reader.current is None
    assert not reader.has_begun
    return list(reader.requests)


def told(requests: list[Request]) -> list[tuple[str, bytes, bytes, bool]]:
    return [(each.method, each.target, bytes(each.body), each.keeps) for each in requests]


EXPECTED = [
    ("POST", b"/a?b=c", b"hello", True),
    ("POST", b"/b", b"abcde", True),
    ("GET", b"/c", b"", False),
]


@pytest.mark.parametrize("cut", range(1, len(STREAM)))
def test_a_cut_anywhere_changes_nothing(cut: int) -> None:
    assert told(read(STREAM[:cut], STREAM[cut:])) == EXPECTED


def test_byte_by_byte_is_the_same_too() -> None:
    assert told(read(*(STREAM[place : place + 1] for place in range(len(STREAM))))) == EXPECTED


def test_what_follows_the_chunks_is_no_header() -> None:
    assert "HTTP_X_LATE" not in read(SECOND)[0].headers


def test_a_header_with_an_underscore_poses_as_no_other() -> None:
    (request,) = read(THIRD.replace(b"\r\n\r\n", b"\r\nX_Forwarded_Host: evil.example\r\n\r\n"))
    assert "HTTP_X_FORWARDED_HOST" not in request.headers


def test_the_environment_has_what_wsgi_wants() -> None:
    environ = read(FIRST)[0].environ({"SERVER_NAME": "here"}, ("192.0.2.1", "4711"))
    assert environ["wsgi.input"].read() == b"hello"
    assert {name: environ[name] for name in ("PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "CONTENT_LENGTH")} == {
        "PATH_INFO": "/a",
        "QUERY_STRING": "b=c",
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_LENGTH": "5",
    }


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * LONGEST_TARGET + b" HTTP/1.1\r\n", "414"),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * LARGEST_HEAD, "431"),
        (b"GET / HTTP/1.1\r\n" + b"A: 1\r\n" * LARGEST_HEAD, "431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"x" * LARGEST_HEAD, "400"),
        (b"POST / HTTP/1.1\r\nExpect: the-unexpected\r\nContent-Length: 1\r\n\r\n", "417"),
    ],
)
def test_what_is_too_much_or_too_little_is_refused_before_it_ends(sent: bytes, status: str) -> None:
    with pytest.raises(HttpError) as caught:
        RequestReader().feed(sent)
    assert caught.value.refusal[0].startswith(status)


def test_good_requests_before_a_bad_one_are_to_be_had() -> None:
    reader = RequestReader()
    with pytest.raises(HttpError) as caught:
        reader.feed(FIRST + b"\x00\x01\r\n\r\n")
    assert caught.value.refusal == BAD_REQUEST
    assert told(list(reader.requests)) == EXPECTED[:1]
