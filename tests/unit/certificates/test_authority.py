"""The authority: what it writes and never overwrites, what its certificates say, and what it knows of them later."""

import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from lrs_soap.certificates.authority import AUTHORITY_DAYS, CLIENT_DAYS, SERVER_DAYS, Authority, Wish
from lrs_soap.certificates.files import AuthorityError
from lrs_soap.certificates.making import KeyKind, organisation_of
from lrs_soap.domain.clock import FixedClock

NOW = datetime(2026, 3, 2, 10, 15, 30, 123456, tzinfo=UTC)
TODAY = NOW.replace(microsecond=0)
PASSWORD = "changeit"


def wish(ukprn: str = "TEST0101", **more: object) -> Wish:
    return Wish(ukprn=ukprn, password=PASSWORD, kind=KeyKind.EC, **more)  # type: ignore[arg-type]


def at(directory: Path, moment: datetime) -> Authority:
    return Authority(directory, FixedClock(moment))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = at(tmp_path / "certificates", NOW)
    made.make(["lrs.test", "192.0.2.7", "LRS.Example"], KeyKind.EC)
    return made


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def revocations(authority: Authority) -> x509.CertificateRevocationList:
    return x509.load_pem_x509_crl(authority.layout.revoked.read_bytes())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_read_what_is_private(authority: Authority) -> None:
    authority.issue(wish())
    modes = {path.name: mode(path) for path in authority.layout.directory.rglob("*.p*")}
    private = {"ca-key.pem", "server-key.pem", "TEST0101-key.pem", "TEST0101.pfx"}
    assert {name for name, bits in modes.items() if bits == 0o600} == private
    assert {bits for name, bits in modes.items() if name not in private} == {0o644}


def test_nothing_is_left_beside_the_files(authority: Authority) -> None:
    authority.issue(wish())
    left = {path.name for path in authority.layout.directory.rglob("*") if path.name.startswith(".")}
    assert left == set()


def test_the_authority_signs_certificates_and_lists_and_nothing_else(authority: Authority) -> None:
    made = certificate(authority.layout.authority)
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    constraints = made.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert made.not_valid_after_utc == TODAY + timedelta(days=AUTHORITY_DAYS)
    made.verify_directly_issued_by(made)


def test_the_service_is_certified_under_all_its_names(authority: Authority) -> None:
    server = certificate(authority.layout.server)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "lrs.test", "lrs.example"]
    addresses = [ip_address(text) for text in ("127.0.0.1", "::1", "192.0.2.7")]
    assert names.get_values_for_type(x509.IPAddress) == addresses
    assert purposes(server) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert server.not_valid_after_utc == TODAY + timedelta(days=SERVER_DAYS)
    server.verify_directly_issued_by(certificate(authority.layout.authority))


def purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_a_client_certificate_names_its_organisation(authority: Authority) -> None:
    public, key, chain, _ = authority.issue(wish())
    client = certificate(public)
    assert organisation_of(client) == "TEST0101"
    assert client.subject.rfc4514_string() == "CN=lrs-soap client TEST0101,OU=TEST0101,O=lrs-soap"
    assert purposes(client) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert client.not_valid_before_utc < TODAY
    assert client.not_valid_after_utc == TODAY + timedelta(days=CLIENT_DAYS)
    private = load_pem_private_key(key.read_bytes(), None)
    assert private.public_key() == client.public_key()
    assert x509.load_pem_x509_certificates(chain.read_bytes()) == [client, certificate(authority.layout.authority)]
    ssl.create_default_context().load_cert_chain(chain, key)


def test_an_authority_is_no_organisation(authority: Authority) -> None:
    assert organisation_of(certificate(authority.layout.server)) == ""


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_the_pfx_holds_it_all_behind_its_password(authority: Authority, old: bool) -> None:
    public, _, _, pfx = authority.issue(wish(old_pfx=old))
    opened = pkcs12.load_pkcs12(pfx.read_bytes(), PASSWORD.encode())
    assert opened.cert is not None
    assert opened.key is not None
    assert opened.cert.certificate == certificate(public)
    assert opened.key.public_key() == certificate(public).public_key()
    assert [each.certificate for each in opened.additional_certs] == [certificate(authority.layout.authority)]
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_pkcs12(pfx.read_bytes(), b"another")


def test_keys_are_rsa_unless_others_are_wanted(tmp_path: Path) -> None:
    authority = at(tmp_path, NOW)
    authority.make()
    authority.issue(Wish(ukprn="TEST0101", password=PASSWORD))
    layout = authority.layout
    for path in (layout.authority, layout.server, layout.client("TEST0101", ".pem")):
        key = certificate(path).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == 2048
    _, elliptic, _, _ = authority.issue(wish(name="elliptic"))
    assert isinstance(load_pem_private_key(elliptic.read_bytes(), None), ec.EllipticCurvePrivateKey)


