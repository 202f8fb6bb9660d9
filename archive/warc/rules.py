"""The rules of WARC/1.1 as tables: fields, and what can be found wrong with a file.

Pure. The field rules are one table for the writer's tests, for `verify` and for
docs/formats.md; the codes are one table for whatever reads, and docs/verify.md.
Paragraphs are those of WARC/1.1; "#" is an issue of iipc/warc-specifications that
the annotated edition cites.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from archive.model import RevisitProfile, Severity
from archive.warc.fields import Fields

_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

# An error is damage, a warning a deviation from the standard, a note something
# that is allowed, or common, and good to know.
CODES: Final[dict[str, tuple[Severity, str]]] = {
    # the file
    "empty-file": (_E, "The file holds no record at all."),
    "arc": (_E, "The file is ARC, the format before WARC, which is not read."),
    "not-warc": (_E, "The file does not begin with a WARC record."),
    "gzip-cut": (_E, "The file ends inside of a gzip member."),
    "gzip-damaged": (_E, "A gzip member can not be inflated, or fails its checksum."),
    "garbage": (_E, "Bytes between or behind the records are no record."),
    "torn-tail": (_E, "An uncompressed file ends before its last record does."),
    "empty-member": (_N, "A gzip member is empty."),
    "shared-member": (_W, "A record has no gzip member of its own (annex D)."),
    "warcinfo-first": (_N, "The file does not begin with a warcinfo record (5.5)."),
    # the frame of a record
    "version": (_E, "The version is neither WARC/1.0 nor WARC/1.1."),
    "version-line": (_W, "The version line is not spelled as it should be (4)."),
    "head-cut": (_E, "The head of a record does not end."),
    "content-length": (_E, "Content-Length is missing or no number (5.3)."),
    "block-short": (_E, "The block ends before its Content-Length."),
    "block-long": (_E, "The block goes on after its Content-Length."),
    "record-end": (_W, "A record does not end with exactly two CR LF (4)."),
    # its fields
    "line-ends": (_W, "A line of a record's head does not end with CR LF (4)."),
    "folded-field": (_W, "A field goes on over several lines (#74)."),
    "line-without-colon": (_W, "A line of a record's head is no field (4)."),
    "field-name": (_W, "The name of a field is no token (4)."),
    "field-encoding": (_W, "A field is not UTF-8; it was read as Latin-1 (4)."),
    "field-missing": (_W, "A field that the type of the record demands is missing."),
    "field-forbidden": (_W, "A field stands on a type of record that forbids it."),
    "field-repeated": (_W, "A field stands more than once (5.1)."),
    "field-value": (_W, "The value of a field does not have the form it should."),
    "uri-brackets": (
        _N,
        "An address is in angle brackets, as the grammar of WARC/1.0 had it (5.14).",
    ),
    "address-form": (_N, "An IPv6 address is not in the form of RFC 5952 (#100)."),
    "digest-form": (_N, "A digest is not spelled as is the custom (#48, #80)."),
    "content-type-missing": (_N, "A block is without a Content-Type (5.6)."),
    "truncated-missing": (_N, "A revisit without payload is not marked (6.7.2)."),
    "unknown-type": (_N, "The type of the record is not of WARC/1.1; it is skipped."),
    # what it holds
    "block-digest": (_E, "The block is not the one its digest was made of."),
    "payload-digest": (_E, "The payload is not the one its digest was made of."),
    "payload-digest-framed": (
        _N,
        "The payload digest is over all behind the HTTP head, chunk framing included.",
    ),
    "payload-digest-unread": (_N, "The payload is too long to be checked in memory."),
    "digest-unknown": (_W, "A digest can not be checked: algorithm or length."),
    "digest-missing": (_N, "The block has no digest, so damage in it can be unseen."),
    "http-head": (_W, "A block that is said to be HTTP has no HTTP head."),
    "http-length": (_W, "The body is not as long as its HTTP Content-Length says."),
    "http-chunks": (_W, "A chunked body does not end as it should."),
    "decoded-framing": (
        _W,
        "The body is stored without the chunk framing that its head declares.",
    ),
    "decoded-content": (
        _W,
        "The body is stored without the content coding that its head declares.",
    ),
    "content-coding": (_N, "The content coding is unknown, or broken on the way."),
    # records among each other
    "duplicate-id": (_W, "Two records of the file have the same WARC-Record-ID (5.2)."),
    "dangling-concurrent": (
        _N,
        "WARC-Concurrent-To names a record that is not in the file (5.7).",
    ),
    "refers-outside": (_N, "A revisit refers to a record that is not in the file."),
    "revisit-of-revisit": (_W, "A revisit refers to a revisit."),
}

WARCINFO, RESPONSE, RESOURCE, REQUEST = "warcinfo", "response", "resource", "request"
METADATA, REVISIT = "metadata", "revisit"
CONVERSION, CONTINUATION = "conversion", "continuation"
CAPTURES: Final = frozenset({RESPONSE, RESOURCE, REQUEST})
TYPES: Final = CAPTURES | {WARCINFO, METADATA, REVISIT, CONVERSION, CONTINUATION}

_NOWHERE: Final[frozenset[str]] = frozenset()
_ID = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>]+>")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S*")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_MEDIA_TYPE = re.compile(rf"{_TOKEN.pattern}/{_TOKEN.pattern}[ \t]*(?:;.*)?")
_DIGEST = re.compile(rf"{_TOKEN.pattern}:[0-9A-Za-z+/_\-]+=*")
_NUMBER = re.compile(r"[0-9]+")
_DATE = re.compile(  # W3CDTF at any of its granularities
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,9})?)?Z)?)?)?"
)


def _is_date(value: str) -> bool:
    """Whether a value is a W3C date in UTC, of a day that there is."""
    match = _DATE.fullmatch(value)
    if match is None:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)  # the same hosts come again and again
def _canonical(address: str) -> str | None:
    """Write an address as RFC 5952 has it; None if it is none."""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What WARC/1.1 demands of a field."""

    field: str
    paragraph: str
    form: str  # in words
    is_valid: Callable[[str], object]
    mandatory_on: frozenset[str] = _NOWHERE
    forbidden_on: frozenset[str] = _NOWHERE
    mandatory: bool = False  # on every record, of unknown types too
    repeatable: bool = False
    bracketed_1_0: bool = False  # WARC/1.0 writes the address in angle brackets
    since: str = "1.0"


