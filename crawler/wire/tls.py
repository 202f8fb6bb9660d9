"""TLS: who is trusted, and what was agreed on.

Certificates are verified unless an order says otherwise. Only HTTP/1.1 is
offered (ALPN): an HTTP/2 exchange has no message bytes that could be archived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from OpenSSL import SSL, crypto
from twisted.internet._sslverify import ClientTLSOptions
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.web.iweb import IPolicyForHTTPS
from typing_extensions import override
from zope.interface import implementer  # type: ignore[import-untyped]

from archive.digests import sha256_label
from archive.model import TlsSession

_ALPN: Final = (b"http/1.1",)

# OpenSSL's names of the suites of TLS 1.2 are put together from these; those of
# TLS 1.3 are IANA's already. IANA, "TLS Cipher Suites".
_KEY_EXCHANGES: Final = {
    "ECDHE-ECDSA-": "ECDHE_ECDSA",
    "ECDHE-RSA-": "ECDHE_RSA",
    "DHE-RSA-": "DHE_RSA",
    "DHE-DSS-": "DHE_DSS",
    "": "RSA",
}
_CIPHERS: Final = {
    "AES128-CCM": "AES_128_CCM",
    "AES128-CCM8": "AES_128_CCM_8",
    "AES128-GCM-SHA256": "AES_128_GCM_SHA256",
    "AES128-SHA": "AES_128_CBC_SHA",
    "AES128-SHA256": "AES_128_CBC_SHA256",
    "AES256-CCM": "AES_256_CCM",
    "AES256-CCM8": "AES_256_CCM_8",
    "AES256-GCM-SHA384": "AES_256_GCM_SHA384",
    "AES256-SHA": "AES_256_CBC_SHA",
    "AES256-SHA256": "AES_256_CBC_SHA256",
    "AES256-SHA384": "AES_256_CBC_SHA384",
    "ARIA128-GCM-SHA256": "ARIA_128_GCM_SHA256",
    "ARIA256-GCM-SHA384": "ARIA_256_GCM_SHA384",
    "CAMELLIA128-SHA": "CAMELLIA_128_CBC_SHA",
    "CAMELLIA128-SHA256": "CAMELLIA_128_CBC_SHA256",
    "CAMELLIA256-SHA": "CAMELLIA_256_CBC_SHA",
    "CAMELLIA256-SHA256": "CAMELLIA_256_CBC_SHA256",
    "CAMELLIA256-SHA384": "CAMELLIA_256_CBC_SHA384",
    "CHACHA20-POLY1305": "CHACHA20_POLY1305_SHA256",
}
_IANA_NAMES: Final = (
    {
        openssl_exchange + openssl_cipher: f"TLS_{exchange}_WITH_{cipher}"
        for openssl_exchange, exchange in _KEY_EXCHANGES.items()
        for openssl_cipher, cipher in _CIPHERS.items()
    }
    | {"ECDHE-ARIA128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"}
    | {"ECDHE-ARIA256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384"}
)


def iana_name(openssl_name: str) -> str:
    """Give the name a cipher suite is registered by; an unknown one stays as it is."""
    return _IANA_NAMES.get(openssl_name, openssl_name)


def tls_session(connection: SSL.Connection, *, verified: bool) -> TlsSession:
    """Describe a connection whose handshake is over."""
    certificate = connection.get_peer_certificate()
    fingerprint = None
    if certificate is not None:
        der = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
        fingerprint = sha256_label(der).removeprefix("sha256:")
    version = connection.get_protocol_version_name()
    return TlsSession(
        version=version.lower().replace("tlsv", "tls/"),
        cipher_suite=iana_name(connection.get_cipher_name() or ""),
        certificate_sha256=fingerprint,
        verified=verified,
    )


class _Unverified(ClientTLSOptions):
    """Names the server it wants (SNI), and takes whichever answers."""

    @override
    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        connection = self._createConnection(tlsProtocol)
        if self._sendServerName:
            connection.set_tlsext_host_name(self._hostnameBytes)
        return connection


@implementer(IPolicyForHTTPS)
class TlsPolicy:
    """How connections are secured. One OpenSSL context serves them all.

    Loading the system's certificates takes some ten milliseconds; Twisted's own
    `optionsForClientTLS` would do so for every host.
    """

    def __init__(self, *, verified: bool, trust: Sequence[bytes] = ()) -> None:
        """Trust the given certificates (PEM), or those of the system if none are."""
        self._creator: type[ClientTLSOptions]
        if verified:
            self._creator = ClientTLSOptions
            roots: Any = [Certificate.loadPEM(pem) for pem in trust]
            self._options = CertificateOptions(
                trustRoot=(
                    trustRootFromCertificates(roots)  # type: ignore[no-untyped-call]
                    if roots
                    else platformTrust()  # type: ignore[no-untyped-call]
                ),
                acceptableProtocols=list(_ALPN),
            )
        else:
            self._creator = _Unverified
            self._options = CertificateOptions(acceptableProtocols=list(_ALPN))

    def creatorForNetloc(self, hostname: bytes | str, port: int) -> ClientTLSOptions:
        """Twisted: give what secures a connection to this host."""
        del port  # one host, one identity
        host = hostname if isinstance(hostname, str) else hostname.decode("ascii")
        return self._creator(self._options._makeTLSConnection, host.strip("[]"))
