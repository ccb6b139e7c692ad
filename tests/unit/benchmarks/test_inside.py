from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.inside import TURN, TURNS_A_ROUND, called, compared

MESSAGES = [b"one", b"two", b"three"]


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return [body, b"" if body == b"two" else b"WSRC0004"]


def test_each_message_is_sent_and_wrong_answers_are_counted() -> None:
    result = called("echo", echo, MESSAGES)
    assert (len(result.latencies), result.refused) == (3, 1)
    assert all(0 <= latency <= result.seconds for latency in result.latencies)


def test_applications_are_called_equally_often() -> None:
    results = compared({"first": echo, "second": echo}, [b"one"] * TURN, rounds=2)
    assert {name: len(result.latencies) for name, result in results.items()} == {
        "first": 2 * TURN * TURNS_A_ROUND,
        "second": 2 * TURN * TURNS_A_ROUND,
    }
    assert not any(result.refused for result in results.values())