RULES: Final = (
    Rule(
        field="WARC-Record-ID",
        paragraph="5.2",
        form="a URI in angle brackets",
        is_valid=_ID.fullmatch,
        mandatory=True,
    ),
    Rule(
        field="Content-Length",
        paragraph="5.3",
        form="a number of bytes",
        is_valid=_NUMBER.fullmatch,
        mandatory=True,
    ),
    Rule(
        field="WARC-Date",
        paragraph="5.4",
        form="a W3C date in UTC with up to nine fraction digits",
        is_valid=_is_date,
        mandatory=True,
    ),
    Rule(
        field="WARC-Type",
        paragraph="5.5",
        form="a token",
        is_valid=_TOKEN.fullmatch,
        mandatory=True,
    ),
    Rule(
        field="Content-Type",
        paragraph="5.6, #38",
        form="a media type",
        is_valid=_MEDIA_TYPE.fullmatch,
    ),
    Rule(
        field="WARC-Concurrent-To",
        paragraph="5.7",
        form="a record id in angle brackets",
        is_valid=_ID.fullmatch,
        forbidden_on=frozenset({WARCINFO, CONVERSION, CONTINUATION}),
        repeatable=True,
    ),
    Rule(
        field="WARC-Block-Digest",
        paragraph="5.8, #48",
        form="algorithm, colon, digest",
        is_valid=_DIGEST.fullmatch,
    ),
    Rule(
        field="WARC-Payload-Digest",
        paragraph="5.9, #48",
        form="algorithm, colon, digest",
        is_valid=_DIGEST.fullmatch,
        forbidden_on=frozenset({WARCINFO, METADATA}),
    ),
    Rule(
        field="WARC-IP-Address",
        paragraph="5.10, #100",
        form="an IPv4 or IPv6 address",
        is_valid=_canonical,
        forbidden_on=frozenset({WARCINFO, CONVERSION, CONTINUATION}),
    ),
    Rule(
        field="WARC-Refers-To",
        paragraph="5.11",
        form="a record id in angle brackets",
        is_valid=_ID.fullmatch,
        forbidden_on=CAPTURES | {WARCINFO, CONTINUATION},
    ),
    Rule(
        field="WARC-Refers-To-Target-URI",
        paragraph="5.12",
        form="a URI",
        is_valid=_URI.fullmatch,
        forbidden_on=TYPES - {REVISIT},
        since="1.1",
    ),
    Rule(
        field="WARC-Refers-To-Date",
        paragraph="5.13",
        form="a W3C date in UTC with up to nine fraction digits",
        is_valid=_is_date,
        forbidden_on=TYPES - {REVISIT},
        since="1.1",
    ),
    Rule(
        field="WARC-Target-URI",
        paragraph="5.14",
        form="a URI without white space or angle brackets",
        is_valid=_URI.fullmatch,
        mandatory_on=CAPTURES | {REVISIT, CONVERSION, CONTINUATION},
        forbidden_on=frozenset({WARCINFO}),
        bracketed_1_0=True,
    ),
    Rule(
        field="WARC-Truncated",
        paragraph="5.15",
        form="length, time, disconnect, unspecified, or another token",
        is_valid=_TOKEN.fullmatch,
    ),
    Rule(
        field="WARC-Warcinfo-ID",
        paragraph="5.16",
        form="a record id in angle brackets",
        is_valid=_ID.fullmatch,
        forbidden_on=frozenset({WARCINFO}),
    ),
    Rule(
        field="WARC-Filename",
        paragraph="5.17",
        form="a name",
        is_valid=bool,
        forbidden_on=TYPES - {WARCINFO},
    ),
    Rule(
        field="WARC-Profile",
        paragraph="5.18",
        form="a URI without angle brackets",
        is_valid=_URI.fullmatch,
        mandatory_on=frozenset({REVISIT}),
        bracketed_1_0=True,
    ),
    Rule(
        field="WARC-Identified-Payload-Type",
        paragraph="5.19",
        form="a media type",
        is_valid=_MEDIA_TYPE.fullmatch,
        forbidden_on=frozenset({WARCINFO, METADATA}),
    ),
    Rule(
        field="WARC-Segment-Number",
        paragraph="5.20",
        form="a number from 1",
        is_valid=_NUMBER.fullmatch,
        mandatory_on=frozenset({CONTINUATION}),
    ),
    Rule(
        field="WARC-Segment-Origin-ID",
        paragraph="5.21",
        form="a record id in angle brackets",
        is_valid=_ID.fullmatch,
        mandatory_on=frozenset({CONTINUATION}),
        forbidden_on=TYPES - {CONTINUATION},
    ),
    Rule(
        field="WARC-Segment-Total-Length",
        paragraph="5.22",
        form="a number of bytes",
        is_valid=_NUMBER.fullmatch,
        forbidden_on=TYPES - {CONTINUATION},
    ),
)


