"""A newspaper that means harm: every word of it is made to be obeyed by somebody.

Each article carries one trap in its headline, byline, section, text, address and in the
fields of the answer; `edition` 2 changes a word, so that there is a difference to show.
"""

from __future__ import annotations

import html
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import quote

from typing_extensions import override

ELEMENT: Final = "evil-element"  # what no page of ours may hold
ATTRIBUTE: Final = "evil-attribute"
EVIL: Final = "http://evil.example/"  # what nothing may ask for
SGR: Final = "\x1b[38;5;201;5m"  # a colour that nothing of ours uses
_MARKUP: Final = f"<{ELEMENT} onload=alert(1)><script>alert(2)</script>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """Some hostile words."""

    name: str
    words: str
    stays: str  # a part that has to come through: nothing is lost of it


TRAPS: Final = tuple(
    Trap(name=name, words=words, stays=stays)
    for name, words, stays in (
        ("script", f"</title></script>{_MARKUP}", "</script>"),
        ("image", f'"><img src="{EVIL}i" onerror=alert(3)>', "onerror=alert(3)"),
        ("attribute", f"' {ATTRIBUTE}='1' onclick='alert(4)", ATTRIBUTE),
        ("double", f'" {ATTRIBUTE}="1" onfocus="alert(5)" autofocus "', ATTRIBUTE),
        ("entity", f"&lt;{ELEMENT}&gt; &amp;amp; &#60;b&#62;", ELEMENT),
        ("comment", f"--> ]]> <!-- <![CDATA[ {_MARKUP}", "]]>"),
        ("textarea", f"</textarea></pre></template>{_MARKUP}", "</textarea>"),
        ("template", "{{7*7}} {% raw %} ${7*7} <%= 7*7 %>", "{{7*7}}"),
        ("rich", f"[bold red]red[/bold red] [link={EVIL}]l[/link]", "[bold red]"),
        ("colour", f"{SGR}red\x1b[2J\x1b[1;1H", "red"),
        ("title", "\x1b]0;owned\x07 \x1bP+q\x1b\\", "owned"),
        ("link", f"\x1b]8;;{EVIL}\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("c1", "\x9b31m \x85 \x90 \x9d8;;x\x9c", "31m"),
        ("override", "\u202egpj.exe\u202c", "gpj.exe"),
        ("isolate", "\u2066\u2067user\u2069\u2069", "user"),
        ("mark", "\ufeffa\u2060b\u2028c\u2029d", "a"),
        ("tag", "a\U000e0041\U000e007fb", "a"),
        ("null", "nu\x00ll", "nu"),
        ("formula", f'=HYPERLINK("{EVIL}";"x")', "=HYPERLINK"),
        ("command", "+cmd|' /C calc'!A0", "+cmd|"),
        ("sum", "@SUM(1+1)*cmd", "@SUM(1+1)"),
        ("path", "../../../etc/passwd", "../../../etc/passwd"),
        ("drive", "..\\..\\C:\\CON", "CON"),
        ("device", "CON", "CON"),
        ("lines", "a\r\nSet-Cookie: evil=1\r\n\r\nb", "Set-Cookie: evil=1"),
        ("sql", "'); DROP TABLE captures;/*", "DROP TABLE captures"),
        ("long", "long " * 2000, "long long"),
        ("family", "👩‍👩‍👧‍👦 می‌خواهم", "👩‍👩‍👧‍👦 می‌خواهم"),
        ("format", "%s %n {0} {0.__class__}", "{0.__class__}"),
    )
)


def headline(trap: Trap) -> str:
    """Give the headline that the page means to have."""
    # Formulas are ones at the beginning alone.
    return f"{trap.words} {trap.name.capitalize()} in the harbour"


def _page(trap: Trap, edition: int) -> bytes:
    words, title = _inner(trap.words), _inner(headline(trap))
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline(trap),
        "author": {"@type": "Person", "name": f"Ada {trap.words}"},
        "articleSection": trap.words,
        "keywords": [trap.words],
        "publisher": {"@type": "Organization", "name": f"Paper {trap.words}"},
        "datePublished": "2026-11-20T08:00:00Z",
    }
    data = json.dumps(linked).replace("<", "\\u003c")
    number = ("first", "second")[edition - 1]
    text = "".join(
        f"<p>{words} The {n} {trap.name} was opened on Monday by the mayor, who said "
        f"for the {number} time that the harbour had waited for it: {words}.</p>"
        for n in ("lighthouse", "ferry", "market", "bridge")
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title>"
        f'<meta property="og:title" content="{title}">'
        f'<meta property="og:site_name" content="Paper {words}">'
        f'<meta property="article:section" content="{words}">'
        f'<meta name="author" content="Ada {words}">'
        f'<link rel="canonical" href="javascript:alert(6)//{words}">'
        f'<script type="application/ld+json">{data}</script></head><body><article>'
        f'<h1>{title}</h1><p class="byline">By <a rel="author" href="javascript:'
        f'alert(7)">Ada {words}</a></p>{text}</article></body></html>'
    ).encode("utf-8", "surrogatepass")


def _inner(words: str) -> str:
    """Write words so that a browser reads them as they are; NUL by reference."""
    quoted = html.escape(words)
    return re.sub(r"[\x00\r\n]", lambda m: f"&#{ord(m[0])};", quoted)


class HostilePaper:
    """The newspaper, on loopback, for as long as the context lasts."""

    def __init__(self) -> None:
        self.edition = 1
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> HostilePaper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def path(self, trap: Trap) -> str:
        """Give the path of an article: its trap is in it, as a browser writes it."""
        words = quote(trap.words[:200].encode("utf-8"), safe="'()*@=+,;:|")
        return f"/news/{trap.name}/{words}?q={words}"

    def sources_toml(self) -> str:
        """Write the file of sources; the name is what others might have written."""
        name = "".join(trap.words for trap in TRAPS if trap.name != "long")
        return f"""[[source]]
