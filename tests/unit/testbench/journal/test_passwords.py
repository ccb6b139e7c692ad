"""No password is kept: wherever it stands, however it is written, whatever it is encoded in, and whatever is broken."""

import io
import string
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lrs_soap.app import Service
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal import Criteria, Journal, Limits
from lrs_soap.testbench.journal.passwords import SHORTEST
from lrs_soap.testbench.journal.rows import values_of
from tests.corpus.cases import Case, load_cases
from tests.factories import PASSWORD
from tests.unit.testbench.conformance.exchanges import Caller, of_case
from tests.unit.testbench.journal.conftest import AGES
from tests.unit.testbench.journal.making import ULN, exchange
from tests.wire import requests
from tests.wire.soap import envelope

Write = Callable[[str], str]

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "us-ascii", "iso-8859-1",
    "iso-8859-15", "windows-1252", "utf-7", "shift_jis", "gb18030", "big5", "iso-2022-jp", "euc-jp", "koi8-r", "cp037",
    "cp500", "ibm273",
)  # fmt: skip
NAMES = (
    "OrgPassword",
    "Password",
    "m:OrgPassword",
    "a1.b-c:Password",
    "ORGPASSWORD",
    "orgPassWord",
    "OrgPasswd",
    "Pwd",
)
CHARACTERS = string.ascii_letters + string.digits + "!$%&'()*+,-./:;<=>?@[]^_{|}~\"#"
# So begun, none is by chance a word of the messages or of the service.
PASSWORDS = st.text(CHARACTERS, min_size=5, max_size=21).map(lambda text: f"9Qz{text}")
TOKENS = ("", "<", ">", "/", "&", '"', "'", " ", "\n", "\0", "x", "]]>", "<![CDATA[", "<!--", "-->", "<?", "&lt;", "=")
CASES = tuple(case for case in load_cases() if not case.is_whole_request and not case.fill)


def plain(password: str) -> str:
    return password.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_cdata(password: str) -> str:
    return "<![CDATA[" + password.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def by_numbers(password: str) -> str:
    return "".join(f"&#{ord(character)};" if place % 2 else f"&#x{ord(character):X};" for place, character in
                   enumerate(password))  # fmt: skip


def with_a_comment(password: str) -> str:
    return plain(password) + "<!-- </OrgPassword> -->"


def raw(password: str) -> str:
    return password


def in_a_child(password: str) -> str:
    return f"<value>{plain(password)}</value>"


WRITINGS = (plain, in_cdata, by_numbers, with_a_comment, raw, in_a_child)


def message(content: str, name: str, start: str = "", end: str = "") -> str:
    """Return a request with a password's element. start, end: what the tags are instead."""
    start, end = start or f"<{name}>", end or f"</{name}>"
    caller = f"<UKPRN>TEST0101</UKPRN>{start}{content}{end}<UserName>mis.user</UserName>"
    return envelope(f'<x:FindLearnerByULN xmlns:x="http://api.lrs.miap.gov.uk/findmsg">{caller}</x:FindLearnerByULN>')


def kept(sent: Exchange) -> bytes:
    """Return all that is kept of an exchange."""
    values = [value.encode() if isinstance(value, str) else value for value in values_of(sent)]
    return b"\n".join(value for value in values if isinstance(value, bytes))


def holds(content: bytes, password: str) -> bool:
    """Tell whether a password can be read in what is kept, in any encoding or writing."""
    ways = [write(password) for write in (raw, plain, by_numbers)]
    ways += [plain(password).replace('"', "&quot;").replace("'", "&apos;")]
    return any(
        way.encode(encoding, "ignore") in content for way in ways for encoding in ("utf-8", "utf-16-le", "cp037")
    )


def sent(text: str, encoding: str = "utf-8", label: str = "") -> Exchange:
    """Return an exchange whose request is a text in an encoding, and what the transport says of it."""
    return bytes_sent(text.encode(encoding, "replace"), label)


def bytes_sent(body: bytes, label: str = "") -> Exchange:
    content_type = f"text/xml; charset={label}" if label else "text/xml"
    return exchange(body, headers=(("Content-Type", content_type), ("User-Agent", "ExampleMIS")))


@given(
    password=PASSWORDS,
    write=st.sampled_from(WRITINGS),
    name=st.sampled_from(NAMES),
    encoding=st.sampled_from(ENCODINGS),
    labelled=st.booleans(),
    declared=st.booleans(),
)
def test_none_is_kept_in_any_writing_and_encoding(
    password: str, write: Write, name: str, encoding: str, *, labelled: bool, declared: bool
) -> None:
    label = encoding.removesuffix("-sig")
    start = f'<?xml version="1.0" encoding="{label}"?>' if declared else ""
    text = start + message(write(password), name)
    assert not holds(kept(sent(text, encoding, label if labelled else "")), password)


@given(password=PASSWORDS, name=st.sampled_from(NAMES), where=st.floats(0, 1), length=st.integers(0, 3),
       token=st.sampled_from(TOKENS), encoding=st.sampled_from(("utf-8", "utf-16", "utf-16-le", "cp037")))  # fmt: skip
