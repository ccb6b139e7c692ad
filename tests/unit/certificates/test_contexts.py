"""TLS without a server: contexts that follow their files, sessions that end with certificates, refusals told on."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from lrs_soap import tls
from lrs_soap.certificates.authority import Authority, Wish
from lrs_soap.certificates.making import KeyKind
from lrs_soap.domain.clock import SystemClock
from lrs_soap.tls import Connection, Contexts, Files, HandshakeRefusal, LapsedSessionError, Reason

Sessions = Sequence[ssl.SSLSession | None]
YEAR = 366 * 24 * 60 * 60


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("contexts"), SystemClock())
    made.make(kind=KeyKind.EC)
    made.issue(Wish(ukprn="TEST0101", password="changeit", days=1, kind=KeyKind.EC))
    return made


@pytest.fixture
def files(authority: Authority) -> Files:
    layout = authority.layout
    return Files(layout.server, layout.server_key, layout.authority, layout.revoked, required=True)


@pytest.fixture
def client(authority: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.layout.authority)
    context.load_cert_chain(
        authority.layout.client("TEST0101", "-chain.pem"), authority.layout.client("TEST0101", "-key.pem")
    )
    return context


@contextmanager
def met(contexts: Contexts, client: ssl.SSLContext, sessions: Sessions = ()) -> Iterator[Connection]:
    """Give the server's end of a connection whose client greets, reads a word, and keeps its session for the next."""
    here, there = socket.socketpair()

    def greet() -> None:
        session = sessions[-1] if sessions else None
        with client.wrap_socket(there, server_hostname="localhost", session=session) as connection:
            connection.recv(4)
            if isinstance(sessions, list):
                sessions.append(connection.session)

    here.settimeout(30)
    there.settimeout(30)
    thread = threading.Thread(target=greet)
    thread.start()
    with contexts.accept(here) as connection:
        yield connection
        connection.sendall(b"word")
        thread.join()


def test_who_is_calling_stands_in_the_certificate(files: Files, client: ssl.SSLContext) -> None:
    with met(Contexts(files), client) as connection:
        connection.greet()
        assert connection.organisation == "TEST0101"


def test_nobody_is_known_without_a_certificate(files: Files, authority: Authority) -> None:
    anonymous = ssl.create_default_context(cafile=authority.layout.authority)
    for each in (replace(files, required=False), replace(files, authority=None, revoked=None)):
        with met(Contexts(each), anonymous) as connection:
            connection.greet()
            assert connection.organisation is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)
def test_a_session_does_not_outlive_its_certificate(
    files: Files, client: ssl.SSLContext, version: ssl.TLSVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.maximum_version = version
    contexts, sessions = Contexts(files), list[ssl.SSLSession | None]()
    with met(contexts, client, sessions) as connection:
        connection.greet()
        assert not connection.session_reused
    with met(contexts, client, sessions) as connection:
        connection.greet()
        assert connection.session_reused
        assert connection.organisation == "TEST0101"
    later = datetime.now(UTC).timestamp() + YEAR
    monkeypatch.setattr(tls, "time", lambda: later)
    with met(contexts, client, sessions) as connection, pytest.raises(LapsedSessionError) as caught:
        connection.greet()
    assert tls.reason_of(caught.value) == Reason.EXPIRED


def test_the_context_is_made_anew_only_when_a_file_changes(tmp_path: Path, files: Files) -> None:
    revoked = tmp_path / "crl.pem"
    assert files.revoked is not None
    revoked.write_bytes(files.revoked.read_bytes())
    contexts = Contexts(replace(files, revoked=revoked))
    first = contexts.current()
    assert contexts.current() is first
    os.utime(revoked, ns=(0, 0))
    second = contexts.current()
    assert second is not first
    assert contexts.current() is second


def test_what_is_missing_or_broken_changes_nothing_and_is_said_once(
    tmp_path: Path, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    revoked = tmp_path / "crl.pem"
    assert files.revoked is not None
    content = files.revoked.read_bytes()
    revoked.write_bytes(content)
    contexts = Contexts(replace(files, revoked=revoked))
    first = contexts.current()
    for spoil in (revoked.unlink, lambda: revoked.write_text("nothing")):
        caplog.clear()
        spoil()
        assert contexts.current() is first
        assert contexts.current() is first
        assert len(caplog.records) == 1
    revoked.write_bytes(content)
    assert contexts.current() is not first


def test_nobody_is_asked_for_the_password_of_a_key(tmp_path: Path, files: Files, authority: Authority) -> None:
    key = serialization.load_pem_private_key(files.private_key.read_bytes(), None)
    encrypted = tmp_path / "key.pem"
    encrypted.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"changeit"),
        )
    )
    with pytest.raises(OSError, match=r"\S"):
        Contexts(replace(files, private_key=encrypted))


def test_nothing_older_than_tls_1_2_is_spoken(files: Files) -> None:
    assert tls.make_context(files).minimum_version == ssl.TLSVersion.TLSv1_2


def test_whoever_wants_to_know_is_told_of_refusals(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[HandshakeRefusal] = []

    def fail(_refusal: HandshakeRefusal) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(tls, "on_refusal", [fail, told.append])
    before = datetime.now(UTC)
    tls.report_refusal("192.0.2.7", Reason.REVOKED, "certificate revoked")
    (refusal,) = told
    assert before <= refusal.at <= datetime.now(UTC)
    assert (refusal.remote, refusal.reason, refusal.detail) == ("192.0.2.7", Reason.REVOKED, "certificate revoked")
    assert "no room" in caplog.text


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError("timed out"), Reason.TOO_SLOW),
        (ConnectionResetError(), Reason.BROKEN_OFF),
        (ssl.SSLEOFError(), Reason.BROKEN_OFF),
        (ssl.SSLError(1, "[SSL: SOMETHING_NEW] something new"), Reason.OTHER),
        (OSError("no route"), Reason.OTHER),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_a_reason(error: OSError, reason: Reason) -> None:
    assert tls.reason_of(error) == reason


def test_every_reason_is_explained() -> None:
    document = Path(__file__).parents[3] / "docs" / "certificates.md"
    _, _, table = document.read_text(encoding="utf-8").partition(
        "| reason | what the client sees, and what to do |\n|---|---|\n"
    )
    listed = [line.split("|")[1].strip() for line in table.split("\n\n")[0].splitlines()]
    assert listed == [reason.value for reason in Reason]
