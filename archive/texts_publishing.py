"""The files in `text/` made from the catalogue, and put where they belong [I/O]."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from archive import texts_questions
from archive.collection import Collection
from archive.derivatives import TextFiles
from archive.model import Article, Finding, TextOutcome
from archive.texts import Verdict, made_by
from archive.texts_entering import DamagedText, enter, read_articles, unreadable
from archive.texts_places import JSONL_SUFFIX, TEXT_SUFFIX, text_paths
from archive.warc.writer import storage_error


def publish(collection: Collection, name: str) -> int:
    """Write the files of a WARC file, by each extractor that the catalogue knows of it.

    Each is there whole or not at all. Gives the number of articles. Raises
    StorageError.
    """
    catalogue = collection.catalogue
    count = 0
    for software in texts_questions.software_of_file(catalogue, name):
        is_entered = name in texts_questions.entered(catalogue, software.key)
        if not is_entered and text_paths(collection, software.key, name).is_there():
            # A kill came between its name and its rows: it may hold more than they.
            enter(collection, software.key, name, is_current=True)
        verdicts = texts_questions.verdicts_of_file(catalogue, name, software.key)
        with TextFiles(collection, software, name) as files:
            for verdict in verdicts:
                files.add(verdict)
                count += verdict.article is not None
        catalogue.mark_entered(name, software.key)
    catalogue.mark_derived(name)
    return count


def adopt_unnamed(collection: Collection) -> list[Finding]:
    """Give files in `text/` that are in no extractor's folder their place.

    So they were before there were several extractors; every line of them says
    which one made it. Gives what could not be read, and was left where it is.
    Raises StorageError.
    """
    findings = []
    pattern = f"[0-9][0-9][0-9][0-9]/**/*{JSONL_SUFFIX}"
    for path in sorted((collection.root / "text").glob(pattern)):
        try:
            articles = list(read_articles(path))
        except DamagedText as error:
            findings.append(unreadable(collection, path, error))
            continue
        if articles:
            _adopt(collection, path, articles)
    return findings


def _adopt(collection: Collection, lines: Path, articles: list[Article]) -> None:
    """Write again what a file of lines holds, then remove it and its texts."""
    software, name = made_by(articles[0]), articles[0].provenance.locator.path
    if not text_paths(collection, software.key, name).is_there():
        with TextFiles(collection, software, name) as files:
            for article in articles:
                files.add(_implied(article))
    texts = lines.with_name(lines.name.removesuffix(JSONL_SUFFIX) + TEXT_SUFFIX)
    for path in (lines, texts):
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
    for folder in (lines.parent, *lines.parent.parents[:2]):
        with suppress(OSError):  # something is in it still
            folder.rmdir()


def _implied(article: Article) -> Verdict:
    """Give the verdict that there must have been for an article to be there."""
    return Verdict(
        record_id=article.provenance.record_id,
        url=article.provenance.url,
        outcome=TextOutcome.TEXT,
        page_class=article.page_class,
        confidence=article.confidence,
        article=article,
    )