id = "evil"
name = {json.dumps(name, ensure_ascii=False)}
seeds = [{{ kind = "feed", url = "{self.base_url}/feed.xml" }}]
[source.manners]
delay_s = 0
concurrency = 4
allow_private = true
"""

    def _feed(self) -> bytes:
        items = "".join(
            f"<item><title>{self._xml(headline(trap))}</title>"
            f"<link>{html.escape(self.base_url + self.path(trap))}</link></item>"
            for trap in TRAPS
        )
        more = "".join(
            f"<item><title>more</title><link>{self.base_url}{path}</link></item>"
            for path in ("/gone/%1b%5B31m%3Cscript%3E", "/moved/%E2%80%AE")
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
            f"<title>{self._xml(TRAPS[0].words)}</title><link>{self.base_url}</link>"
            f"<description>d</description>{items}{more}</channel></rss>"
        ).encode()

    @staticmethod
    def _xml(words: str) -> str:
        return html.escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", words))

    def _answer(self, target: str) -> bytes:
        if target == "/feed.xml":
            return _message("200 OK", "application/rss+xml", "", self._feed())
        name = target.split("/")[2] if target.startswith("/news/") else ""
        trap = next((one for one in TRAPS if one.name == name), None)
        if trap is not None:
            body = _page(trap, self.edition)
            return _message("200 OK", "text/html; charset=utf-8", trap.words, body)
        if target.startswith("/moved"):
            to = "Location: javascript:alert(8)//<script>\x1b[31m\r\n"
            return _message(f"302 {SGR}<script>", f"text/{SGR}", "", b"moved", to)
        return _message(f"404 {SGR}Gone", "text/plain<script>", SGR, b"gone")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.wfile.write(paper._answer(self.path))

            @override
            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _message(status: str, kind: str, words: str, body: bytes, more: str = "") -> bytes:
    """Write an answer; what ends a field is left out, the rest is sent as it is."""
    field = re.sub(r"[\x00\r\n]+", " ", words)[:500]
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nServer: {field}\r\n"
        f'ETag: "{field}"\r\nContent-Disposition: attachment; filename="{field}"\r\n'
        f"{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("utf-8") + body
