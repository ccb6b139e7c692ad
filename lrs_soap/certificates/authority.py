"""The authority: made once, then it issues certificates, lists them and revokes them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from lrs_soap.certificates import making
from lrs_soap.certificates.files import PRIVATE, AuthorityError, File, alone_in, write
from lrs_soap.certificates.layout import Layout
from lrs_soap.certificates.making import KeyKind, PrivateKey, Signer, Span
from lrs_soap.domain.clock import Clock

AUTHORITY_DAYS: Final = 3650
SERVER_DAYS: Final = 825
CLIENT_DAYS: Final = 365
LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Issued:
    """A client certificate that the directory knows of. status: valid, expired, revoked, not valid yet, or foreign."""

    serial: str
    ukprn: str
    valid_until: datetime
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client certificate is to be. name: what its files are called; the UKPRN when none is given.

    password: of the PFX file. old_pfx: whether that is encrypted as old systems can read it.
    """

    ukprn: str
    password: str
    days: int = CLIENT_DAYS
    name: str = ""
    kind: KeyKind = KeyKind.RSA
    old_pfx: bool = False


class Authority:
    """The authority of a directory. clock: what certificates are dated by; TLS checks them by the machine's."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self.layout = Layout(directory)
        self._clock = clock

    def make(self, hosts: Sequence[str] = (), kind: KeyKind = KeyKind.RSA, *, force: bool = False) -> tuple[str, ...]:
        """Make a new authority and a certificate for the service; return the hosts for which that is good."""
        named = _hosts(hosts)
        now = self._clock.now()
        with alone_in(self.layout.directory):
            signer = making.new_authority(making.new_key(kind), Span.of(now, AUTHORITY_DAYS))
            files = [
                File(self.layout.authority, _pem(signer.certificate)),
                File(self.layout.authority_key, _key_pem(signer.key), PRIVATE),
                File(self.layout.revoked, _pem(making.revocation_list(signer, [], 1, now))),
            ]
            write([*files, *self._server_files(signer, named, kind)], force=force)
        return named

    def renew_server(
        self, hosts: Sequence[str] = (), kind: KeyKind = KeyKind.RSA, *, force: bool = False
    ) -> tuple[str, ...]:
        """Make another certificate for the service; return the hosts for which it is good."""
        named = _hosts(hosts)
        with alone_in(self.layout.directory):
            write(self._server_files(self._signer(), named, kind), force=force)
        return named

    def issue(self, wish: Wish, *, force: bool = False) -> list[Path]:
        """Make a client certificate; return its files: certificate, private key, chain and PFX."""
        name = wish.name or wish.ukprn
        if _NAME.fullmatch(name) is None:
            raise AuthorityError(f"files cannot be called '{name}': letters, digits, dots, dashes and underscores only")
        with alone_in(self.layout.directory):
            signer = self._signer()
            key = making.new_key(wish.kind)
            certificate = making.client_certificate(signer, key, wish.ukprn, self._span(signer, wish.days))
            files = self._client_files(name, certificate, key, signer, wish)
            record = File(self.layout.issued / f"{_serial(certificate.serial_number)}.pem", _pem(certificate))
            write([*files, record], force=force)
        return [file.path for file in files]

    def issued(self) -> list[Issued]:
        """Return every client certificate that was issued, oldest first."""
        authority, revoked = _certificate(self.layout.authority), self._revoked()
        known = [_certificate(path) for path in sorted(self.layout.issued.glob("*.pem"))]
        known.sort(key=lambda certificate: certificate.not_valid_before_utc)
        return [self._described(certificate, authority, revoked) for certificate in known]

    def revoke(self, serial: str) -> Issued:
        """Revoke a client certificate, from now on; return what it was, or that it was revoked already."""
        wanted = serial.replace(":", "").upper().removeprefix("0X").lstrip("0")
        with alone_in(self.layout.directory):
            before = next((one for one in self.issued() if one.serial.lstrip("0") == wanted), None)
            if before is None:
                raise AuthorityError(f"no certificate with the serial number {serial} was issued; see `certs list`")
            if before.status == "foreign":
                raise AuthorityError(f"the certificate {serial} is of another authority, which is no longer believed")
            if before.status != "revoked":
                self._add_to_list(int(wanted, 16))
        return before

    def _add_to_list(self, serial: int) -> None:
        current, now = self._revoked(), self._clock.now()
        number = current.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1
        entries = [*current, making.revocation(serial, now)]
        new = making.revocation_list(self._signer(), entries, number, now)
        write([File(self.layout.revoked, _pem(new))], force=True)

    def _server_files(self, signer: Signer, hosts: Sequence[str], kind: KeyKind) -> Iterator[File]:
        key = making.new_key(kind)
        certificate = making.server_certificate(signer, key, hosts, self._span(signer, SERVER_DAYS))
        yield File(self.layout.server_key, _key_pem(key), PRIVATE)
        yield File(self.layout.server, _pem(certificate))

    def _client_files(
        self, name: str, certificate: x509.Certificate, key: PrivateKey, signer: Signer, wish: Wish
    ) -> list[File]:
        pfx = pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [signer.certificate], _encryption(wish)
        )
        chain = _pem(certificate) + _pem(signer.certificate)
        return [
            File(self.layout.client(name, ".pem"), _pem(certificate)),
            File(self.layout.client(name, "-key.pem"), _key_pem(key), PRIVATE),
            File(self.layout.client(name, "-chain.pem"), chain),
            File(self.layout.client(name, ".pfx"), pfx, PRIVATE),
        ]

    def _span(self, signer: Signer, days: int) -> Span:
        span, end = Span.of(self._clock.now(), days), signer.certificate.not_valid_after_utc
        if span.end > end:
            raise AuthorityError(f"the authority itself ends on {end:%Y-%m-%d}; let the certificate end before")
        return span

    def _signer(self) -> Signer:
        key = load_pem_private_key(_read(self.layout.authority_key), None)
        assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey), "an authority has one of these keys"
        return Signer(_certificate(self.layout.authority), key)

    def _revoked(self) -> x509.CertificateRevocationList:
        try:
            return x509.load_pem_x509_crl(_read(self.layout.revoked))
        except ValueError as error:
            raise AuthorityError(f"{self.layout.revoked} is not a revocation list: {error}") from None

    def _described(
        self, certificate: x509.Certificate, authority: x509.Certificate, revoked: x509.CertificateRevocationList
    ) -> Issued:
        end, now = certificate.not_valid_after_utc, self._clock.now().astimezone(UTC)
        status = "expired" if end < now else "not valid yet" if certificate.not_valid_before_utc > now else "valid"
        if certificate.issuer != authority.subject:
            status = "foreign"
        elif revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            status = "revoked"
        return Issued(_serial(certificate.serial_number), making.organisation_of(certificate), end, status)


def _hosts(further: Sequence[str]) -> tuple[str, ...]:
    for host in further:
        if not _is_address(host) and (_HOST.fullmatch(host) is None or len(host) > 253):
            raise AuthorityError(f"'{host}' is neither a host name, in ASCII and without a port, nor an IP address")
    return tuple(dict.fromkeys([*LOCAL_HOSTS, *(host.lower() for host in further)]))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AuthorityError(f"there is no {path}; `lrs-soap certs init` makes an authority") from None


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError as error:
        raise AuthorityError(f"{path} is not a certificate: {error}") from None


def _serial(number: int) -> str:
    return number.to_bytes((number.bit_length() + 7) // 8).hex().upper()


def _pem(what: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return what.public_bytes(Encoding.PEM)


def _key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _encryption(wish: Wish) -> KeySerializationEncryption:
    password = wish.password.encode()
    if not wish.old_pfx:
        return BestAvailableEncryption(password)
    builder = PrivateFormat.PKCS12.encryption_builder().key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    return builder.hmac_hash(hashes.SHA1()).build(password)  # noqa: S303 - what old systems can read
