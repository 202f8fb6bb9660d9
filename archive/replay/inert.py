"""Which elements and attributes of a page act, and so are taken out of it. Pure.

What is shown is also held by the policy of the answer (`archive.replay.answer`):
that forbids, this removes. Either of the two would do for a browser that keeps
to the standards; together they also do where a page is saved and opened again.
"""

from __future__ import annotations

from typing import Final

# With all that is in them.
DROPPED: Final = frozenset(
    {"script", "iframe", "portal", "fencedframe", "noembed", "noframes"}
)
# Without what is in them: that is meant to be seen where they do not work; or stands
# behind them, in elements that are always empty, which libxml2 does not know to be.
UNWRAPPED: Final = (
    *("noscript", "object", "applet", "frameset"),
    *("base", "param", "embed", "frame", "bgsound"),
)
FRAMES: Final = frozenset(
    {"iframe", "frame", "embed", "applet", "object", "portal", "fencedframe"}
)
# What is in them is text, and only there: shown as text in any place (HTML, 13.1.2).
VERBATIM: Final = frozenset({"xmp", "plaintext", "listing"})

# Attributes that fetch, send, run or configure, on whatever element. Handlers, which
# all begin with "on", are not listed.
REMOVED: Final = frozenset(
    {
        # sends
        *("action", "formaction", "method", "formmethod", "formtarget", "ping"),
        *("attributionsrc", "browsingtopics", "sharedstoragewritable"),
        # fetches what is not shown
        *("manifest", "codebase", "classid", "data", "archive", "profile", "longdesc"),
        *("cite", "dynsrc", "lowsrc", "srcdoc", "xml:base", "imagesizes"),
        # runs, or configures what runs and fetches
        *("nonce", "integrity", "crossorigin", "referrerpolicy", "http-equiv", "is"),
        *("csp", "allow", "sandbox", "credentialless", "blocking", "fetchpriority"),
        # takes the reader or the keyboard elsewhere
        *("target", "formnovalidate", "autofocus", "accesskey", "download"),
        *("popovertarget", "popovertargetaction", "commandfor", "command"),
        *("interestfor", "autoplay"),
    }
)

# Attributes of which nothing is left to decide where they are met, and most of all:
# they need not be looked up twice.
PLAIN: Final = frozenset(
    {
        *("class", "id", "alt", "title", "width", "height", "rel", "type", "role"),
        *("name", "value", "content", "property", "itemprop", "itemtype", "itemscope"),
        *("for", "lang", "dir", "tabindex", "placeholder", "datetime", "loading"),
        *("aria-label", "aria-hidden", "aria-labelledby", "aria-expanded", "viewbox"),
        *("data-id", "data-testid", "colspan", "rowspan", "media", "sizes", "d"),
    }
)

# Attributes of SVG that may hold `url()` (SVG 2, 6.6).
PAINTED: Final = frozenset(
    {
        *("fill", "stroke", "filter", "mask", "clip-path", "cursor"),
        *("marker", "marker-start", "marker-mid", "marker-end"),
    }
)

# Animations of SVG that may set an address (SVG 2, 16.5; SMIL).
ANIMATIONS: Final = frozenset({"animate", "set", "animatetransform", "animatemotion"})

# What a link may be there for, if it is to be kept.
ICONS: Final = frozenset({"icon", "apple-touch-icon", "apple-touch-icon-precomposed"})

# Kinds of `meta` that set how a browser treats the page, not what it looks like.
UNWANTED_NAMES: Final = frozenset({"referrer", "monetization"})

# Where scripts that load images late keep the address until then.
LAZY_URLS: Final = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-url",
)
LAZY_SETS: Final = ("data-srcset", "data-lazy-srcset", "data-original-set")
LAZY_BACKGROUNDS: Final = ("data-bg", "data-background", "data-background-image")
