"""Passwords in a text, found wherever they stand: in elements of any prefix and writing, misspelt or never closed.

What is malformed is rather blotted too far than too little.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final
from xml.sax.saxutils import escape, unescape

MARK: Final = "***"
SHORTEST: Final = 6
"""A shorter password is blotted where it stands, but not looked for elsewhere: it would be found in any word."""
MOST: Final = 64
"""So many passwords of one message are looked for elsewhere; an honest one has one."""
QUOTING: Final = "The message is not well-formed XML: "
"""What follows are a parser's own words, which may hold a part of any value."""

_LESS: Final = r"(?:<|&(?:amp;)*(?:lt|\#0*60|\#x0*3c);)"
_MORE: Final = r"(?:>|&(?:amp;)*(?:gt|\#0*62|\#x0*3e);)"
_NAME: Final = r"[^\s<>/&\"'=!?]*"
_WORD: Final = r"(?:pass(?:word|wd|phrase|code)?|pasw(?:or)?d|pwd|secret)"
_NAMED = re.compile(
    rf"(?P<close>{_LESS}\s*+/\s*+{_NAME}?{_WORD})|{_LESS}\s*+(?P<open>{_NAME}?{_WORD})(?P<more>{_NAME})"
    r"|(?P<word>password|passwd|pwd)",
    re.IGNORECASE,
)
_CLOSED = re.compile(rf"{_LESS}\s*+/\s*+({_NAME})", re.IGNORECASE)
_HEAD = re.compile(
    rf"(?:\s++[^\s=<>\"'/]+\s*+=\s*+(?:\"[^\"<]*\"|'[^'<]*'))*\s*+(?P<empty>/?)\s*+{_MORE}", re.IGNORECASE | re.DOTALL
)
_ATTRIBUTE = re.compile(r"(?P<name>[^\s=<>\"'/]+)(?P<is>\s*+=\s*+)(?P<value>\"[^\"<]*\"|'[^'<]*')")
_HARMLESS = re.compile(r"xmlns(:.*)?|(.*:)?(nil|type)", re.IGNORECASE)
_INSIDE = re.compile(
    rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)"
    rf"|(?P<end>{_LESS}\s*+/\s*+{_NAME}?{_WORD})|(?P<other>{_LESS}\s*+/\s*+{_NAME}\s*+{_MORE})",
    re.IGNORECASE | re.DOTALL,
)
_LOOSE = re.compile(r"[\w.-]*[\"']?\s*+[:=>]?\s*+(?:\"(?P<double>[^\"<]*)|'(?P<single>[^'<]*)|(?P<bare>[^<>\r\n]*))")
_ENTITY = re.compile(r"(?<=<!ENTITY\s)[^\"'<>]*(?P<value>\"[^\"]*\"?|'[^']*'?)", re.IGNORECASE)
_END_OF_QUOTING = re.compile(r"</(?:\w+:)?FurtherDetails>")
_REFERENCE = re.compile(r"&#(?:x(?P<hex>[0-9a-f]{1,6})|(?P<decimal>[0-9]{1,7}));", re.IGNORECASE)
_NAMED_REFERENCES: Final = {"&quot;": '"', "&apos;": "'"}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Blotted:
    """A text without passwords, and what to look for wherever else it may have been repeated."""

    text: str
    secrets: frozenset[str]


def blot(text: str, *, loose: bool) -> Blotted:
    """Blot out the passwords of a text.

    loose: also what follows the word elsewhere than in a tag, as in attributes, JSON and forms.
    """
    pieces: list[str] = []
    secrets: set[str] = set()
    position = 0
    cut = _cut_value(text) if loose else ()
    for start, end in sorted([*_spans(text, loose=loose), *_entity_values(text), *cut]):
        if start < position or not text[start:end].strip():
            continue
        pieces += text[position:start], MARK, "\n" * text.count("\n", start, end)
        if len(secrets) < MOST:
            secrets |= _writings(text[start:end])
        position = end
    pieces.append(text[position:])
    return Blotted(without("".join(pieces), secrets), frozenset(secrets))


