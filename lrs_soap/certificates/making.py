"""Keys, certificates and revocation lists, as X.509 has them.

A client certificate names its organisation by UKPRN as the subject's organisational unit (OU).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from secrets import token_hex
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PRODUCT: Final = "lrs-soap"
RSA_BITS: Final = 2048
# Clocks of other machines may be slow by as much.
BACKDATED: Final = timedelta(minutes=5)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class KeyKind(StrEnum):
    """Kinds of keys that certificates are made for."""

    RSA = "rsa"
    EC = "ec"


@dataclass(frozen=True, slots=True)
class Signer:
    """An authority: its certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when something is valid."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, now: datetime, days: int) -> "Span":
        """Return so many days from now on."""
        moment = now.astimezone(UTC).replace(microsecond=0)
        return cls(moment - BACKDATED, moment + timedelta(days=days))


def new_key(kind: KeyKind) -> PrivateKey:
    """Return a new private key: RSA of 2048 bits, or ECDSA on P-256."""
    if kind == KeyKind.EC:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def new_authority(key: PrivateKey, span: Span) -> Signer:
    """Return a new authority, whose name no other has."""
    name = _name(f"{PRODUCT} authority {token_hex(4)}")
    builder = (
        _builder(name, key, span)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return Signer(builder.sign(key, hashes.SHA256()), key)


def server_certificate(signer: Signer, key: PrivateKey, hosts: Sequence[str], span: Span) -> x509.Certificate:
    """Return a certificate for a server under these host names and addresses."""
    names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
    builder = _leaf(signer, _name(hosts[0]), key, span, ExtendedKeyUsageOID.SERVER_AUTH)
    return builder.add_extension(names, critical=False).sign(signer.key, hashes.SHA256())


def client_certificate(signer: Signer, key: PrivateKey, ukprn: str, span: Span) -> x509.Certificate:
    """Return a certificate for the clients of an organisation."""
    name = _name(f"{PRODUCT} client {ukprn}", ukprn)
    return _leaf(signer, name, key, span, ExtendedKeyUsageOID.CLIENT_AUTH).sign(signer.key, hashes.SHA256())


def organisation_of(certificate: x509.Certificate) -> str:
    """Return the UKPRN of a client certificate; empty when it names none."""
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return str(units[0].value) if len(units) == 1 else ""


def revocation_list(
    signer: Signer, revoked: Iterable[x509.RevokedCertificate], number: int, now: datetime
) -> x509.CertificateRevocationList:
    """Return a revocation list, which holds until the authority itself ends."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.certificate.subject)
        .last_update(Span.of(now, 0).start)
        .next_update(signer.certificate.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(signer.key, hashes.SHA256())


def revocation(serial: int, now: datetime) -> x509.RevokedCertificate:
    """Return the entry of a certificate in a revocation list."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    return x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()


def _name(common_name: str, unit: str | None = None) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, PRODUCT), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
    named = [*parts, (NameOID.COMMON_NAME, common_name)]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in named if value])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(name: x509.Name, key: PrivateKey, span: Span) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(span.start)
        .not_valid_after(span.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leaf(
    signer: Signer, name: x509.Name, key: PrivateKey, span: Span, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    usage = _usage(digital_signature=True, key_encipherment=isinstance(key, rsa.RSAPrivateKey))
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    return (
        _builder(name, key, span)
        .issuer_name(signer.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(authority, critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_encipherment=key_encipherment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
