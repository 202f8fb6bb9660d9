"""Many articles, made of the sentences of the corpus, entered in a collection.

Each is put together of sentences of several texts of one language; a tenth of the
words is changed for others of the language, and a fiftieth for names that nobody has
heard of, so that lengths and vocabularies are as they are in a real archive.
"""

from __future__ import annotations

import json
import random
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.collection import Collection
from archive.model import (
    Article,
    Byline,
    BylineKind,
    Capture,
    CaptureClass,
    Discovery,
    Locator,
    Moment,
    Precision,
    Provenance,
    Role,
    TextOutcome,
    Work,
)
from archive.texts import Software, Verdict
from benchmarks import corpus

SOFTWARE: Final = Software(name="made", version="1", options_digest="sha256:00")
BEGIN: Final = datetime(2022, 1, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=4 * 365)
SOURCES: Final = 200
_BATCH: Final = 1000
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？।])\s*|\n+")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_SECTIONS: Final = ("Politics", "World", "Sport", "Culture", "Town", "Business")
_SYLLABLES: Final = ("ka", "ro", "mi", "sel", "dan", "vor", "ti", "lun", "bre", "shi")
_VERSIONS: Final = 0.1  # of articles that are captured again, and say something else


@dataclass(slots=True)
class Language:
    """What there is to put articles together of."""

    titles: list[str] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)  # sentences
    words: list[str] = field(default_factory=list)  # as often as they occur


def languages() -> dict[str, Language]:
    """Read the texts of the corpus that have a headline or a beginning."""
    found: dict[str, Language] = defaultdict(Language)
    for meta in _metas():
        gold, tag = meta.get("gold") or {}, meta.get("language")
        text = gold.get("text") or ""
        if not tag or len(text) < 300:
            continue
        sentences = [s for s in _SENTENCE.split(text) if len(s) > 10]
        language = found[tag]
        language.titles.append(gold.get("title") or sentences[0][:80])
        language.texts.append(sentences)
        language.words += _WORD.findall(text)
    return dict(found)


