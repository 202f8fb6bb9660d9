"""The feeds of sources as OPML 2.0, for feed readers. Pure.

Source: opml.org/spec2.opml. The id of a source has no place in it, and travels
in a namespace of our own, which the standard permits: so our lists come back
as they were. Feeds are all that OPML can hold.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from archive.model import Seed, SeedKind, Source
from crawler.plaintext import collapsed

NAMESPACE: Final = "urn:dateline:opml:1"
OUR_ID: Final = f"{{{NAMESPACE}}}id"

# XML 1.0, 2.2: these can not be written at all.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_opml(sources: tuple[Source, ...], *, title: str) -> bytes:
    """Write the feeds of sources as OPML 2.0, in folders by their first tag.

    Seeds other than feeds are left out: `without_place` names them.
    """
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"dateline": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _writable(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for source in sources:
        feeds = [seed for seed in source.seeds if seed.kind is SeedKind.FEED]
        if not feeds:
            continue
        path = _folders_of(source)
        for depth in range(1, len(path) + 1):
            if path[:depth] not in folders:
                folders[path[:depth]] = etree.SubElement(
                    folders[path[: depth - 1]], "outline", {"text": path[depth - 1]}
                )
        for feed in feeds:
            attributes = _attributes(source, feed, path)
            etree.SubElement(folders[path], "outline", attributes)
    written = etree.tostring(
        root, encoding="utf-8", xml_declaration=True, pretty_print=True
    )
    assert isinstance(written, bytes)
    return written


def without_place(sources: tuple[Source, ...]) -> tuple[tuple[str, str], ...]:
    """Name the seeds that OPML can not hold, each with the id of its source."""
    return tuple(
        (source.id, seed.url)
        for source in sources
        for seed in source.seeds
        if seed.kind is not SeedKind.FEED
    )


def _folders_of(source: Source) -> tuple[str, ...]:
    """Choose the tags that become folders: the first, and what is no category."""
    tags = [_writable(tag) for tag in source.tags]
    return tuple(tags[:1] + [tag for tag in tags[1:] if not _is_category(tag)])


def _is_category(tag: str) -> bool:
    return not {",", "/"} & set(tag)


def _attributes(source: Source, feed: Seed, path: tuple[str, ...]) -> dict[str, str]:
    name = _writable(source.name)
    categories = (_writable(tag) for tag in source.tags)
    attributes = {
        "text": name,
        "title": name,
        "type": "rss",  # OPML 2.0: of every kind of feed
        "xmlUrl": feed.url,
        "htmlUrl": source.homepage or "",
        "language": source.language or "",
        "category": ",".join(tag for tag in categories if tag not in path),
        OUR_ID: source.id,
    }
    return {key: value for key, value in attributes.items() if value}


def _writable(text: str) -> str:
    return collapsed(_NO_XML.sub(" ", text))
