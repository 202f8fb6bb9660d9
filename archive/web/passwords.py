"""What opens the page: a token or a password, and how often one may guess.

Passwords are kept as scrypt makes them (RFC 7914): whoever reads the file can not
log in with what stands there. Pure, but for `read_password` [I/O].
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final

from archive.errors import UsageError

LEAST_TOKEN: Final = 16  # characters; it can be tried as fast as the page answers
_COST, _BLOCK, _LANES = 2**15, 8, 1  # 32 MiB and a twentieth of a second
_COSTLIEST: Final = 2**20
_LONGEST: Final = 1024  # characters of a guess


@dataclass(frozen=True, slots=True)
class Token:
    """A secret that programs send."""

    text: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what can be guessed. Raises UsageError."""
        if len(self.text) < LEAST_TOKEN:
            raise UsageError(
                f"a token has at least {LEAST_TOKEN} characters: make one with "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(24))'`"
            )

    def matches(self, guess: str) -> bool:
        """Whether a guess is right; takes as long whatever it is."""
        return hmac.compare_digest(self.text.encode(), guess.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Password:
    """A password, of which only the scrypt hash is known."""

    cost: int
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Password:
        """Hash a password, with a salt of its own."""
        salt = secrets.token_bytes(16)
        return cls(_COST, salt, _scrypt(text, salt, _COST))

    @classmethod
    def parse(cls, line: str) -> Password:
        """Read what `line` wrote. Raises ValueError."""
        word, cost, salt, digest = line.split("$")
        number = int(cost)
        if word != "scrypt" or not 2 <= number <= _COSTLIEST or number & (number - 1):
            raise ValueError("not a hash that Dateline wrote")
        return cls(
            number,
            base64.b64decode(salt, validate=True),
            base64.b64decode(digest, validate=True),
        )

    def line(self) -> str:
        """Write it for a file."""
        salt, digest = (base64.b64encode(b).decode() for b in (self.salt, self.digest))
        return f"scrypt${self.cost}${salt}${digest}"

    def matches(self, guess: str) -> bool:
        """Whether a guess is right."""
        made = _scrypt(guess[:_LONGEST], self.salt, self.cost)
        return hmac.compare_digest(self.digest, made)


Secret = Token | Password


def read_password(path: Path) -> Password:
    """Read a file with a password: as `Password.line` writes it, or as it is typed.

    Raises UsageError.
    """
    try:
        text = path.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the password in {path}: {error}") from error
    if not text.strip() or "\n" in text:
        raise UsageError(f"{path} does not hold a password on its one line")
    if not text.startswith("scrypt$"):
        return Password.of(text)
    try:
        return Password.parse(text)
    except ValueError as error:
        raise UsageError(
            f"{path} begins like a hashed password and is none: make it again with "
            "`dateline password`"
        ) from error


def _scrypt(text: str, salt: bytes, cost: int) -> bytes:
    memory = 128 * _BLOCK * (cost + _LANES + 2)
    return hashlib.scrypt(
        text.encode("utf-8", "replace"),
        salt=salt,
        n=cost,
        r=_BLOCK,
        p=_LANES,
        maxmem=memory + 1024 * 1024,
        dklen=32,
    )


class Tries:
    """Counts wrong guesses of each address, and says how long it has to wait."""

    FREE: Final = 5  # wrong guesses in a row before the first wait
    LONGEST_S: Final = 300.0
    MOST: Final = 10_000  # addresses that are remembered

    def __init__(self) -> None:
        """Begin with nobody having tried."""
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str, now: float) -> float:
        """Say how many seconds are left until `address` may guess again."""
        count, at = self._failed.get(_network(address), (0, 0.0))
        if count < self.FREE:
            return 0.0
        wait = min(2.0 ** min(count - self.FREE, 30), self.LONGEST_S)
        return max(0.0, at + wait - now)

    def failed(self, address: str, now: float) -> None:
        """Remember a wrong guess."""
        name = _network(address)
        count, _ = self._failed.pop(name, (0, 0.0))
        self._failed[name] = (count + 1, now)
        while len(self._failed) > self.MOST:
            self._failed.popitem(last=False)

    def succeeded(self, address: str) -> None:
        """Forget the wrong guesses before a right one."""
        self._failed.pop(_network(address), None)


def _network(address: str) -> str:
    """Name who guesses: of IPv6 the /64, within which one has addresses at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
