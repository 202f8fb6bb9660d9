"""What the address of a page says about its class. Pure.

Only whole words of a path count: `/live/` says something, `/lively-debate` does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from pipelines.classes.wording import read_words

_INDEX: Final = re.compile(
    r"(?:index|default|home|accueil|inicio|startseite|anasayfa)(?:\.\w{2,5})?"
)
# An edition ("/en", "/pt-br", "/international") is a front page of its own.
_EDITION: Final = re.compile(
    r"[a-z]{2}(?:[-_][a-z]{2,4})?|international|arabic|english|global"
)
_WORDS: Final = re.compile(r"[^\W_]+")
_DAY: Final = re.compile(r"/(?:19|20)\d\d/?-?[01]?\d(?:/|-|$)|(?:19|20)\d{6}")
_NUMBER: Final = re.compile(r"\d{5,}")
_PAGE: Final = re.compile(r"(?:page|seite|pagina|sayfa|hoja|p)[-_/]?\d{1,4}/?$")

_LISTING: Final = read_words("listing-path")
_INDEXES: Final = read_words("index-path")
_LIST: Final = re.compile(
    r"/(?:news|articles?|all|latest)?[-_]?list(?:[./]|$)|-archives?/?$"
)
_SECTION_QUERIES: Final = frozenset(
    {
        "s",
        "q",
        "query",
        "search",
        "section",
        "sc_section_code",
        "cat",
        "category",
        "tag",
    }
)
_QUERIES: Final = frozenset(
    {"s", "q", "query", "search", "keyword", "keywords", "page", "paged", "cat", "tag"}
)
_LIVE: Final = re.compile(
    r"\b(?:live-?blog|live-?ticker|live-?updates?|live-?uppdatering|liveticker|live"
    r"|en-direct|endirect|direct|en-vivo|envivo|directo|en-directo|minuto-a-minuto"
    r"|ao-vivo|aovivo|diretta|in-diretta|canli|canlı|canli-blog|canli-anlatim|na-zywo"
    r"|relacja|relacja-live|onlayn|online-translyatsiya|liveupdates|direkte|direkt"
    r"|zhibo|siaran-langsung|seneste-nyt)\b"
)
_MEDIA: Final = re.compile(
    r"/(?:videos?|video-news|watch|tv|av|gallery|galleries|galerie|galerien|galeria"
    r"|galerias|galeri|foto-?galeri|fotogaleria|fotostrecken?|bildstrecken?|bilder"
    r"|photos?|photo-?gallery|photogallery|fotos?|fotogalerie|fotogallery|diaporamas?"
    r"|slideshows?|in-?pictures|infografik|podcasts?|audio|listen|radio|mediatheque"
    r"|mediathek|mediacenter|multimedia|filmi|wideo|film|picture|pictures|images?)"
    r"(?:[/\-.]|$)"
)
_LOGIN: Final = re.compile(
    r"(?:^|[/.])(?:wp-login|log-?in|log-?on|sign-?in|sign-?up|register|registration"
    r"|auth|oauth2?|sso|account|connexion|anmelden|registrieren|giris|uye-?girisi"
    r"|inloggen|accedi|entrar|iniciar-sesion|logowanie|vhod|masuk|moj-?konto)"
    r"(?:[/.]|$)"
)
_CONSENT_HOSTS: Final = re.compile(
    r"^(?:consent|guce|cmp|cmpv2|myprivacy|privacy|cookies?|consent-\w+)\."
    r"|\.(?:privacy-mgmt|consensu)\."
)
_CONSENT_PATHS: Final = re.compile(
    r"/(?:collectconsent|consent|cookie-?wall|cookie-?consent|privacy-?gate"
    r"|privacywall|zustimmung|cookies/accept)(?:[/.]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The signs in an address."""

    is_front: bool  # a front page, of the site or of an edition
    is_listing: bool  # a section, tag, author, archive or search by its words
    is_shallow: bool  # a short path without day, number or many words
    is_live: bool
    is_media: bool
    is_login: bool
    is_consent: bool


def read_address(url: str) -> Address:
    """Read an address; one that can't be taken apart has no signs."""
    try:
        parts = urlsplit(url[:2048])
    except ValueError:
        parts = urlsplit("")
    host, path = (parts.hostname or "").lower(), parts.path.lower()
    names = [name for name in path.split("/") if name]
    queries = {name.lower() for name, _ in parse_qsl(parts.query)}
    slug = names[-1] if names else ""
    stated = parts.query and not queries <= _QUERIES  # "?id=4711" is an article's
    is_front = not stated and _is_front(names) and not queries & _QUERIES
    return Address(
        is_front=is_front and bool(host),
        is_listing=bool(
            not _LISTING.isdisjoint(names[-2:-1] if _is_long(slug) else names)
            or slug.removesuffix(".html") in _INDEXES
            or _PAGE.search(path)
            or _LIST.search(path)
            or queries & _SECTION_QUERIES
        ),
        is_shallow=not stated and len(names) <= 3 and not _is_long(slug),
        is_live=_LIVE.search(path) is not None,
        is_media=_MEDIA.search(path) is not None,
        is_login=_LOGIN.search(path) is not None,
        is_consent=bool(_CONSENT_HOSTS.search(host) or _CONSENT_PATHS.search(path)),
    )


def _is_front(names: list[str]) -> bool:
    if len(names) > 2:
        return False
    return all(_INDEX.fullmatch(name) or _EDITION.fullmatch(name) for name in names)


def _is_long(slug: str) -> bool:
    """Whether the last part of a path looks like the name of one article."""
    return (
        len(_WORDS.findall(slug)) >= 4
        or _NUMBER.search(slug) is not None
        or _DAY.search(f"/{slug}") is not None
        or ("%" in slug and len(slug) > 60)
    )
