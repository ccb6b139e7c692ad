"""Requests changed without a thought for what they mean: bits, bytes, cuts, pieces of others."""

import random
import re
from collections.abc import Callable
from functools import cache

from tests.corpus.cases import load_cases
from tests.fuzz.messages import valid_messages

HEAD_END = b"\r\n\r\n"
LARGEST = 16 * 1024
MOST_TRIES = 600
TOKENS = (
    b"<", b">", b"/>", b"</", b"&", b"&#1;", b"&lt;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>", b'"', b"'",
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b" ", b"\n", b"\r\n", b"\r\n\r\n", b" xmlns=''",
    b' xsi:nil="true"', b' xsi:type="x"', b"<!DOCTYPE a>", b"soapenv:", b"x:", b"99999999999999999999", b"-1", b"%s",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n", b"0\r\n\r\n", b"charset=utf-16", b"=", b";", b":",
)  # fmt: skip
LETTERS = (
    b"0", b"1", b"9", b"-", b" ", b"a", b"Z", b".", b"@", b"/", b":", b"T", b"+", b"'", b"\xc3\xa9", b"\xe2\x80\x99",
    b"\t", b"&#160;", b"\xc2\xa0", b"\xef\xbc\x91", b"\xd9\xa3", b"\xcc\x81", b"\xe2\x80\x8b", b"\xf0\x9f\x98\x80",
    b"&#10;", b"&amp;",
)  # fmt: skip
TEXT = re.compile(rb"(?<=>)[^<>]+(?=</)")

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def _flip(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def _overwrite(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + chance.randbytes(chance.randint(1, 4)) + data[place + 1 :]


def _token(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    place, gone = chance.randrange(len(data)), chance.choice((0, 0, 1, 4, 12))
    return data[:place] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 400)) + data[place + gone :]


def _cut(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _remove(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + data[place + chance.randint(1, 40) :]


def _repeat(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    start = chance.randrange(len(data))
    end = start + chance.randint(1, 200)
    return data[:start] + data[start:end] * chance.choice((2, 2, 3, 50)) + data[end:]


def _swap(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    first, second, third = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def _cross(chance: random.Random, data: bytes, other: bytes) -> bytes:
    start = chance.randrange(len(other))
    return data[: chance.randrange(len(data))] + other[start : start + chance.randint(1, 400)]


def _splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    place, start = chance.randrange(len(data)), chance.randrange(len(other))
    length = chance.randint(1, 120)
    return data[:place] + other[start : start + length] + data[place + chance.choice((0, length)) :]


def _text(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    """Change some letters between two tags, which leaves the markup alone."""
    places = [found.span() for found in TEXT.finditer(data)]
    if not places:
        return _flip(chance, data, _other)
    start, end = chance.choice(places)
    place = chance.randrange(start, end)
    return (
        data[:place] + chance.choice(LETTERS) * chance.choice((1, 1, 2, 30)) + data[place + chance.choice((0, 1, 3)) :]
    )


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _overwrite, _token, _cut, _remove, _repeat, _swap, _cross, _splice, *[_text] * 6,
)  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """Return the requests to begin with: a valid one of every operation, and those of the corpus."""
    stored = (case.request() for case in load_cases() if not case.fill)
    return (*(message.request() for message in valid_messages()), *(one for one in stored if len(one) <= LARGEST))


def mutated(chance: random.Random) -> bytes:
    """Return the bytes of a request; mostly its head is left alone and its length is made to fit."""
    valid = len(valid_messages())
    known = seeds()
    chosen = known[chance.randrange(valid if chance.random() < 0.6 else len(known))]
    other = chance.choice(known)
    head, _, body = chosen.partition(HEAD_END)
    if not body or chance.random() < 0.2:
        return _changed(chance, chosen, other)
    return with_body(head, _changed(chance, body, other.partition(HEAD_END)[2] or other))


def _changed(chance: random.Random, data: bytes, other: bytes) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        data = chance.choice(MUTATIONS)(chance, data or b" ", other)
    return data or b" "


def with_body(head: bytes, body: bytes) -> bytes:
    """Return a request whose Content-Length, if there is one, fits its body."""
    lines = head.split(b"\r\n")
    announced = b"Content-Length: %d" % len(body)
    fitted = (announced if line.lower().startswith(b"content-length:") else line for line in lines)
    return b"\r\n".join(fitted) + HEAD_END + body


def minimised(request: bytes, is_still_wrong: Callable[[bytes], bool]) -> bytes:
    """Return the request with all of its body removed that can be without what is wrong going away."""
    head, end, body = request.partition(HEAD_END)
    if not end:
        return request
    size, tries = max(1, len(body) // 2), 0
    while size and tries < MOST_TRIES:
        place = 0
        while place < len(body) and tries < MOST_TRIES:
            shorter, tries = body[:place] + body[place + size :], tries + 1
            if is_still_wrong(with_body(head, shorter)):
                body = shorter
            else:
                place += size
        size //= 2
    smallest = with_body(head, body)
    return smallest if is_still_wrong(smallest) else request
