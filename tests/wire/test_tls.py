"""TLS as in life: whose certificate is admitted, what the others are told, and that nobody harms the service."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import zeep
from lxml import etree

from lrs_soap.certificates.authority import Authority
from tests import factories
from tests.corpus.wire import connect, exchange, read_all
from tests.serving import Server, environment, started_server
from tests.wire.conftest import fill
from tests.wire.requests import AO_USER, CALLER, R9_CALLER, achievement_job, by_uln, organisation
from tests.wire.secure import (
    LONG_AGO,
    Identity,
    connected,
    issued,
    made,
    post,
    read_to_end,
    request_of,
    serial_of,
    trusting,
)
from tests.wire.toolkits import need_php

LEARNER = factories.learner()
FIND = by_uln(LEARNER.uln)
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
ROW = {
    "LearnerService": FIND,
    "LearnerServiceR9": organisation(),
    "ExternalService": achievement_job(1),
    "LearnerRegister": FIND,
}
"""A message of TEST0101 to every service, in the words of each."""


@dataclass(frozen=True, slots=True)
class House:
    """An authority, its certificates by what is the matter with them, and a register that knows two organisations."""

    authority: Authority
    identities: dict[str, Identity]
    database: str

    @property
    def options(self) -> tuple[str, ...]:
        """What a server of this house is started with."""
        directory = str(self.authority.layout.directory)
        return ("--tls", "--certificate-directory", directory, "--log-level", "info")

    def client(self, who: str | None = None, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """Return the context of a client with one of the certificates, or none."""
        return trusting(self.authority, None if who is None else self.identities[who], version)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Make the authority and the register."""
    home = tmp_path_factory.mktemp("tls")
    authority, elsewhere = made(home / "certificates", "lrs.test"), made(home / "elsewhere")
    layout = authority.layout
    identities = {
        "own": issued(authority, "TEST0101"),
        "another": issued(authority, "TEST0202"),
        "unknown": issued(authority, "NOBODY99"),
        "closed": issued(authority, "TEST0303"),
        "expired": issued(authority, "TEST0101", "expired", at=LONG_AGO),
        "future": issued(authority, "TEST0101", "future", at=datetime.now(UTC) + timedelta(days=2)),
        "revoked": issued(authority, "TEST0101", "revoked"),
        "foreign": issued(elsewhere, "TEST0101"),
        "server": Identity(layout.server, layout.server_key),
    }
    authority.revoke(serial_of(identities["revoked"]))
    database = f"sqlite:///{home / 'register.db'}"
    organisations = [
        factories.organisation(awarding=True),
        factories.organisation(ukprn="TEST0202", reference="TST002"),
        factories.organisation(ukprn="TEST0303", reference="TST003", status="Closed"),
    ]
    fill(database, [LEARNER], organisations=organisations)
    return House(authority, identities, database)


@pytest.fixture(scope="module")
def strict(house: House) -> Iterator[Server]:
    """Serve those only who show a certificate."""
    with started_server(house.database, *house.options, "--require-client-certificate") as server:
        yield server
    assert_unharmed(server)


@pytest.fixture(scope="module")
def lenient(house: House) -> Iterator[Server]:
    """Serve everybody, and look at the certificates of those who show one."""
    with started_server(house.database, *house.options) as server:
        yield server
    assert_unharmed(server)


def assert_unharmed(server: Server) -> None:
    """Check that no worker had to be replaced, and that nothing went wrong that nobody foresaw."""
    assert server.output.count("Booting worker") == 2, server.output
    assert "Traceback" not in server.output


def wait_for(server: Server, text: str, times: int = 1) -> None:
    """Wait until a server has logged a text so many times."""
    until = time.monotonic() + 30
    while server.output.count(text) < times:
        assert time.monotonic() < until, server.output
        time.sleep(0.02)


def refused(address: str, context: ssl.SSLContext) -> str:
    """Call in vain; return the alert that says why."""
    with pytest.raises(ssl.SSLError) as caught:
        called(address, context)
    return str(caught.value.reason)


@dataclass(frozen=True, slots=True)
class Called:
    """What came of one call, and the session that it left behind."""

    answer: bytes
    session: ssl.SSLSession | None
    session_reused: bool | None


