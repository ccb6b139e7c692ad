"""Awkward values, by what an element holds: at the edge of what is allowed, just beyond it, and far from it."""

import re
from typing import Final

from tests.wire.college import FULL as MAEVE
from tests.wire.college import LINKED


def _wide(text: str) -> str:
    """Return the forms of letters and digits that are as wide as Chinese ones."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


TEXTS: Final = (
    "", " ", "\t\n ", "Okafor", "Zoë", "O\u2019Neil", "O'Neil", "Łódź", "x" * 35, "x" * 36,
    "é" * 35, "\U0001d4b3" * 35, "a\u0301",
    "\u202eevol", "\ufeffMaeve", "ﬁ", "İ", "ß", "ẞ", "-", "'", "' OR 1=1 --", "%", "_", "{0}", "%s", "${jndi:x}",
    "NULL", "None", "true", "0", "]]>", "&amp;", "<b/>", "a\r\nb", "a\nb", "\u0085", "\u2028", "\u00a0", "\u200b",
    "🧑‍🎓", "\ud7ff", "\ue000", "\ufffd", "x" * 1000, "ё" * 4000, "Ⅷ", "٣", "..", "/etc/passwd", "=1+1", "@SUM(1)", '"',
)  # fmt: skip
NUMBERS: Final = (
    "0", "1", "-1", "+1", "01", "1.0", "1e3", " 1 ", "2147483647", "2147483648", "-2147483648", "-2147483649",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "9" * 400, "0" * 5000 + "1", "NaN", "INF",
    "1_000", "1,000", "٣", "", " ", "0x10", "--1", "1 2", "3",
)  # fmt: skip
DATES: Final = (
    "2004-02-29", "2003-02-29", "0000-01-01", "0001-01-01", "-0001-01-01", "9999-12-31", "10000-01-01", "1900-01-01",
    "1753-01-01", "2004-2-29", "29/02/2004", "2004-02-29Z", "2004-02-29+14:00", "2004-02-29T00:00:00",
    "2004-02-29T24:00:00", "2004-02-29T00:00:00.9999999", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    "2024-03-31T01:30:00", "2024-10-27T01:30:00Z", "2100-01-01", "today", "20040229", "", " ", "2004-02-29 ",
    _wide("2004") + "-02-29", "-9999-12-31T23:59:59", "2004-06-30T23:59:60", "99999999999-01-01", "2004-02-30",
)  # fmt: skip
ULNS: Final = (
    MAEVE.uln, LINKED.uln, f" {MAEVE.uln} ", f"{MAEVE.uln[:5]} {MAEVE.uln[5:]}", MAEVE.uln[:9], f"{MAEVE.uln}0",
    "0000000000", "9999999999", "1000000000", "-100000000", "1.00000000", _wide(MAEVE.uln), "", "abcdefghij",
    "1" * 5000,
)  # fmt: skip
CODES: Final = (
    "FUL", "CHK", "ful", "Final", "Provisional", "ORG", "LNR", "ENG", "CYM", "FULL", "BRIEF", "NotProvided",
    "FPNNotSeen", "FPNSeenShareData", "0", "1", "2", "3", "9", "999", "99", " 1", "1 ", "GBR", "XXX", "", " ", "FULL ",
)  # fmt: skip
POSTCODES: Final = (
    "LS2 9AB", "LS29AB", "ls2 9ab", "ZZ99 9ZZ", "ZZ999ZZ", "GIR 0AA", "LS2  9AB", "LS2\u00a09AB", "1", "LS2 9ABC", "",
    _wide("LS2") + " 9AB", "A" * 200, "SW1A 1AA ", "BFPO 1",
)  # fmt: skip
ADDRESSES: Final = (
    "name@example.org", "a@b", "@", "a@b@c.org", '"quoted name"@example.org', "ü@exämple.org",
    "a" * 64 + "@example.org", "a@" + "b" * 250 + ".org", "a@b.org,c@d.org", "a@b.org\nBcc: x@y.org", "", " a@b.org ",
    "a..b@example.org", "a" * 5000 + "@", "a@[127.0.0.1]",
)  # fmt: skip
CALLERS: Final = (
    "TEST0101", "TST001", "test0101", " TEST0101 ", "TEST9999", "0123456789abcdef", "0123456789ABCDEF", "", "x" * 3000,
    "0123456789abcdef ", "é" * 16, "\U0010ffff" * 16, "' OR '1'='1",
)  # fmt: skip
_KINDS: Final = (
    (re.compile(r"uln$", re.IGNORECASE), ULNS),
    (re.compile(r"date|capture", re.IGNORECASE), DATES),
    (re.compile(r"count$|jobid$|version|page|vendor", re.IGNORECASE), NUMBERS),
    (re.compile(r"post_?code", re.IGNORECASE), POSTCODES),
    (re.compile(r"email", re.IGNORECASE), ADDRESSES),
    (re.compile(r"password|ukprn|organisationref|orgref|user_?name", re.IGNORECASE), CALLERS),
    (re.compile(r"type|gender|share|language|action|nationality|status|grade", re.IGNORECASE), CODES),
)


def awkward_values(name: str) -> tuple[str, ...]:
    """Return values for an element by its local name."""
    return next((values for pattern, values in _KINDS if pattern.search(name)), TEXTS)
