import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.load import Target, put_load_on


@contextmanager
def echo_server() -> Iterator[tuple[str, list[bytes]]]:
    """Answer each connection with what it sent last, and give the address and all that was sent."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, sent), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/LearnerService.svc", sent
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _answer(listener: socket.socket, sent: list[bytes]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            body = connection.recv(65536).partition(b"\r\n\r\n")[2]
            sent.append(body)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + body)


def test_what_may_be_sent_once_is_sent_once_and_by_one_client() -> None:
    messages = [f"message {number}".encode() for number in range(10)]
    with echo_server() as (address, sent):
        result = put_load_on(Target("echo", address, says=b"message", once=True), messages, 20)
    assert sorted(sent) == sorted(messages)
    assert (len(result.latencies), result.refused) == (10, 0)


def test_answers_that_say_something_else_are_counted() -> None:
    with echo_server() as (address, _):
        result = put_load_on(Target("echo", address, says=b"9", once=True), [b"8", b"9", b"7", b"99"], 20)
    assert (len(result.latencies), result.refused) == (4, 2)
