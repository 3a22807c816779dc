"""Certificates for a TLS simulator, good and bad, made at start-up and gone at its end."""

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Tls = Literal["good", "self-signed", "expired", "wrong-host", "unknown-ca"]
MODES: Final[tuple[Tls, ...]] = ("good", "self-signed", "expired", "wrong-host", "unknown-ca")
# TLS libraries look at the machine's clock, not at ours: dates far away on both sides
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
_YEAR_LATER: Final = datetime(2021, 1, 1, tzinfo=UTC)
_FAR_AHEAD: Final = datetime(2090, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Certificates:
    """A test authority and one server context a mode; the files live in a folder of their own until `close`."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kunji-demo-tls-")
        self._home = Path(self._folder.name)
        authority, stranger = _authority("Kunji demo authority"), _authority("Unknown authority")
        self.ca_file = str(self._write("ca.pem", authority.certificate.public_bytes(serialization.Encoding.PEM)))
        self._contexts: dict[str, ssl.SSLContext] = {
            "good": self._context("good", _server(authority)),
            "expired": self._context("expired", _server(authority, until=_YEAR_LATER)),
            "wrong-host": self._context("wrong-host", _server(authority, here=False)),
            "unknown-ca": self._context("unknown-ca", _server(stranger)),
            "self-signed": self._context("self-signed", _server(None)),
        }

    def context(self, mode: str) -> ssl.SSLContext:
        """The server's side of TLS in that mode."""
        return self._contexts[mode]

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _context(self, name: str, identity: _Identity) -> ssl.SSLContext:
        pem = identity.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem += identity.certificate.public_bytes(serialization.Encoding.PEM)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._write(f"{name}.pem", pem))
        return context

    def _write(self, name: str, content: bytes) -> Path:
        path = self._home / name
        path.write_bytes(content)
        return path


def _authority(name: str) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, subject, key, _FAR_AHEAD).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    return _Identity(builder.add_extension(_usage(ca=True), critical=True).sign(key, hashes.SHA256()), key)


def _server(issuer: _Identity | None, *, until: datetime = _FAR_AHEAD, here: bool = True) -> _Identity:
    """A server's certificate, signed by `issuer` or by itself, for this machine or for another name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kunji demo broker")])
    signer = issuer or _Identity(_builder(subject, subject, key, until).sign(key, hashes.SHA256()), key)
    builder = _builder(subject, signer.certificate.subject, key, until)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName(_names(here=here)), critical=False)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = builder.add_extension(known, critical=False).add_extension(_usage(ca=False), critical=True)
    return _Identity(builder.sign(signer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_LONG_AGO)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _names(*, here: bool) -> list[x509.GeneralName]:
    if not here:
        return [x509.DNSName("elsewhere.invalid")]
    addresses = [ipaddress.ip_address(address) for address in ("127.0.0.1", "::1")]
    return [x509.DNSName("localhost"), *(x509.IPAddress(address) for address in addresses)]


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
