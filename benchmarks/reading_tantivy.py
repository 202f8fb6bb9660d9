"""The same search with tantivy, for benchmarks/reading_search.py.

It is given the tokens that Dateline's index is given, so that both find the same, and
asked for the same: the twenty best, their number, and three facets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import tantivy

from archive.collection import Collection
from archive.search.facts import facts_of
from archive.search.lexing import Field
from archive.search.matching import phrases, question_of
from archive.search.model import Query
from archive.search.query import All, Either, Node, Not, Term
from archive.search.words import indexed

_HEAP: Final = 256 * 1024 * 1024
_FACETS: Final = ("source", "language", "month")
_BOOST: Final = 6.0  # of the headline


def schema() -> Any:
    """Describe the fields."""
    builder = tantivy.SchemaBuilder()
    for name in ("title", "text", "author", "section", "facts"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace")
    builder.add_text_field(
        "id", stored=True, tokenizer_name="raw", index_option="basic"
    )
    for name in _FACETS:
        builder.add_text_field(name, stored=False, fast=True, tokenizer_name="raw")
    return builder.build()


def opened(folder: Path) -> Any:
    """Open or make an index in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema(), path=str(folder))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("whitespace", analyzer)
    return index


def build(index: Any, rows: Iterator[Any]) -> None:
    """Enter articles, given as rows of the catalogue."""
    writer = index.writer(_HEAP, num_threads=1)
    for row in rows:
        writer.add_document(
            tantivy.Document(
                title=indexed(row.title or ""),
                text=indexed(row.text),
                author=indexed(row.authors),
                section=indexed(row.section or ""),
                facts=facts_of(
                    source_id=row.source_id,
                    language=row.language,
                    page_class=row.page_class,
                    urls=(row.canonical_url,),
                ),
                id=row.id,
                source=row.source_id,
                language=row.language or "",
                month=(row.published or row.date)[:7],
            )
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()


class Searcher:
    """Asks an index what Dateline is asked."""

    def __init__(self, index: Any) -> None:
        """Ask an index that is not written to any more."""
        self._schema = index.schema
        self._searcher = index.searcher()

    def search(self, query: Query) -> tuple[int, list[str]]:
        """Give the number of matches, and the ids of the best."""
        asked = self._query(question_of(query))
        found = self._searcher.search(asked, query.limit, count=True)
        terms = {name: {"terms": {"field": name, "size": 30}} for name in _FACETS}
        self._searcher.aggregate(asked, terms)
        ids = [self._searcher.doc(address)["id"][0] for _, address in found.hits]
        return found.count, ids

    def _query(self, node: Node | None) -> Any:
        match node:
            case None:
                return tantivy.Query.all_query()
            case Term():
                return self._term(node)
            case Either():
                should = [(tantivy.Occur.Should, self._query(p)) for p in node.parts]
                return tantivy.Query.boolean_query(should)
            case Not():
                return self._all((node,))
            case All():
                return self._all(node.parts)

    def _all(self, parts: tuple[Node, ...]) -> Any:
        clauses = []
        for part in parts:
            if isinstance(part, Not):
                clauses.append((tantivy.Occur.MustNot, self._query(part.part)))
            else:
                clauses.append((tantivy.Occur.Must, self._query(part)))
        if all(occur == tantivy.Occur.MustNot for occur, _ in clauses):
            clauses.append((tantivy.Occur.Must, tantivy.Query.all_query()))
        return tantivy.Query.boolean_query(clauses)

    def _term(self, term: Term) -> Any:
        if term.field in (Field.SOURCE, Field.LANGUAGE, Field.CLASS):
            word = f"{term.field}={term.text}"
            return tantivy.Query.const_score_query(
                tantivy.Query.term_query(self._schema, "facts", word), 0.0
            )
        fields = ("title", "text") if term.field is None else (term.field.value,)
        ways = [
            (tantivy.Occur.Should, self._phrase(field, phrase.tokens, phrase.is_prefix))
            for field in fields
            for phrase in phrases(term)
        ]
        return tantivy.Query.boolean_query(ways)

    def _phrase(self, field: str, tokens: tuple[str, ...], is_prefix: bool) -> Any:
        if is_prefix and len(tokens) == 1:
            found = tantivy.Query.regex_query(self._schema, field, f"{tokens[0]}.*")
        elif is_prefix:
            found = tantivy.Query.phrase_prefix_query(self._schema, field, list(tokens))
        elif len(tokens) == 1:
            found = tantivy.Query.term_query(
                self._schema, field, tokens[0], index_option="freq"
            )
        else:
            found = tantivy.Query.phrase_query(self._schema, field, list(tokens))
        boost = _BOOST if field == "title" else 1.0
        return tantivy.Query.boost_query(found, boost)


def rows_of(collection: Collection) -> Iterator[Any]:
    """Go through the articles of a catalogue."""
    with collection.catalogue.reading() as connection:
        yield from connection.exec_driver_sql(
            "SELECT id, title, text, authors, section, source_id, language, "
            "page_class, canonical_url, published, date FROM articles ORDER BY rowid"
        )