def without(text: str, secrets: Collection[str]) -> str:
    """Return a text in which secrets are blotted out wherever they stand, and what a parser quotes of them."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MARK)
    if not secrets or QUOTING not in text:
        return text
    before, _, quoting = text.partition(QUOTING)
    end = _END_OF_QUOTING.search(quoting)
    quoted, after = (quoting[: end.start()], quoting[end.start() :]) if end else (quoting, "")
    for secret in secrets:
        quoted = _without_parts(quoted, secret)
    return "".join((before, QUOTING, quoted, after))


def _without_parts(text: str, secret: str) -> str:
    """Return a text without any longer part of a secret."""
    while True:
        part = SequenceMatcher(None, text, secret, autojunk=False).find_longest_match()
        found = text[part.a : part.a + part.size]
        if len(found) < SHORTEST or _is_a_name(found):
            return text
        text = text.replace(found, MARK)


def _is_a_name(text: str) -> bool:
    return text.lower() in "orgpassword"


def _spans(text: str, *, loose: bool) -> Iterator[Span]:
    """Give where the passwords are, from here to there."""
    closed = {tag[1] for tag in _CLOSED.finditer(text)}
    position, is_open, may_end = 0, False, True
    while found := _NAMED.search(text, position):
        position = found.end()
        if found["open"]:
            is_name = not found["more"] or found["open"] + found["more"] in closed
            head = _HEAD.match(text, position) if is_name else None
            if head:
                yield from _attribute_values(text, position, head.end())
            is_open = head is None or not head["empty"]
            if is_open:
                # Where a tag is not closed, its name may run into the password.
                position = head.end() if head else found.end("open")
                end, may_end = _content_end(text, position, may_end=may_end)
                yield position, end
                position = end
        elif found["close"]:
            if not is_open:
                # Its start tag was misspelt: what stands before it is the password.
                yield text.rfind(">", 0, found.start()) + 1, found.start()
            is_open = False
        elif loose:
            span = _loose_value(text, position)
            yield span
            position = max(position, span[1])


def _attribute_values(text: str, start: int, end: int) -> Iterator[Span]:
    for attribute in _ATTRIBUTE.finditer(text, start, end):
        if not _HARMLESS.fullmatch(attribute["name"]):
            yield attribute.start("value") + 1, attribute.end("value") - 1


def _content_end(text: str, start: int, *, may_end: bool) -> tuple[int, bool]:
    """Return where the content of an element ends, and whether another may have an end of its own.

    It ends at the end tag of a password; failing that, at the first end tag of anything; failing that, with the text.
    """
    other = None
    for token in _INSIDE.finditer(text, start):
        if token["end"]:
            return token.start(), True
        if token["other"] and other is None:
            other = token.start()
            if not may_end:
                break
    return (len(text) if other is None else other), False


def _loose_value(text: str, start: int) -> Span:
    found = _LOOSE.match(text, start)
    assert found is not None, "it matches nothing at all, too"
    return found.span(found.lastgroup or 0)


def _entity_values(text: str) -> Iterator[Span]:
    for entity in _ENTITY.finditer(text) if "<!" in text else ():
        yield entity.start("value") + 1, entity.end("value")


def _cut_value(text: str) -> Iterator[Span]:
    """Give the value in which a message was cut off: whose it is may not be told any more."""
    last = text.rfind(">") + 1
    if last:
        yield last, len(text)


def _writings(raw: str) -> set[str]:
    """Return a secret as it was written and as it was meant, and the pieces of it that a parser may quote."""
    bare = re.sub(r"<!\[CDATA\[|\]\]>", "", raw)
    meant = unescape(_REFERENCE.sub(_character, bare), _NAMED_REFERENCES)
    pieces = re.split(r"[&;<>]", re.sub(r"<[^<>]*>", "<", raw))
    writings = {raw, bare, meant, escape(meant), escape(meant, {'"': "&quot;", "'": "&apos;"}), *pieces}
    stripped = {writing.strip() for writing in writings}
    return {writing for writing in stripped if len(writing) >= SHORTEST and not _is_a_name(writing)}


def _character(reference: re.Match[str]) -> str:
    number = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    return chr(number) if number < 0x110000 else reference[0]
