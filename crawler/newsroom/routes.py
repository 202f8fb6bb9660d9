"""The odd addresses of the example newsroom, as a table.

Every file of `site/` answers under its own path, an `index.html` under that of
its folder. What answers in another way stands here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How one address answers."""

    file: str  # of site/
    status: int = 200
    location: str | None = None  # {{BASE}} is filled in
    charset: str = "utf-8"  # the files are UTF-8; the page is sent in this
    fields: tuple[tuple[str, str], ...] = ()  # further header lines, sent as Latin-1
    gzip_file: bool = False  # the payload is a gzip file (a *.xml.gz)
    gzip_coding: bool = False  # Content-Encoding: gzip, whatever was asked for
    chunked: bool = False  # Transfer-Encoding: chunked, for HTTP/1.1


NOT_FOUND = Route(file="404.html", status=404)

# By the target of a request: path and query first, then the path alone.
ROUTES: dict[str, Route] = {
    # An old content system: the article is chosen by the query.
    "/story?id=4471": Route(file="story-4471.html"),
    # The feed still names the old address.
    "/2024/03/11/old-tram-depot.html": Route(
        file="301.html",
        status=301,
        location="{{BASE}}/2024/03/11/tram-depot-becomes-workshop.html",
    ),
    # Withdrawn by the editors; feed and sitemap have not noticed.
    "/2024/03/10/school-bus-timetable.html": Route(file="410.html", status=410),
    # A streaming server behind a compressing one.
    "/2024/03/16/chess-in-the-park.html": Route(
        file="2024/03/16/chess-in-the-park.html", gzip_coding=True, chunked=True
    ),
    # Header bytes that are not ASCII (RFC 9110, 5.5: obs-text).
    "/de/leuchtturm-grauholm.html": Route(
        file="de/leuchtturm-grauholm.html",
        fields=(("X-Redaktion", "Küste und Hafen, Größe 1"),),
    ),
    "/2024/03/14/cafe-des-pecheurs.html": Route(
        file="2024/03/14/cafe-des-pecheurs.html", charset="windows-1252"
    ),
    "/sitemap-news.xml.gz": Route(file="sitemap-news.xml", gzip_file=True),
}

# Files that answer only through a route.
UNLISTED = frozenset({"301.html", "404.html", "410.html", "story-4471.html"})
