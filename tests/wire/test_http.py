"""HTTP as clients and proxies use it, against a real server: what single stored requests cannot show."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest
from gunicorn.http import errors
from lxml import etree

from lrs_soap.http_worker import OUR_FAULT, refusal_of
from lrs_soap.wsdl.publishing import SERVICES
from tests.corpus.wire import Response, connect, exchange, read_all, understood
from tests.corpus.world import LEARNERS, ORGANISATIONS
from tests.serving import WORKER_CLASSES, running_server
from tests.wire.conftest import fill
from tests.wire.requests import by_uln

MESSAGE = by_uln("9276308686").encode()
SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
HEAD = "POST /LearnerService.svc HTTP/1.1\r\nHost: lrs.example\r\nContent-Type: text/xml\r\n"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a register with the corpus's world."""
    url = f"sqlite:///{tmp_path_factory.mktemp('http') / 'register.db'}"
    fill(url, LEARNERS, organisations=ORGANISATIONS)
    return url


@pytest.fixture(scope="session", params=WORKER_CLASSES)
def worker_class(request: pytest.FixtureRequest) -> str:
    """Give each kind of workers."""
    return str(request.param)


@pytest.fixture(scope="session")
def address(database: str, worker_class: str) -> Iterator[str]:
    """Serve it."""
    with running_server(database, env={"LRS_SOAP_WORKER_CLASS": worker_class}) as address:
        yield address


@pytest.fixture(scope="session")
def impatient(database: str, worker_class: str) -> Iterator[str]:
    """Serve it so that clients are given up soon, and no proxy on this machine is believed."""
    env = {
        "LRS_SOAP_TIMEOUT": "6",
        "LRS_SOAP_FORWARDED_ALLOW_IPS": "192.0.2.1",
        "LRS_SOAP_WORKER_CLASS": worker_class,
    }
    with running_server(database, env=env) as address:
        yield address


def get(address: str, target: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Response:
    lines = [f"{name}: {value}" for name, value in ({"Host": urlsplit(address).netloc} | dict(headers or {})).items()]
    request = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "Connection: close", "", ""])
    return exchange(address, request.encode("latin-1"), method=method)


def published(response: Response) -> str:
    """Return the address that a WSDL names; it must name one only, and hold together by itself."""
    assert response.status == 200
    assert response.media_type == "text/xml; charset=utf-8"
    wsdl = etree.fromstring(response.body)
    assert not wsdl.xpath("//@schemaLocation")
    (location,) = {port.get("location") for port in wsdl.iter(SOAP_ADDRESS)}
    assert location is not None
    return location


@pytest.mark.parametrize("query", ["wsdl", "singleWsdl", "WSDL"])
@pytest.mark.parametrize("service", SERVICES)
def test_the_wsdl_names_the_address_that_was_asked(address: str, service: str, query: str) -> None:
    assert published(get(address, f"/{service}.svc?{query}")) == f"{address}/{service}.svc"


def test_the_wsdl_names_the_host_of_each_request_and_not_of_an_earlier_one(address: str) -> None:
    hosts = ["first.example", "second.example:8443", "first.example", "[2001:db8::1]:80", "192.0.2.7"]
    found = [published(get(address, "/LearnerService.svc?wsdl", {"Host": host})) for host in hosts]
    assert found == [f"http://{host}/LearnerService.svc" for host in hosts]


def test_a_proxy_on_this_machine_says_what_the_client_saw(address: str) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "lrs.example"}
    assert published(get(address, "/ExternalService.svc?wsdl", headers)) == "https://lrs.example/ExternalService.svc"
    assert published(get(address, "/ExternalService.svc?wsdl")) == f"{address}/ExternalService.svc"


def test_a_proxy_that_is_not_trusted_is_not_believed(impatient: str) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    answer = get(impatient, "/LearnerService.svc?wsdl", headers)
    assert published(answer) == f"{impatient}/LearnerService.svc"
    assert b"evil" not in answer.raw


@pytest.mark.parametrize("target", ["/LearnerService.svc", "/LearnerService.svc?wsdl", "/", "/nothing"])
def test_head_has_the_headers_of_get_and_no_body(address: str, target: str) -> None:
    whole, head = get(address, target), get(address, target, method="HEAD")
    assert head.body == b""
    assert head.status == whole.status
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == whole.headers[name]


def test_the_help_page_links_a_wsdl_that_is_there(address: str) -> None:
    page = get(address, "/LearnerServiceR9.svc")
    (link,) = re.findall(r'href="([^"]+)"', page.body.decode())
    assert link == f"{address}/LearnerServiceR9.svc?wsdl"
    assert published(get(address, link.removeprefix(address)))


def test_the_root_links_every_wsdl(address: str) -> None:
    links = re.findall(r'href="([^"]+)"', get(address, "/").body.decode())
    assert [published(get(address, link)) for link in links] == [f"{address}/{service}.svc" for service in SERVICES]


def test_a_client_that_keeps_its_connection_is_answered_each_time(address: str) -> None:
    url = urlsplit(address)
    with closing(http.client.HTTPConnection(str(url.hostname), url.port, timeout=15)) as connection:
        for _ in range(5):
            connection.request("POST", "/LearnerService.svc", MESSAGE, {"Content-Type": "text/xml"})
            response = connection.getresponse()
            assert response.status == 200
            assert b"WSRC0004" in response.read()