def called(address: str, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> Called:
    with connected(address, context, session=session) as connection:
        connection.sendall(request_of(FIND))
        answer = read_to_end(connection)
        return Called(answer, connection.session, connection.session_reused)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("service", ROW)
def test_an_organisation_is_served_by_its_own_certificate(
    house: House, strict: Server, service: str, version: ssl.TLSVersion
) -> None:
    reply = post(strict.address, house.client("own", version), service, ROW[service])
    expected = {"LearnerServiceR9": "WSRC0001", "ExternalService": "WSRC0018"}.get(service, "WSRC0004")
    assert (reply.status, reply.code) == (200, expected)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize(
    ("who", "alert", "logged"),
    [
        (None, "CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE", "no client certificate"),
        ("foreign", "UNKNOWN_CA", "client certificate of an unknown authority"),
        ("expired", "CERTIFICATE_EXPIRED", "client certificate expired"),
        ("future", "BAD_CERTIFICATE", "client certificate not valid yet"),
        ("revoked", "CERTIFICATE_REVOKED", "client certificate revoked"),
        ("server", "UNSUPPORTED_CERTIFICATE", "client certificate not acceptable"),
    ],
)
def test_whoever_shows_no_good_certificate_gets_an_alert_that_says_why(
    house: House, strict: Server, who: str | None, alert: str, logged: str, version: ssl.TLSVersion
) -> None:
    before = strict.output.count(f"127.0.0.1: {logged} (")
    assert re.search(f"ALERT_({alert})$", refused(strict.address, house.client(who, version)))
    wait_for(strict, f"127.0.0.1: {logged} (", before + 1)
    assert post(strict.address, house.client("own"), "LearnerService", FIND).code == "WSRC0004"


def journal_of(house: House, server: Server, path: str = "", **query: Any) -> Any:
    """Return what the journal of a server answers."""
    own, layout = house.identities["own"], house.authority.layout
    answer = requests.get(
        f"{server.address}/_lrs/journal{path}",
        query,
        verify=str(layout.authority),
        cert=(str(own.certificate), str(own.key)),
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["entries"]


@pytest.mark.parametrize(
    ("who", "outcome", "said"),
    [
        (None, "TLS-NO-CERTIFICATE", "no client certificate"),
        ("foreign", "TLS-FOREIGN", "client certificate of an unknown authority"),
        ("expired", "TLS-EXPIRED", "client certificate expired"),
        ("revoked", "TLS-REVOKED", "client certificate revoked"),
    ],
)
def test_a_refused_certificate_stands_in_the_journal(
    house: House, strict: Server, who: str | None, outcome: str, said: str
) -> None:
    since = datetime.now(UTC).isoformat()
    refused(strict.address, house.client(who))
    (entry,) = journal_of(house, strict, "/wait", outcome=outcome, since=since, n=1, timeout=5)
    assert (entry["world"], entry["remote"], entry["status"]) == ("default", "127.0.0.1", 0)
    assert entry["explanation"]["kind"] == "handshake"
    assert entry["explanation"]["sentences"][0] == f"There was no connection: {said}."
    assert entry["number"] in [each["number"] for each in journal_of(house, strict, outcome="TLS-*", since=since)]


@pytest.mark.parametrize(("who", "code"), [("another", "WSEC0006"), ("unknown", "WSEC0003"), ("closed", "WSEC0003")])
def test_a_certificate_of_another_organisation_is_a_fault_in_the_journal(
    house: House, strict: Server, who: str, code: str
) -> None:
    since = datetime.now(UTC).isoformat()
    post(strict.address, house.client(who), "LearnerService", FIND)
    (entry,) = journal_of(house, strict, since=since)
    assert (entry["outcome"], entry["status"], entry["operation"]) == (code, 500, "learnerByULN")
    assert (entry["explanation"]["kind"], entry["explanation"]["rule"]) == ("fault", "who may call")
    assert "certificate" in " ".join(entry["explanation"]["sentences"])


@pytest.mark.parametrize("who", ["foreign", "expired", "revoked"])
def test_a_bad_certificate_is_refused_where_none_is_needed_too(house: House, lenient: Server, who: str) -> None:
    assert "ALERT_" in refused(lenient.address, house.client(who))


@pytest.mark.parametrize("service", ROW)
@pytest.mark.parametrize(
    ("who", "code", "said"),
    [
        ("another", "WSEC0006", "belongs to the organisation TEST0202, the message to TEST0101"),
        ("unknown", "WSEC0003", "names no registered organisation"),
        ("closed", "WSEC0003", "names no registered organisation"),
    ],
)
def test_a_certificate_must_be_that_of_the_calling_organisation(
    house: House, strict: Server, lenient: Server, service: str, who: str, code: str, said: str
) -> None:
    for server in (strict, lenient):
        reply = post(server.address, house.client(who), service, ROW[service])
        assert reply.status == 500
        assert reply.code == code
        assert said in reply.further


def test_the_same_certificate_serves_its_own_organisation_and_no_other(house: House, strict: Server) -> None:
    context = house.client("another")
    theirs = by_uln(LEARNER.uln, UKPRN="TEST0202")
    for _ in range(3):
        assert post(strict.address, context, "LearnerService", theirs).code == "WSRC0004"
        assert post(strict.address, context, "LearnerService", FIND).code == "WSEC0006"
        assert post(strict.address, house.client("own"), "LearnerService", FIND).code == "WSRC0004"


def test_the_other_checks_come_in_their_order(house: House, strict: Server) -> None:
    wrong_password = by_uln(LEARNER.uln, OrgPassword="fedcba9876543210")
    assert post(strict.address, house.client("own"), "LearnerService", wrong_password).code == "WSEC0005"
    assert post(strict.address, house.client("another"), "LearnerService", wrong_password).code == "WSEC0005"
    assert post(strict.address, house.client("unknown"), "LearnerService", wrong_password).code == "WSEC0003"


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_without_need_of_a_certificate_everybody_may_call_without(
    house: House, lenient: Server, version: ssl.TLSVersion
) -> None:
    assert post(lenient.address, house.client(None, version), "LearnerService", FIND).code == "WSRC0004"
    # Whoever called before on the same worker showed one.
    assert post(lenient.address, house.client("another", version), "LearnerService", FIND).code == "WSEC0006"
    assert post(lenient.address, house.client(None, version), "LearnerService", FIND).code == "WSRC0004"


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_session_taken_up_again_is_still_that_of_its_certificate(
    house: House, strict: Server, version: ssl.TLSVersion
) -> None:
    context = house.client("another", version)
    first = called(strict.address, context)
    # Not every worker need know the session.
    again = (called(strict.address, context, first.session) for _ in range(100))
    reused = next(each for each in again if each.session_reused)
    assert b"WSEC0006" in reused.answer


def test_a_revoked_certificate_is_refused_from_the_next_connection_on(house: House) -> None:
    layout = house.authority.layout
    victim = issued(house.authority, "TEST0101", "to-be-revoked")
    with started_server(house.database, *house.options, "--require-client-certificate") as server:
        context = trusting(house.authority, victim, ssl.TLSVersion.TLSv1_3)
        first = called(server.address, context)
        assert b"WSRC0004" in first.answer
        command = [sys.executable, "-m", "lrs_soap", "certs", "revoke", serial_of(victim)]
        subprocess.run([*command, "--directory", str(layout.directory)], check=True, env=environment(), timeout=60)
        for _ in range(4):
            assert "ALERT_CERTIFICATE_REVOKED" in refused(server.address, context)
            with pytest.raises(ssl.SSLError, match=r"(?i)revoked"):
                called(server.address, context, first.session)
            assert post(server.address, house.client("own"), "LearnerService", FIND).code == "WSRC0004"
    assert_unharmed(server)


def test_a_renewed_certificate_of_the_service_is_shown_and_a_broken_one_is_not(tmp_path: Path, house: House) -> None:
    authority = made(tmp_path / "certificates")
    options = ("--tls", "--certificate-directory", str(tmp_path / "certificates"), "--workers", "1")
    with started_server(house.database, *options) as server:

        def shown() -> str:
            with connected(server.address, trusting(authority)) as connection:
                details = connection.getpeercert()
                assert details is not None
                return str(details["serialNumber"])

        first = shown()
        authority.renew_server(["lrs.test"], force=True)
        second = shown()
        assert first != second
        authority.layout.server.write_text("broken")
        assert {shown() for _ in range(4)} == {second}
        wait_for(server, "those before stay in force")


def test_the_wsdl_names_an_https_address(house: House, strict: Server) -> None:
    location = wsdl_address(house, strict.address)
    assert strict.address.startswith("https://127.0.0.1:")
    assert location == f"{strict.address}/LearnerService.svc"


def wsdl_address(house: House, address: str) -> str:
    own = house.identities["own"]
    answer = requests.get(
        f"{address}/LearnerService.svc?wsdl",
        verify=str(house.authority.layout.authority),
        cert=(str(own.certificate), str(own.key)),
        timeout=30,
    )
    (found,) = etree.fromstring(answer.content).iter(SOAP_ADDRESS)
    return str(found.get("location"))


def test_the_service_is_known_by_all_its_names(house: House, lenient: Server) -> None:
    by_name = lenient.address.replace("127.0.0.1", "localhost")
    assert wsdl_address(house, by_name) == f"{by_name}/LearnerService.svc"
    for name in ("localhost", "127.0.0.1", "lrs.test", "::1"):
        connected(lenient.address, house.client(), name).close()
    with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|not valid for"):
        connected(lenient.address, house.client(), "other.test")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_the_service_is_reached_by_ipv6(house: House) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with started_server(house.database, *house.options, "--host", "::1") as server:
        assert server.address.startswith("https://[::1]:")
        assert post(server.address, house.client("own"), "LearnerService", FIND).code == "WSRC0004"


def test_zeep_calls_with_a_certificate(house: House, strict: Server) -> None:
    with requests.Session() as session:
        # What the environment says of authorities would count for more than what is said here.
        session.trust_env = False
        own = house.identities["own"]
        session.verify, session.cert = str(house.authority.layout.authority), (str(own.certificate), str(own.key))
        transport = zeep.Transport(session=session)  # type: ignore[no-untyped-call]
        client: Any = zeep.Client(f"{strict.address}/LearnerService.svc?wsdl", transport=transport)  # type: ignore[no-untyped-call]
        found = client.service.learnerByULN(
            FindType="FUL", **CALLER, ULN=LEARNER.uln, FamilyName="Okafor", GivenName="Maeve"
        )
    assert found.ResponseCode == "WSRC0004"


def test_php_calls_with_a_certificate(tmp_path: Path, house: House, strict: Server) -> None:
    need_php()
    own, both = house.identities["own"], tmp_path / "both.pem"
    both.write_bytes(own.certificate.read_bytes() + own.key.read_bytes())
    script = """
        [$_, $wsdl, $authority, $both, $call] = $argv;
        $context = stream_context_create(['ssl' => ['cafile' => $authority, 'local_cert' => $both]]);
        $client = new SoapClient($wsdl, ['stream_context' => $context, 'cache_wsdl' => WSDL_CACHE_NONE]);
        echo $client->learnerByULN(json_decode($call, true))->ResponseCode;
    """
    members = json.dumps(CALLER | {"FindType": "CHK", "ULN": LEARNER.uln, "FamilyName": "Okafor", "GivenName": "Maeve"})
    wsdl, trusted = f"{strict.address}/LearnerService.svc?wsdl", str(house.authority.layout.authority)
    arguments = [wsdl, trusted, str(both), members]
    ended = subprocess.run(["php", "-r", script, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == ("WSRC0004", "")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
@pytest.mark.parametrize(("who", "expected"), [("own", b"WSRC0004"), ("another", b"WSEC0006")])
def test_openssl_calls_with_a_certificate(house: House, strict: Server, who: str, expected: bytes) -> None:
    url, identity = urlsplit(strict.address), house.identities[who]
    command = ["openssl", "s_client", "-quiet", "-verify_return_error", "-connect", f"{url.hostname}:{url.port}"]
    shown = f"-CAfile {house.authority.layout.authority} -cert {identity.certificate} -key {identity.key}".split()
    ended = subprocess.run([*command, *shown], input=request_of(FIND), capture_output=True, timeout=60, check=False)
    assert expected in ended.stdout


def test_the_end_of_an_answer_is_announced(house: House, lenient: Server) -> None:
    for message in (request_of(FIND), b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
        with connected(lenient.address, house.client()) as connection:
            connection.sendall(message)
            assert read_to_end(connection).startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("megabytes", [1, 20])
def test_a_client_that_sends_too_much_gets_to_see_the_refusal(house: House, lenient: Server, megabytes: int) -> None:
    answer = requests.post(
        f"{lenient.address}/LearnerService.svc",
        b" " * megabytes * 1_000_000,
        headers={"Content-Type": "text/xml"},
        verify=str(house.authority.layout.authority),
        timeout=30,
    )
    assert answer.status_code == 413


def test_plain_http_is_refused_in_one_line(house: House, lenient: Server) -> None:
    answer = exchange(lenient.address, request_of(FIND))
    assert answer.status == 400
    assert answer.body == b"This port speaks HTTPS only; the address must begin with https://.\n"
    wait_for(lenient, "127.0.0.1: plain HTTP sent to a TLS port (")
    assert post(lenient.address, house.client(), "LearnerService", FIND).code == "WSRC0004"


def test_an_old_version_of_the_protocol_is_refused(house: House, lenient: Server) -> None:
    context = house.client()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert "PROTOCOL_VERSION" in refused(lenient.address, context)
    wait_for(lenient, "127.0.0.1: protocol version too old (")


def test_a_client_that_does_not_trust_the_service_is_logged(tmp_path: Path, lenient: Server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connected(lenient.address, trusting(made(tmp_path / "others")))
    wait_for(lenient, "127.0.0.1: client does not trust the service's certificate (")


def test_handshakes_that_come_to_nothing_harm_nobody(house: House, lenient: Server) -> None:
    greeting = ssl.MemoryBIO()
    half = house.client().wrap_bio(ssl.MemoryBIO(), greeting, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        half.do_handshake()
    hello = greeting.read()
    for start in (hello[:3], hello[:100], hello, b"\x16\x03\x01\x00\x04nope", b"\x80\x00", b"\x00" * 50):
        for _ in range(3):
            with connect(lenient.address) as connection:
                connection.sendall(start)
    with connected(lenient.address, house.client()) as spoilt:
        socket.socket.send(spoilt, b"\x17\x03\x03\x00\x05nope!")
    with connect(lenient.address) as stalled:
        stalled.sendall(hello[:50])
        assert post(lenient.address, house.client(), "LearnerService", FIND).code == "WSRC0004"
        assert read_all(stalled) == b""
    wait_for(lenient, "127.0.0.1: handshake took too long (")


def test_a_client_that_says_nothing_after_its_greeting_is_given_up(house: House, lenient: Server) -> None:
    with connected(lenient.address, house.client()) as silent:
        assert post(lenient.address, house.client(), "LearnerService", FIND).code == "WSRC0004"
        with pytest.raises(ssl.SSLEOFError):
            silent.recv(1)


def test_certificates_from_elsewhere_can_be_shown(tmp_path: Path, house: House) -> None:
    elsewhere = made(tmp_path / "elsewhere")
    files = ("--certificate", str(elsewhere.layout.server), "--private-key", str(elsewhere.layout.server_key))
    absent = ("--tls", *files, "--certificate-directory", str(tmp_path / "none"))
    with started_server(house.database, *absent) as server:
        assert post(server.address, trusting(elsewhere), "LearnerService", FIND).code == "WSRC0004"
    with started_server(house.database, *house.options, *files, "--require-client-certificate") as server:
        own = trusting(elsewhere, house.identities["own"])
        assert post(server.address, own, "LearnerService", FIND).code == "WSRC0004"
        assert "ALERT_" in refused(server.address, trusting(elsewhere))


def not_started(*args: str) -> str:
    command = [sys.executable, "-m", "lrs_soap", "serve", "--port", "0", "--demo", *args]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(), check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_what_is_missing_is_told_before_anything_is_served(tmp_path: Path, house: House) -> None:
    none, layout = ("--certificate-directory", str(tmp_path)), house.authority.layout
    assert f"there is no file {tmp_path / 'server.pem'}; `lrs-soap certs init` makes" in not_started("--tls", *none)
    assert "give --tls too" in not_started("--require-client-certificate", *none)
    assert "give both or neither" in not_started("--tls", "--certificate", str(layout.server), *none)
    files = ("--certificate", str(layout.server), "--private-key", str(layout.server_key))
    assert "there is no file" in not_started("--tls", *files, "--require-client-certificate", *none)
    mixed = ("--certificate", str(layout.server), "--private-key", str(layout.authority_key))
    assert "cannot be used" in not_started("--tls", *mixed, *none)


def test_the_callers_that_the_services_take_are_those_of_the_first_organisation() -> None:
    assert {CALLER["UKPRN"], R9_CALLER["Ukprn"]} == {"TEST0101"}
    assert AO_USER["OrganisationRef"] == factories.organisation().reference
