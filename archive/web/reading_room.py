"""What the page of one article shows: from the catalogue, and its record [I/O]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive import questions, texts_questions
from archive.clock import timestamp14, warc_date
from archive.errors import ArchiveError, NotFound
from archive.evidence import Evidence, evidence_of
from archive.model import Article, CaptureClass, TextOutcome
from archive.questions import Kept
from archive.recordids import bare_uuid
from archive.replay.links import Modifier, replay_path
from archive.texts import made_by
from archive.versions import History, Version
from archive.versions_questions import history, history_of
from archive.warc.reader import read_record
from archive.web.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What another extractor made of the capture."""

    extractor: str
    outcome: TextOutcome
    page_class: CaptureClass | None
    article: Article | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A capture that is looked at, with its article and all that belongs to it."""

    kept: Kept
    article: Article | None  # None: it has no text
    told: History | None  # None: no capture of its page has a text
    beside: tuple[Beside, ...]

    @property
    def uuid(self) -> str:
        """The UUID of the capture."""
        return bare_uuid(self.kept.capture.record_id)

    @property
    def version(self) -> Version | None:
        """The version that the capture showed."""
        if self.told is None:
            return None
        return self.told.version_of(self.kept.capture.record_id)

    @property
    def evidence(self) -> dict[str, Evidence]:
        """The fields of the article and the claims about them, by their names."""
        found = evidence_of(self.article) if self.article else ()
        return {one.field: one for one in found}

    @property
    def replay(self) -> str:
        """The address at which the page is shown as captured."""
        return self._replay(Modifier.PAGE)

    @property
    def frame(self) -> str:
        """The same without a banner, for a frame."""
        return self._replay(Modifier.FRAME)

    def _replay(self, modifier: Modifier) -> str:
        capture = self.kept.capture
        return replay_path(capture.url, timestamp14(capture.date), modifier)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the panel that says where a text comes from."""

    label: str
    value: str
    link: str | None = None
    hint: str = ""


def read(shelf: Shelf, name: str) -> Reading:
    """Find what is to be shown, by an article id or a record id. Raises NotFound."""
    catalogue = shelf.catalogue
    article = questions.article_by_id(catalogue, name)
    told = history_of(catalogue, article) if article else None
    record_id = article.provenance.record_id if article else name
    kept = _seen(told, record_id)
    if kept is None:
        found = questions.captures_of(catalogue, record_id)
        if not found:
            raise NotFound(f"the archive holds no capture and no article {name}")
        kept = found[0]
    if article is None:
        article = questions.article_of_capture(catalogue, kept)
        told = _history(shelf, kept, article)
    return Reading(
        kept=kept,
        article=article,
        told=told,
        beside=tuple(_beside(shelf, kept, article)),
    )


def _seen(told: History | None, record_id: str) -> Kept | None:
    """Find a capture in a story, where it need not be asked for again."""
    captures = told.captures if told else ()
    kept = (seen.kept for seen in captures)
    return next((one for one in kept if one.capture.record_id == record_id), None)


def _history(shelf: Shelf, kept: Kept, article: Article | None) -> History | None:
    if article is not None:
        return history_of(shelf.catalogue, article)
    try:
        return history(shelf.catalogue, kept.capture.url)
    except NotFound:  # the page never showed an article
        return None


def _beside(shelf: Shelf, kept: Kept, article: Article | None) -> Iterator[Beside]:
    shown = made_by(article).key if article else kept.extractor
    if texts_questions.asked_of(shelf.catalogue, kept) <= {shown}:
        return  # nearly always: only what is shown, which is known
    for key, verdict in texts_questions.verdicts_on(shelf.catalogue, kept):
        if key != shown:
            yield Beside(
                extractor=key,
                outcome=verdict.outcome,
                page_class=verdict.page_class,
                article=verdict.article,
            )


# ---------------------------------------------------------------- provenance


def provenance(shelf: Shelf, reading: Reading) -> list[Fact]:
    """Say where a text comes from, down to the bytes, and over which connection."""
    return [
        *_capture_facts(reading),
        *_connection_facts(shelf, reading.kept),
        *_text_facts(reading),
    ]


def _capture_facts(reading: Reading) -> Iterator[Fact]:
    capture = reading.kept.capture
    discovery, place = capture.discovery, capture.locator
    yield Fact("Address", capture.url, hint="that answered")
    if discovery.url != capture.url:
        yield Fact("Found as", discovery.url)
    yield Fact("Captured", warc_date(capture.date), hint=f"status {capture.status}")
    yield Fact("Record", capture.record_id.strip("<>"), f"/record/{reading.uuid}")
    yield Fact("File", place.path, hint=_place(place.offset, place.length))
    yield Fact(
        "Payload", capture.payload_digest, hint=f"{capture.payload_length} bytes"
    )
    if capture.revisit is not None:
        earlier = capture.revisit.record_id.strip("<>")
        link = f"/article/{bare_uuid(earlier)}"
        yield Fact("Revisit of", earlier, link, "the server sent the same again")
    if capture.truncated is not None:
        yield Fact("Truncated", capture.truncated.value, hint="not all was received")
    if discovery.seed_url:
        yield Fact("Found in", discovery.seed_url)
    yield Fact("Source", discovery.source_id, f"/sources/{discovery.source_id}")
    yield Fact("Run", discovery.run_id, f"/runs/{discovery.run_id}")


def _place(offset: int, length: int) -> str:
    return f"offset {offset}, {length} bytes"


_CONNECTION: Final = (
    ("Server", "WARC-IP-Address"),
    ("Protocol", "WARC-Protocol"),
    ("Cipher suite", "WARC-Cipher-Suite"),
)


def _connection_facts(shelf: Shelf, kept: Kept) -> Iterator[Fact]:
    """Read what the record itself says of the connection."""
    place = kept.capture.locator
    try:
        path = shelf.collection.find(place.path)
        fields = read_record(path, place.offset, place.length).fields
    except (ArchiveError, OSError) as error:
        yield Fact("Record", "can not be read", hint=str(error))
        return
    for label, name in _CONNECTION:
        if values := fields.all(name):
            yield Fact(label, ", ".join(values))


def _text_facts(reading: Reading) -> Iterator[Fact]:
    article, kept = reading.article, reading.kept
    if article is None:
        yield Fact(
            "Text", kept.text_outcome or "not extracted yet", None, kept.text_detail
        )
        return
    source = article.provenance
    if source.record_id != kept.capture.record_id:
        yield Fact("Text of", source.record_id.strip("<>"), None, "the earlier capture")
    yield Fact("Article", article.id.strip("<>"))
    yield Fact("Extractor", f"{source.extractor} {source.extractor_version}")
    yield Fact("Its options", source.options_digest)
    sure = f"confidence {article.confidence:.2f}"
    yield Fact("Class", article.page_class, None, sure)
