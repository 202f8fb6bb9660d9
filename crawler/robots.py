"""robots.txt as RFC 9309 has it: what an answer means, and what it says of a URL.

Nothing here does I/O or asks for the time. Fetching, following at most five
redirects and keeping the answer are the caller's part.

The reading is our own: a refusal has to name its line, and Protego does not
tell it. Besides, Protego 0.7 departs from the RFC where it matters to an
archive: a group for `Date` takes in `Dateline`, one for `Dateline/1.0` does
not; an unknown line between two `User-agent` lines splits their group; and
`Allow: /a/index.html` allows `/a/` as well. It stays the second opinion: the
tests hold both against each other, and list these differences.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from crawler.robotpaths import Pattern, path_of

SIZE_LIMIT = 500 * 1024  # bytes that are parsed (RFC 9309, 2.5)
REDIRECT_LIMIT = 5  # hops the caller follows at least (2.3.1.2)
LIFE = timedelta(hours=24)  # 2.4
# An unreachable robots.txt shuts a whole host: ask again before the day is over.
UNREACHABLE_LIFE = timedelta(hours=1)

_LINE_END = re.compile(r"\r\n|\n|\r")  # 2.2, EOL
_TOKEN = re.compile(r"[^\s/;,()*]+")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?\b")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# The names of lines, without case and blanks. Misspelt prohibitions are meant.
_FIELDS = {
    "user-agent": "user-agent",
    "useragent": "user-agent",
    "allow": "allow",
    "disallow": "disallow",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "crawl-delay": "crawl-delay",
    "crawldelay": "crawl-delay",
    "sitemap": "sitemap",
    "site-map": "sitemap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsDecision:
    """What a robots.txt says of one address, and by which line."""

    allowed: bool
    rule: str  # the publisher's line with its number, or the reason in words
    crawl_delay_s: float | None = None  # the publisher's
    sitemaps: tuple[str, ...] = ()  # the publisher's, as written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Rules for one product token, merged from all its groups (2.2.1)."""

    rules: list[tuple[Pattern, bool, str]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


class RobotsRules:
    """The robots.txt of one authority, read once and asked often."""

    def __init__(
        self,
        *,
        groups: dict[str, _Group],
        sitemaps: tuple[str, ...] = (),
        verdict: RobotsDecision | None = None,
    ) -> None:
        """Take what was read; a verdict settles every address alike."""
        self.sitemaps = sitemaps
        self.unreachable = verdict is not None and not verdict.allowed
        self._groups = groups
        self._verdict = verdict

    @classmethod
    def from_answer(cls, *, status: int | None, body: bytes = b"") -> Self:
        """Read the final answer to robots.txt, after redirects.

        `status` is None when no answer came (network, TLS, time), and still a
        3xx when the redirects went beyond the limit. `body` is without
        content coding. RFC 9309, 2.3.1: 2xx is read; 3xx and 4xx are
        "unavailable", everything is allowed; 5xx and none are "unreachable",
        everything is disallowed. 429 asks to wait, so it is the latter.
        """
        if status is not None and 200 <= status < 300:
            return cls._read(body)
        if status is None:
            reason = "robots.txt unreachable: no answer (RFC 9309, 2.3.1.4)"
        elif status == 429 or status >= 500 or status < 200:
            reason = f"robots.txt unreachable: status {status} (RFC 9309, 2.3.1.4)"
        else:
            reason = f"robots.txt unavailable: status {status} (RFC 9309, 2.3.1.3)"
            return cls(groups={}, verdict=RobotsDecision(allowed=True, rule=reason))
        return cls(groups={}, verdict=RobotsDecision(allowed=False, rule=reason))

    def decide(self, url: str, user_agent: str) -> RobotsDecision:
        """Say whether the address may be fetched, and by which line.

        Of `user_agent` only what stands before the first `/` or blank counts:
        the product token, or a field that begins with it. The longest match
        decides, and of two equally long ones the one that allows (2.2.2).
        """
        path = path_of(url)
        if path == "/robots.txt":
            return self._decision(True, "/robots.txt is always allowed", None)
        if self._verdict is not None:
            return self._verdict
        group = self._group_for(user_agent)
        if group is None:
            return self._decision(True, "no group for this crawler", None)
        delay = max(group.delays, default=None)
        for pattern, allows, line in group.rules:
            if path.startswith(pattern.prefix) and pattern.matches(path):
                return self._decision(allows, line, delay)
        return self._decision(True, "no rule matches", delay)

    def _decision(
        self, allowed: bool, rule: str, delay: float | None
    ) -> RobotsDecision:
        return RobotsDecision(
            allowed=allowed, rule=rule, crawl_delay_s=delay, sitemaps=self.sitemaps
        )

    def _group_for(self, user_agent: str) -> _Group | None:
        token = _TOKEN.match(user_agent.strip())
        own = self._groups.get(token[0].casefold()) if token else None
        return own or self._groups.get("*")

    @classmethod
    def _read(cls, body: bytes) -> Self:
        groups: dict[str, _Group] = {}
        sitemaps: list[str] = []
        current: list[_Group] = []
        in_rules = is_delayed = False
        for number, line in enumerate(_LINE_END.split(_text_of(body)), start=1):
            name, value = _parsed(line)
            if name == "user-agent":
                if in_rules:
                    current, in_rules = [], False
                is_delayed = False
                current.extend(_opened(groups, value))
            elif name in {"allow", "disallow"}:
                in_rules = True
                line_named = f"{line.strip()} (line {number})"
                _add_rule(current, value, name == "allow", line_named)
            elif name == "crawl-delay":
                is_delayed = True
                _add_delay(current, value)
            elif is_delayed and not line.strip():
                # Lines that the RFC does not know must not end a group (2.2.4).
                # But "*, Crawl-delay, blank line, BadBot, Disallow: /" is
                # written everywhere, and never meant to shut out all: there
                # the older rule counts, by which a blank line ends a record.
                in_rules = True
            elif name == "sitemap" and value:
                sitemaps.append(_printable(value))
        for group in groups.values():
            # The longest first, of two equally long ones that which allows.
            group.rules.sort(key=lambda rule: (rule[0].length, rule[1]), reverse=True)
        return cls(groups=groups, sitemaps=tuple(sitemaps))


def _text_of(body: bytes) -> str:
    if len(body) > SIZE_LIMIT:
        # Half a line is another line: "Disallow: /" of "Disallow: /old".
        cut = max(body.rfind(end, 0, SIZE_LIMIT) for end in (b"\n", b"\r"))
        body = body[: cut + 1]
    # Octets that are no UTF-8 stay what they are: `Pattern` encodes them.
    return body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")


def _parsed(line: str) -> tuple[str | None, str]:
    """Split a line in name and value; the name is None if it is none we know."""
    line = line.partition("#")[0].strip()
    name, colon, value = line.partition(":")
    known = _FIELDS.get("-".join(name.lower().split()))
    if known is None or not colon:
        # Many servers leave out the colon, and mean it.
        words = line.split(maxsplit=1)
        known = _FIELDS.get(words[0].lower()) if words else None
        value = words[1] if len(words) > 1 else ""
    return known, value.strip()


def _opened(groups: dict[str, _Group], value: str) -> list[_Group]:
    if value.startswith("*") and not value[1:].strip():
        return [groups.setdefault("*", _Group())]
    token = _TOKEN.match(value)
    return [groups.setdefault(token[0].casefold(), _Group())] if token else []


def _add_rule(groups: list[_Group], value: str, allows: bool, line: str) -> None:
    if not value:  # an empty pattern matches nothing (2.2.2)
        return
    pattern = Pattern.parse(value)
    for group in groups:
        group.rules.append((pattern, allows, _printable(line)))


def _add_delay(groups: list[_Group], value: str) -> None:
    if seconds := _SECONDS.match(value):
        for group in groups:
            group.delays.append(float(seconds[0]))


def _printable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def robots_url(url: str) -> str:
    """Give the address of the robots.txt for an address: of its authority.

    The authority is scheme, host and port (RFC 9309, 2.3); user information
    and a default port are left out. Raises ValueError if it has none.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"no http address, so no robots.txt: {url!r}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port is not None and parts.port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{parts.port}"
    return f"{scheme}://{host}/robots.txt"


def is_fresh(fetched_at: datetime, now: datetime, *, unreachable: bool = False) -> bool:
    """Say whether an answer may still be used: 24 hours (RFC 9309, 2.4).

    One that was unreachable is asked again after an hour. An answer from the
    future, after a clock was set back, is not fresh.
    """
    age = now - fetched_at
    return timedelta() <= age < (UNREACHABLE_LIFE if unreachable else LIFE)
