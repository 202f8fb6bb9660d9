"""The verb `show`: a page, its text, and why the text says what it says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from archive import questions, texts_questions
from archive.clock import warc_date
from archive.collection import Collection
from archive.errors import NotFound
from archive.evidence import Evidence, evidence_of, evidence_values
from archive.listing import capture_values
from archive.model import Article, Capture, Claim
from archive.options import DEFAULT_COLLECTION, CollectionOption, JsonOption
from archive.questions import Kept
from archive.reading import decoded_payload, load_answer, raw_record
from archive.terminal import printable, printable_json
from archive.texts import made_by
from archive.texts_lines import article_values

_LONGEST_CLAIM: Final = 300  # characters; --json gives all of them


def mount(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("show")(show)


def show(  # noqa: PLR0917 (Typer calls it by names)
    name: Annotated[str, typer.Argument(help="An address, a record id or article id.")],
    collection: CollectionOption = DEFAULT_COLLECTION,
    warc: Annotated[
        bool, typer.Option("--warc", help="The raw WARC record, as stored.")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="The page, content coding removed.")
    ] = False,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="Each field, and the claims about it."),
    ] = False,
    extractor: Annotated[
        str | None,
        typer.Option(help="The text of this one (its key), not the one shown."),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every capture, not the latest alone.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show a page: its text and where it came from, its record, or its HTML.

    Example: dateline show https://example.org/news/1 --warc | gunzip | less
    """
    with Collection.open(collection) as opened:
        found = _find(opened, name)
        if warc:
            sys.stdout.buffer.write(raw_record(opened, found[0].capture))
        elif html:
            answer = load_answer(opened, found[0].capture)
            sys.stdout.buffer.write(decoded_payload(answer))
        else:
            for kept in found if all_ else found[:1]:
                article = _article(opened, kept, extractor)
                if as_json:
                    values = _values(opened, kept, article, evidence=evidence)
                    typer.echo(printable_json(values))
                    continue
                said = _evidence if evidence else _text
                for line in (*said(kept, article), *_origin(opened, kept, article)):
                    typer.echo(printable(line, lines=True))
            if not (all_ or as_json) and len(found) > 1:
                typer.echo(f"{len(found)} captures: --all shows every one", err=True)


def _find(collection: Collection, name: str) -> list[Kept]:
    catalogue = collection.catalogue
    found = questions.captures_of(catalogue, name)
    if not found:
        article = questions.article_by_id(catalogue, name)
        if article is not None:
            found = questions.captures_of(catalogue, article.provenance.record_id)
    if not found:
        misses = questions.misses_of(catalogue, name)
        if misses:
            last = misses[0]
            raise NotFound(
                f"{name} was asked for at {warc_date(last.date)} and gave no capture: "
                f"{last.outcome} ({last.detail})"
            )
        raise NotFound(
            f"nothing is held of {name}: `dateline list captures` shows what is"
        )
    return found


def _article(
    collection: Collection, kept: Kept, extractor: str | None
) -> Article | None:
    catalogue = collection.catalogue
    if extractor is None:
        return questions.article_of_capture(catalogue, kept)
    held = texts_questions.extractors(catalogue)
    key = texts_questions.find_extractor(held, extractor).software.key
    return texts_questions.article_by(catalogue, kept, key)


def _beside(
    collection: Collection, kept: Kept, article: Article | None
) -> list[dict[str, Any]]:
    """List what other extractors made of the capture."""
    shown = kept.extractor
    if article is not None:
        shown = made_by(article).key
    return [
        {
            "extractor": key,
            "outcome": verdict.outcome,
            "class": verdict.page_class,
            "article": verdict.article.id.strip("<>") if verdict.article else None,
        }
        for key, verdict in texts_questions.verdicts_on(collection.catalogue, kept)
        if key != shown
    ]


def _values(
    collection: Collection, kept: Kept, article: Article | None, *, evidence: bool
) -> dict[str, Any]:
    row = capture_values(kept)
    row["article"] = article_values(article) if article else None
    row["texts_beside"] = _beside(collection, kept, article)
    if evidence:
        found = evidence_of(article) if article else ()
        row["evidence"] = [evidence_values(one) for one in found]
    return row


def _text(kept: Kept, article: Article | None) -> Iterator[str]:
    if article is None:
        yield from _no_text(kept)
        return
    work = article.work
    yield _line(work.title or "(no headline)")
    dated = (", ".join(work.authors), work.published.text if work.published else "")
    yield _line(" · ".join(filter(None, dated)))
    yield f"\n{article.text}\n"


def _no_text(kept: Kept) -> Iterator[str]:
    outcome = kept.text_outcome or "not extracted yet"
    detail = f" ({kept.text_detail})" if kept.text_detail else ""
    yield _line(f"no text: {outcome}{detail}")
    yield ""


def _evidence(kept: Kept, article: Article | None) -> Iterator[str]:
    if article is None:
        yield from _no_text(kept)
        return
    for one in evidence_of(article):
        yield from _field(one)
    yield ""


def _field(evidence: Evidence) -> Iterator[str]:
    yield _line(f"{evidence.field:<14}{evidence.value or '–'}")
    for word, claims in (("chosen", evidence.chosen), ("other", evidence.others)):
        for claim in claims:
            yield _line(f"    {word:<8}{_claim(claim)}")


def _claim(claim: Claim) -> str:
    value = claim.value
    shown = value if len(value) <= _LONGEST_CLAIM else f"{value[:_LONGEST_CLAIM]}…"
    return f"{shown!r} in {claim.origin}"


def _origin(
    collection: Collection, kept: Kept, article: Article | None
) -> Iterator[str]:
    """Tell where the text came from: the bytes, the software, the run."""
    rows = [*_provenance(kept.capture)]
    page_class = article.page_class if article else kept.page_class
    if page_class is not None:
        sure = f" · confidence {article.confidence:.2f}" if article else ""
        rows.append(("class", f"{page_class}{sure}"))
    if article is not None:
        source = article.provenance
        rows.append(("extractor", f"{source.extractor} {source.extractor_version}"))
        rows.append(("options", source.options_digest))
    elif kept.extractor is not None:
        rows.append(("extractor", kept.extractor))
    rows += [
        ("beside", f"{other['extractor']}: {other['outcome']}")
        for other in _beside(collection, kept, article)
    ]
    for label, value in rows:
        yield _line(f"{label:<12}{value}")
    yield ""


def _provenance(capture: Capture) -> Iterator[tuple[str, str]]:
    discovery = capture.discovery
    yield "address", capture.url
    if discovery.url != capture.url:
        yield "found as", discovery.url
    yield "captured", f"{warc_date(capture.date)} · status {capture.status}"
    place = capture.locator
    yield "record", capture.record_id.strip("<>")
    yield "file", f"{place.path} · offset {place.offset} · {place.length} bytes"
    yield "payload", capture.payload_digest
    if capture.revisit is not None:
        yield "revisit of", f"{capture.revisit.record_id.strip('<>')}"
    if capture.truncated is not None:
        yield "truncated", capture.truncated.value
    if discovery.seed_url:
        yield "found in", discovery.seed_url
    yield "source, run", f"{discovery.source_id}, {discovery.run_id}"


def _line(text: str) -> str:
    """Make one line of what should be one: a title may hold line feeds."""
    return printable(text)