def test_requests_sent_at_once_are_answered_in_turn_or_the_first_is_and_that_is_the_end(
    address: str, worker_class: str
) -> None:
    request = f"{HEAD}Content-Length: {len(MESSAGE)}\r\n\r\n".encode() + MESSAGE
    with connect(address) as connection:
        connection.sendall(request * 3)
        connection.shutdown(socket.SHUT_WR)
        raw = read_all(connection)
    first, *others = [understood(b"HTTP/1.1 " + answer) for answer in raw.split(b"HTTP/1.1 ")[1:]]
    assert first.status == 200
    assert b"WSRC0004" in first.body
    if worker_class == "sync":
        assert (first.headers["Connection"], others) == ("close", [])
    else:
        assert [(other.status, other.body) for other in others] == [(200, first.body)] * 2


def test_a_client_that_wants_to_end_is_let_go_after_its_answer(address: str) -> None:
    request = f"{HEAD}Connection: close\r\nContent-Length: {len(MESSAGE)}\r\n\r\n".encode() + MESSAGE
    with connect(address) as connection:
        connection.sendall(request * 2)
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    assert understood(raw).headers["Connection"] == "close"


def test_a_client_that_asks_first_is_told_to_go_on(address: str) -> None:
    with connect(address) as connection:
        connection.sendall(f"{HEAD}Content-Length: {len(MESSAGE)}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(MESSAGE)
        assert understood(read_all(connection)).status == 200


def test_a_body_that_comes_bit_by_bit_is_read_to_its_end(address: str) -> None:
    with connect(address) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (HEAD[:20], HEAD[20:], f"Content-Length: {len(MESSAGE)}\r\n\r\n"):
            connection.sendall(piece.encode())
        for start in range(0, len(MESSAGE), 50):
            connection.sendall(MESSAGE[start : start + 50])
        assert b"WSRC0004" in read_all(connection)


def test_a_client_that_breaks_off_is_told_so_and_harms_nobody(address: str) -> None:
    start = f"{HEAD}Content-Length: {len(MESSAGE)}\r\n\r\n".encode() + MESSAGE[:300]
    told = exchange(address, start, hang_up=True)
    assert told.status == 400
    for _ in range(5):
        with connect(address) as connection:
            connection.sendall(start)
    assert get(address, "/").status == 200


def test_a_client_that_stops_in_the_middle_is_told_so(impatient: str, worker_class: str) -> None:
    with connect(impatient) as connection:
        connection.sendall(f"{HEAD}Content-Length: {len(MESSAGE)}\r\n\r\n".encode() + MESSAGE[:300])
        told = understood(read_all(connection))
    assert told.status == {"sync": 400, "event": 408}[worker_class]
    assert told.media_type.startswith("text/plain")


@pytest.mark.parametrize("megabytes", [1, 20])
def test_a_client_that_sends_too_much_gets_to_see_the_refusal(address: str, megabytes: int) -> None:
    url = urlsplit(address)
    with closing(http.client.HTTPConnection(str(url.hostname), url.port, timeout=15)) as connection:
        connection.request("POST", "/LearnerService.svc", b" " * megabytes * 1_000_000, {"Content-Type": "text/xml"})
        response = connection.getresponse()
        assert response.status == 413
        assert response.read().startswith(b"The message is larger than ")


@pytest.mark.parametrize("megabytes", [1, 20])
def test_a_client_that_sends_much_after_malformed_headers_gets_to_see_the_refusal(address: str, megabytes: int) -> None:
    length = megabytes * 1_000_000
    with connect(address) as connection:
        connection.sendall(f"{HEAD}Host: another.example\r\nContent-Length: {length}\r\n\r\n".encode())
        connection.sendall(b" " * length)
        told = understood(read_all(connection))
    assert told.status == 400


def test_a_client_that_sends_chunks_without_end_gets_to_see_the_refusal(address: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    with connect(address) as connection:
        sender = threading.Thread(target=send_until_refused, args=(connection, chunk))
        connection.sendall(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode())
        sender.start()
        head = connection.recv(1024)
        connection.shutdown(socket.SHUT_RDWR)
        sender.join()
    assert head.startswith(b"HTTP/1.1 413 ")


def send_until_refused(connection: socket.socket, chunk: bytes) -> None:
    """Send the same chunk until the connection is closed."""
    with suppress(OSError):
        while True:
            connection.sendall(chunk)


@pytest.mark.skipif(not hasattr(socket, "TCP_DEFER_ACCEPT"), reason="the system hands silent connections on at once")
def test_many_clients_that_say_nothing_do_not_stop_the_service(address: str) -> None:
    silent = [connect(address) for _ in range(4)]
    try:
        assert get(address, "/LearnerService.svc").status == 200
    finally:
        for connection in silent:
            connection.close()


@pytest.mark.parametrize("kind", errors.ParseException.__subclasses__(), ids=lambda kind: str(kind.__name__))
def test_every_error_of_the_http_parser_is_refused_by_a_status_of_its_own(kind: type[Exception]) -> None:
    status, text = refusal_of(kind.__new__(kind))
    assert status[0] == "4" or status == "501 Not Implemented" or kind is errors.ConfigurationProblem
    assert text.endswith(".")


@pytest.mark.parametrize("kind", [errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, RuntimeError])
def test_what_the_service_itself_got_wrong_is_not_blamed_on_the_client(kind: type[Exception]) -> None:
    assert refusal_of(kind.__new__(kind)) == OUR_FAULT