def contents(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_nothing_is_overwritten_unless_it_is_wanted(authority: Authority) -> None:
    authority.issue(wish())
    before = contents(authority.layout.directory)
    with pytest.raises(AuthorityError, match=r"ca\.pem already, and nothing was written; --force"):
        authority.make()
    with pytest.raises(AuthorityError, match=r"server-key\.pem already"):
        authority.renew_server()
    with pytest.raises(AuthorityError, match=r"TEST0101\.pem already"):
        authority.issue(wish())
    assert contents(authority.layout.directory) == before
    authority.issue(wish(), force=True)
    authority.renew_server(force=True)
    changed = {
        path.name for path, content in contents(authority.layout.directory).items() if before.get(path) != content
    }
    new = {"server.pem", "server-key.pem", "TEST0101.pem", "TEST0101-key.pem", "TEST0101-chain.pem", "TEST0101.pfx"}
    assert new <= changed
    assert {name for name in changed - new if len(name) < 30} == set()


def test_one_file_in_the_way_keeps_all_from_being_written(authority: Authority) -> None:
    in_the_way = authority.layout.client("TEST0101", ".pfx")
    in_the_way.parent.mkdir()
    in_the_way.write_text("somebody's")
    before = contents(authority.layout.directory)
    with pytest.raises(AuthorityError, match=r"TEST0101\.pfx"):
        authority.issue(wish())
    assert contents(authority.layout.directory) == before


@pytest.mark.parametrize(
    "host", ["", "lrs test", "lrs.test:8443", "https://lrs.test", "bücher.test", "a..b", "-a", "*"]
)
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(AuthorityError, match="neither a host name"):
        at(tmp_path / "new", NOW).make([host])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../TEST0101", "a/b", ".hidden", "a b"])
def test_files_stay_in_their_directory(authority: Authority, name: str) -> None:
    with pytest.raises(AuthorityError, match="files cannot be called"):
        authority.issue(wish(name=name))


def test_no_certificate_outlives_its_authority(authority: Authority) -> None:
    authority.issue(wish(days=AUTHORITY_DAYS))
    later = at(authority.layout.directory, NOW + timedelta(days=1))
    with pytest.raises(AuthorityError, match="the authority itself ends on 2036-02-28"):
        later.issue(wish(name="later", days=AUTHORITY_DAYS))


def test_the_list_tells_what_has_become_of_each(authority: Authority) -> None:
    directory = authority.layout.directory
    authority.issue(wish("TEST0101", days=10))
    at(directory, NOW + timedelta(days=1)).issue(wish("TEST0202", days=365))
    at(directory, NOW + timedelta(days=2)).issue(wish("TEST0303", days=20))
    at(directory, NOW + timedelta(days=90)).issue(wish("TEST0404"))
    later = at(directory, NOW + timedelta(days=60))
    later.revoke(later.issued()[1].serial)
    assert [(one.ukprn, one.status) for one in later.issued()] == [
        ("TEST0101", "expired"),
        ("TEST0202", "revoked"),
        ("TEST0303", "expired"),
        ("TEST0404", "not valid yet"),
    ]
    assert later.issued()[0].valid_until == TODAY + timedelta(days=10)
    assert [one.status for one in authority.issued()] == ["valid", "revoked", "not valid yet", "not valid yet"]


def test_certificates_of_an_authority_before_are_foreign(authority: Authority) -> None:
    authority.issue(wish())
    authority.make(kind=KeyKind.EC, force=True)
    (before,) = authority.issued()
    assert before.status == "foreign"
    with pytest.raises(AuthorityError, match="of another authority"):
        authority.revoke(before.serial)


def test_a_serial_number_may_be_written_in_many_ways(authority: Authority) -> None:
    for number, write in enumerate([str.lower, by_pairs, "0x{}".format, "00{}".format]):
        authority.issue(wish(name=f"client{number}"))
        serial = next(one.serial for one in authority.issued() if one.status == "valid")
        assert authority.revoke(write(serial)).serial == serial
    assert {one.status for one in authority.issued()} == {"revoked"}


def by_pairs(serial: str) -> str:
    return ":".join(serial[start : start + 2] for start in range(0, len(serial), 2))


def test_revoking_twice_changes_nothing(authority: Authority) -> None:
    authority.issue(wish())
    (one,) = authority.issued()
    assert authority.revoke(one.serial).status == "valid"
    before = authority.layout.revoked.read_bytes()
    assert authority.revoke(one.serial).status == "revoked"
    assert authority.layout.revoked.read_bytes() == before


@pytest.mark.parametrize("serial", ["", "0", "ABC", "nonsense"])
def test_what_was_never_issued_cannot_be_revoked(authority: Authority, serial: str) -> None:
    authority.issue(wish())
    with pytest.raises(AuthorityError, match="was issued"):
        authority.revoke(serial)


def test_the_revocation_list_is_signed_and_counted_and_lasts(authority: Authority) -> None:
    made = certificate(authority.layout.authority)
    for number in range(3):
        listed = revocations(authority)
        assert listed.is_signature_valid(made.public_key())  # type: ignore[arg-type]
        assert listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == number + 1
        assert listed.next_update_utc == made.not_valid_after_utc
        assert len(listed) == number
        authority.issue(wish(name=f"client{number}"))
        authority.revoke(next(one.serial for one in authority.issued() if one.status == "valid"))


def test_no_revocation_is_lost_when_many_revoke_at_once(authority: Authority) -> None:
    for number in range(8):
        authority.issue(wish(name=f"client{number}"))
    serials = [one.serial for one in authority.issued()]
    threads = [threading.Thread(target=authority.revoke, args=(serial,)) for serial in serials]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry.serial_number for entry in revocations(authority)} == {int(serial, 16) for serial in serials}


def test_without_an_authority_everybody_is_told_how_to_make_one(tmp_path: Path) -> None:
    nowhere = at(tmp_path / "none", NOW)
    for attempt in (lambda: nowhere.issue(wish()), nowhere.issued, lambda: nowhere.revoke("AB"), nowhere.renew_server):
        with pytest.raises(AuthorityError, match="`lrs-soap certs init` makes an authority"):
            attempt()


def test_files_that_are_something_else_are_named(authority: Authority) -> None:
    authority.issue(wish())
    authority.layout.revoked.write_text("nothing")
    with pytest.raises(AuthorityError, match=r"crl\.pem is not a revocation list"):
        authority.issued()
    authority.layout.authority.write_text("nothing")
    with pytest.raises(AuthorityError, match=r"ca\.pem is not a certificate"):
        authority.issued()