_BY_NAME: Final = {rule.field.lower(): rule for rule in RULES}


def violations(
    record_type: str, fields: Fields, version: str = "1.1"
) -> list[tuple[str, str]]:
    """List what is wrong with the fields of a record: code and sentence.

    A field that nobody knows is never wrong (5.1), nor is one that is younger
    than the version of the record.
    """
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name.lower(), []).append(value)
    found: list[tuple[str, str]] = []
    for name, rule in _BY_NAME.items():
        if rule.since > version:
            continue
        if name in values:
            found.extend(_against(rule, record_type, values[name], version))
        elif rule.mandatory or record_type in rule.mandatory_on:
            sentence = f"{rule.field} is missing ({rule.paragraph})"
            found.append(("field-missing", sentence))
    found.extend(_advice(record_type, fields))
    return found


def _against(
    rule: Rule, record_type: str, said: list[str], version: str
) -> Iterator[tuple[str, str]]:
    """Hold the values of a field against its rule."""
    if record_type in rule.forbidden_on:
        where = f"on a {record_type} record"
        yield "field-forbidden", f"{rule.field} {where} ({rule.paragraph})"
    if len(said) > 1 and not rule.repeatable:
        yield "field-repeated", f"{rule.field} stands {len(said)} times (5.1)"
    for value in said:
        bracketed = rule.bracketed_1_0 and version == "1.0" and value[:1] == "<"
        if bracketed:
            yield "uri-brackets", f"{rule.field} is in angle brackets: {value}"
        if not rule.is_valid(value.strip("<>") if bracketed else value):
            sentence = f"{rule.field} is {value!r}, not {rule.form} ({rule.paragraph})"
            yield "field-value", sentence


def _advice(record_type: str, fields: Fields) -> Iterator[tuple[str, str]]:
    """Say what the standard recommends, or demands of a revisit profile alone."""
    if record_type and record_type not in TYPES:
        yield "unknown-type", f"the type {record_type!r} is not of WARC/1.1"
    has_block = (fields.first("Content-Length") or "0").strip("0") != ""
    has_type = "Content-Type" in fields or record_type == CONTINUATION
    if has_block and not has_type:
        yield "content-type-missing", "the block has no Content-Type (5.6)"
    address = fields.first("WARC-IP-Address") or ""
    if _canonical(address) not in (None, address):
        yield "address-form", f"the address {address} is not as in RFC 5952 (#100)"
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest"):
        label = fields.first(name) or ""
        if not _is_custom(label):
            yield "digest-form", f"{name} is spelled {label} (#48, #80)"
    profile = (fields.first("WARC-Profile") or "").strip("<>").replace("/1.0/", "/1.1/")
    if record_type == REVISIT and profile == RevisitProfile.IDENTICAL_PAYLOAD:
        if "WARC-Payload-Digest" not in fields:
            yield "field-missing", "a revisit by digest has no payload digest (6.7.2)"
        if has_block and "WARC-Truncated" not in fields:
            yield "truncated-missing", "the revisit does not say WARC-Truncated (6.7.2)"


def _is_custom(label: str) -> bool:
    """Whether a digest is in lower-case hex, or sha1's in upper-case Base32."""
    algorithm, _, value = label.partition(":")
    if algorithm.lower() in ("sha1", "sha-1") and len(value) == 32:
        return value == value.upper()
    return value == value.lower()
