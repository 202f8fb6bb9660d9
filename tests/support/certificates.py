"""A certificate authority of our own, for servers on loopback."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """What a server needs to speak TLS: a chain of one, and its key, in PEM."""

    certificate: bytes
    key: bytes

    @property
    def sha256(self) -> str:
        parsed = x509.load_pem_x509_certificate(self.certificate)
        return parsed.fingerprint(hashes.SHA256()).hex()

    def context(
        self, folder: Path, *, version: ssl.TLSVersion | None = None
    ) -> ssl.SSLContext:
        """Make the server's side; the ssl module reads keys from files only."""
        path = folder / "server.pem"
        path.write_bytes(self.certificate + self.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context


class Authority:
    """Issues certificates; nobody trusts it who is not told to."""

    def __init__(self, name: str = "An authority for tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self._certificate = builder.sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self._certificate.public_bytes(Encoding.PEM)

    def issue(
        self, *names: str, expired: bool = False, self_signed: bool = False
    ) -> ServerCertificate:
        """Certify that a new key belongs to these DNS names and IP addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        builder = self._builder(
            subject, key, issuer=subject if self_signed else None, expired=expired
        ).add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]),
            critical=False,
        )
        certificate = builder.sign(key if self_signed else self._key, hashes.SHA256())
        return ServerCertificate(
            certificate=certificate.public_bytes(Encoding.PEM),
            key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        issuer: x509.Name | None = None,
        expired: bool = False,
    ) -> x509.CertificateBuilder:
        end = datetime.now(UTC) + timedelta(days=-1 if expired else 2)
        return x509.CertificateBuilder(
            issuer_name=issuer or self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=end - timedelta(days=5),
            not_valid_after=end,
        )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