def test_none_is_kept_of_a_message_that_is_broken_somewhere_else(
    password: str, name: str, where: float, length: int, token: str, encoding: str
) -> None:
    before, after = message("\0", name).split("\0")
    if where < 0.5:
        place = int(where * 2 * len(before))
        before = before[:place] + token + before[place + length :]
    else:
        place = int((where - 0.5) * 2 * len(after))
        after = after[:place] + token + after[place + length :]
    assert not holds(kept(sent(before + plain(password) + after, encoding, encoding)), password)


@given(
    password=PASSWORDS,
    encoding=st.sampled_from(("utf-8", "utf-16-le")),
    mark=st.sampled_from(("", "\ufeff")),
    share=st.floats(0, 1),
    lost=st.integers(0, 2),
    extra=st.binary(max_size=2),
    label=st.sampled_from(("", "utf-8", "utf-16")),
)
def test_none_is_kept_when_bytes_are_lost_or_added(
    password: str, encoding: str, mark: str, share: float, lost: int, extra: bytes, label: str
) -> None:
    before, after = (text.encode(encoding) for text in message("\0", "OrgPassword").split("\0"))
    place = int(share * len(before))
    body = before[:place] + extra + before[place + lost :] + plain(password).encode(encoding) + after
    assert not holds(kept(bytes_sent(mark.encode(encoding) + body, label)), password)