def _metas() -> Iterator[dict[str, Any]]:
    for archive in sorted(corpus.FOLDER.glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if member.name.endswith("/meta.json") and file is not None:
                    yield json.loads(file.read())


class Maker:
    """Makes articles, the same ones each time."""

    def __init__(self, seed: int = 20261122) -> None:
        """Read the corpus."""
        self._random = random.Random(seed)
        self._languages = languages()
        self._tags = sorted(self._languages)
        # Small languages more often than in the corpus: it is mostly English.
        self._weights = [len(self._languages[t].texts) ** 0.6 for t in self._tags]
        self._authors = [self._name() for _ in range(3000)]

    def text(self, language: Language) -> tuple[str, str]:
        """Make a headline and a text."""
        draw = self._random
        title = self._changed(draw.choice(language.titles), language)
        length = min(40_000, draw.lognormvariate(8.0, 0.7))  # 3,000 in the middle
        sentences: list[str] = []
        while length > 0:
            of = draw.choice(language.texts)
            at = draw.randrange(len(of))
            sentences += of[at : at + 3]
            length -= sum(map(len, of[at : at + 3]))
        paragraphs = [
            " ".join(sentences[n : n + 4]) for n in range(0, len(sentences), 4)
        ]
        return title, self._changed("\n".join(paragraphs), language)

    def articles(self, number: int) -> Iterator[tuple[Capture, Article]]:
        """Make articles, in the order in which they were captured."""
        draw = self._random
        urls: list[str] = []
        for n in range(number):
            (tag,) = draw.choices(self._tags, self._weights)
            title, text = self.text(self._languages[tag])
            source = f"source-{int(draw.paretovariate(1.0)) % SOURCES:03}"
            again = bool(urls) and draw.random() < _VERSIONS
            url = draw.choice(urls) if again else f"https://{source}.example/{n}"
            urls = [*urls[-999:], url]
            at = BEGIN + SPAN * n / number
            capture = _capture(n, url, source, at)
            yield capture, self._article(capture, title, text, tag, at)

    def _changed(self, text: str, language: Language) -> str:
        def changed(match: re.Match[str]) -> str:
            luck = self._random.random()
            if luck < 0.02:
                return self._name()
            return self._random.choice(language.words) if luck < 0.12 else match[0]

        return _WORD.sub(changed, text) if language.words else text

    def _name(self) -> str:
        parts = self._random.choices(_SYLLABLES, k=self._random.randint(2, 5))
        return "".join(parts).capitalize()

    def _article(
        self, capture: Capture, title: str, text: str, tag: str, at: datetime
    ) -> Article:
        draw = self._random
        published = at - timedelta(hours=draw.random() * 24)
        authors = draw.choices(self._authors, k=draw.randint(0, 2))
        return Article(
            id=capture.record_id.replace("-4000-", "-5000-"),
            canonical_url=capture.url,
            work=Work(
                title=title,
                section=draw.choice(_SECTIONS),
                bylines=tuple(Byline(name=a, kind=BylineKind.PERSON) for a in authors),
                published=Moment(
                    text=published.isoformat(timespec="seconds"),
                    precision=Precision.SECOND,
                    earliest=published,
                    latest=published,
                ),
                language=tag,
            ),
            text=text,
            page_class=CaptureClass.ARTICLE,
            confidence=0.9,
            claims=(),
            provenance=_provenance(capture),
        )


def fill(collection: Collection, number: int) -> int:
    """Enter made articles in an empty collection; gives the bytes of their texts."""
    length = 0
    batch: list[tuple[Capture, Article]] = []
    for pair in Maker().articles(number):
        batch.append(pair)
        length += len(pair[1].text.encode("utf-8", "replace"))
        if len(batch) == _BATCH:
            _enter(collection, batch)
            batch = []
    _enter(collection, batch)
    return length


def _enter(collection: Collection, batch: Sequence[tuple[Capture, Article]]) -> None:
    if not batch:
        return
    path = batch[0][0].locator.path
    collection.catalogue.add_events(
        path, batch[-1][0].locator.offset, captures=[(c, None) for c, _ in batch]
    )
    verdicts = [
        Verdict(
            record_id=capture.record_id,
            url=capture.url,
            outcome=TextOutcome.TEXT,
            page_class=article.page_class,
            confidence=article.confidence,
            article=article,
        )
        for capture, article in batch
    ]
    collection.catalogue.add_texts(SOFTWARE, verdicts, is_current=True)


def _capture(n: int, url: str, source: str, at: datetime) -> Capture:
    return Capture(
        record_id=f"<urn:uuid:00000000-0000-4000-8000-{n:012}>",
        url=url,
        date=at,
        status=200,
        media_type="text/html",
        block_digest="sha256:00",
        payload_digest=f"sha256:{n:064x}",
        payload_length=1,
        transfer_coded=False,
        locator=Locator(path="warc/2022/01/01/made.warc.gz", offset=n, length=1),
        discovery=Discovery(
            url=url,
            role=Role.ARTICLE,
            source_id=source,
            run_id="00000000-0000-4000-8000-000000000001",
            found_at=at,
        ),
    )


def _provenance(capture: Capture) -> Provenance:
    return Provenance(
        record_id=capture.record_id,
        payload_digest=capture.payload_digest,
        locator=capture.locator,
        captured_at=capture.date,
        url=capture.url,
        found_url=capture.url,
        extractor=SOFTWARE.name,
        extractor_version=SOFTWARE.version,
        options_digest=SOFTWARE.options_digest,
        run_id=capture.discovery.run_id,
        source_id=capture.discovery.source_id,
    )


def collection_of(folder: Path, number: int) -> tuple[Collection, int]:
    """Open the collection of so many articles in a folder, made if it is not there.

    Gives the bytes of its texts, too.
    """
    root = folder / f"articles-{number}"
    about = root / "made.json"
    if about.exists():
        return Collection.open(root), json.loads(about.read_text("utf-8"))["length"]
    collection = Collection.create(root)
    length = fill(collection, number)
    about.write_text(json.dumps({"length": length}), "utf-8")
    return collection, length