@given(password=PASSWORDS, left=st.integers(8, 24), encoding=st.sampled_from(("utf-8", "utf-16", "cp037")))
def test_none_is_kept_of_a_message_that_was_cut(password: str, left: int, encoding: str) -> None:
    before, _ = message("\0", "OrgPassword").split("\0")
    assert not holds(kept(sent(before + plain(password)[:left], encoding, encoding)), plain(password)[:left])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<OrgPasswrd>", "</OrgPasswrd>"),
        ("<OrgPassword>", "</OrgPasword>"),
        ("<OrgPasword>", "</OrgPassword>"),
        ("<OrgPassword>", "</UserName>"),
        ("<OrgPassword", "</OrgPassword>"),
        ("<OrgPassword", "/>"),
        ("<OrgPassword ", ">"),
        ("<OrgPassword>", ""),
        ("<OrgPassword>", "<OrgPassword>"),
        ('<OrgPassword value="', '"/>'),
        ("<Caller OrgPassword='", "'/>"),
        ("< OrgPassword >", "< / OrgPassword >"),
        ("<!-- <OrgPassword>", "</OrgPassword> -->"),
        ("<![CDATA[<OrgPassword>", "</OrgPassword>]]>"),
        ("&lt;OrgPassword&gt;", "&lt;/OrgPassword&gt;"),
        ("&amp;lt;OrgPassword&amp;#62;", "&amp;lt;/OrgPassword&amp;#62;"),
        ('{"OrgPassword": "', '"}'),
        ("OrgPassword=", "&amp;UserName=x"),
        ('<!DOCTYPE a [<!ENTITY p "', '">]><OrgPassword>&p;</OrgPassword>'),
        ("<wsse:Password Type='urn:x#PasswordText'>", "</wsse:Password>"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_none_is_kept_wherever_clients_put_it(start: str, end: str, encoding: str) -> None:
    text = message(PASSWORD, "OrgPassword", start, end)
    assert not holds(kept(sent(text, encoding, encoding)), PASSWORD)


def test_what_is_no_password_is_kept_to_the_letter() -> None:
    text = message(PASSWORD, "OrgPassword")
    assert text.replace(PASSWORD, "***").encode() in kept(sent(text))


@pytest.mark.parametrize("content", ["", " ", "\n"])
def test_an_empty_password_is_seen_to_be_empty(content: str) -> None:
    assert f"<OrgPassword>{content}</OrgPassword>".encode() in kept(sent(message(content, "OrgPassword")))


def test_a_blotted_password_leaves_its_lines() -> None:
    text = message("<![CDATA[\n\n" + PASSWORD + "]]>", "OrgPassword")
    assert kept(sent(text)).count(b"\n") == kept(sent(text.replace(PASSWORD, "x"))).count(b"\n")
    assert b"***\n\n</OrgPassword>" in kept(sent(text))


@pytest.mark.parametrize("password", [PASSWORD, "pa&ss<wo\"rd>'16", "pässwört-pässwört"])
def test_none_is_kept_where_it_is_repeated(password: str) -> None:
    body = message(plain(password), "OrgPassword").replace("mis.user", plain(password)).encode()
    fault = f"Value '{plain(password)}' is not valid"
    repeated = exchange(
        body,
        f"<FurtherDetails>{fault}</FurtherDetails>".encode(),
        path=f"/{password}.svc",
        query=f"a={password}&OrgPassword=other-password",
        user_name=password,
        headers=(("Content-Type", "text/xml; charset=utf-8"), ("Soapaction", password), ("User-Agent", password)),
        answer_headers=(("Location", password),),
    )
    assert not holds(kept(repeated), password)
    assert b"other-password" not in kept(repeated)


def test_none_is_kept_in_a_fault_of_r9() -> None:
    detail = b64encode(f"Value '{PASSWORD}' is too short".encode())
    body = requests.events("9276308686").encode()
    content = kept(exchange(body, b"<ErrorDetail>" + detail + b"</ErrorDetail>"))
    assert detail not in content
    assert b64encode(b"Value '***' is too short") in content


@pytest.mark.parametrize("header", ["Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Org-Password"])
def test_headers_that_let_somebody_in_are_blotted(header: str) -> None:
    headers = ((header, "Basic dGVzdDp0ZXN0"), ("User-Agent", "ExampleMIS"))
    content = kept(exchange(headers=headers, answer_headers=(("Set-Cookie", "session=abc"),)))
    assert f"{header}: ***\nUser-Agent: ExampleMIS".encode() in content
    assert b"session=abc" not in content


def test_a_message_that_nobody_can_read_is_not_kept() -> None:
    hidden = message(PASSWORD, "OrgPassword").encode("cp037")
    assert b"574 bytes in an encoding that cannot be read are not kept" in kept(bytes_sent(hidden.ljust(574, b"\xff")))


@pytest.mark.parametrize("mistake", ["&{};", "<{}/>", "<{}:x/>", "<!-- {} -- -->", "<x {}='1' {}='1'/>"])
def test_none_is_kept_in_the_words_of_a_parser_that_quotes_it(call: Caller, journal: Journal, mistake: str) -> None:
    password = mistake.format(*["quoted-secret-1"] * 2)
    made = call(message(password, "OrgPassword"))
    assert made.status == 500
    journal.record(made)
    (entry,) = journal.find()
    assert "quoted-secret" not in f"{entry}{entry.to_json()}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_none_of_the_corpus_is_kept(service: Service, case: Case) -> None:
    content = kept(of_case(service, case))
    assert not holds(content, PASSWORD)
    assert not holds(content, PASSWORD.upper())


MESSAGES = {
    "LearnerService": (requests.by_uln(ULN), requests.by_demographics(), requests.register(), requests.verify(ULN),
                       requests.update(ULN), requests.submit_batch(requests.MAEVE)),
    "LearnerServiceR9": (requests.events(ULN), requests.organisation()),
    "ExternalService": (requests.achievement_job(1),),
}  # fmt: skip
SENT = [(to, text) for to, texts in MESSAGES.items() for text in texts]


@pytest.fixture(scope="module")
def kept_journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """Give one journal to all examples of a test."""
    opened = Journal(tmp_path_factory.mktemp("passwords") / "journal.db", Limits(hours=AGES))
    yield opened
    opened.close()


def texts(value: Any) -> Iterator[str]:
    """Give all texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def told(journal: Journal, made: Exchange) -> bytes:
    """Return all that anybody can get to see of an exchange: the entry with its explanation, and the files of it."""
    last = max((entry.number for entry in journal.find(limit=None)), default=0)
    journal.record(made)
    (entry,) = journal.find(after=last)
    archive = io.BytesIO()
    journal.export(Criteria(), archive)
    journal.clear()
    shown = [*texts(entry.to_json()), *texts(entry.to_json(blot_personal=True)), str(entry)]
    with zipfile.ZipFile(archive) as files:
        return b"\n".join([*(text.encode(errors="replace") for text in shown), *map(files.read, files.namelist())])


@given(
    password=PASSWORDS,
    write=st.sampled_from(WRITINGS),
    sent=st.sampled_from(SENT),
    encoding=st.sampled_from(ENCODINGS),
    declared=st.booleans(),
    labelled=st.booleans(),
)
def test_none_is_told_or_handed_out_of_what_the_service_answered(
    kept_journal: Journal,
    service: Service,
    password: str,
    write: Write,
    sent: tuple[str, str],
    encoding: str,
    *,
    declared: bool,
    labelled: bool,
) -> None:
    to, text = sent
    label = encoding.removesuffix("-sig")
    start = f'<?xml version="1.0" encoding="{label}"?>' if declared else ""
    body = (start + text.replace(PASSWORD, write(password))).encode(encoding, "replace")
    content_type = f"text/xml; charset={label}" if labelled else "text/xml"
    assert not holds(told(kept_journal, Caller(service)(body, to, content_type=content_type)), password)


@given(
    password=PASSWORDS,
    sent=st.sampled_from(SENT),
    where=st.floats(0, 1),
    lost=st.integers(0, 3),
    token=st.sampled_from(TOKENS),
    cut=st.none() | st.integers(SHORTEST, 12),
)
@example(password="9Qz00000", sent=SENT[0], where=0.96875, lost=0, token="<", cut=SHORTEST)
def test_none_is_told_or_handed_out_of_a_message_that_is_broken_or_cut(
    kept_journal: Journal,
    service: Service,
    password: str,
    sent: tuple[str, str],
    where: float,
    lost: int,
    token: str,
    cut: int | None,
) -> None:
    to, text = sent
    before, after = text.split(PASSWORD)
    place = int(where * len(before))
    before = before[:place] + token + before[place + lost :]
    secret = plain(password)[:cut]
    made = Caller(service)(before + secret + ("" if cut else after), to)
    assert not holds(told(kept_journal, made), secret if cut else password)
