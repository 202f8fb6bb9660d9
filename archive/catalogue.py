"""The catalogue: what is held, in SQL. Everything here can be made again [I/O].

SQL stands in this file, `archive.schema`, `archive.questions` and
`archive.texts_questions`, and for what is remembered of watching in
`archive.watch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from archive import schema
from archive.database import Database
from archive.errors import CollectionError
from archive.model import Capture, Miss, Run, TextOutcome
from archive.rows import (
    article_row,
    capture_of,
    capture_row,
    miss_row,
    run_row,
    software_row,
    verdict_row,
)
from archive.texts import Software, Verdict


class Catalogue:
    """The tables of one collection."""

    def __init__(self, path: Path) -> None:
        """Open the catalogue, made empty if it is not there; nothing else is written.

        Where the folder can't be written, it can still be read.

        Raises StorageError, or CollectionError for a damaged file or one of
        another version of the schema.
        """
        self.path = path
        self._database = Database(
            path,
            repair="run `dateline rebuild` to make it again from the WARC files",
            consolation="Everything acknowledged is safe in the WARC files; the "
            "catalogue is brought level at the next start",
        )
        try:
            # A disk that was full may have left a file without tables.
            with self.reading() as connection:
                is_made = inspect(connection).has_table(schema.about.name)
            if not is_made:
                with self.writing() as connection:
                    schema.metadata.create_all(connection)
                    _say_version(connection)
            with self.reading() as connection:
                _insist_on_version(connection, path)
        except Exception:
            self._database.close()
            raise

    def check(self) -> None:
        """Read every page. Raises CollectionError if the file is damaged."""
        self._database.check()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the tables."""
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction of its own, committed at the end."""
        with self._database.writing() as connection:
            yield connection

    # ------------------------------------------------------------ what happened

    def add_events(
        self,
        path: str,
        level: int,
        *,
        captures: Iterable[tuple[Capture, TextOutcome | None]] = (),
        misses: Iterable[Miss] = (),
        runs: Iterable[Run] = (),
    ) -> None:
        """Enter what a WARC file holds up to `level` bytes, in one transaction.

        What is there already stays as it is, so that a file can be entered
        again from any point. A capture's text outcome is None where it is
        still to be extracted.
        """
        capture_rows = [
            {**capture_row(capture), "text_outcome": outcome and outcome.value}
            for capture, outcome in captures
        ]
        miss_rows = [miss_row(miss) for miss in misses]
        run_rows = [run_row(run) for run in runs]
        with self.writing() as connection:
            _enter_file(connection, path, level)
            if capture_rows:
                connection.execute(_INSERT_CAPTURE, capture_rows)
            if miss_rows:
                connection.execute(_INSERT_MISS, miss_rows)
            if run_rows:
                connection.execute(_UPSERT_RUN, run_rows)

    def mark_published(self, path: str) -> None:
        """Say that a WARC file has got its name."""
        with self.writing() as connection:
            _enter_file(connection, path, 0)
            connection.execute(
                update(schema.files)
                .where(schema.files.c.path == path)
                .values(published=1)
            )

    def mark_derived(self, path: str) -> None:
        """Say that text and JSON Lines of a WARC file are published."""
        with self.writing() as connection:
            connection.execute(
                update(schema.files)
                .where(schema.files.c.path == path)
                .values(derived=1)
            )

    def files(self) -> dict[str, tuple[int, bool, bool]]:
        """Tell of each WARC file: level, published, derived."""
        with self.reading() as connection:
            rows = connection.execute(select(schema.files)).mappings()
            return {
                row["path"]: (
                    row["level"],
                    bool(row["published"]),
                    bool(row["derived"]),
                )
                for row in rows
            }

    # ------------------------------------------------------------ texts

    def add_texts(
        self, software: Software, verdicts: Sequence[Verdict], *, is_current: bool
    ) -> None:
        """Enter what an extractor made of captures, in one transaction.

        With `is_current` it is what is shown of them from now on; without, it
        stands beside. What the same extractor said before is replaced.
        """
        key = software.key
        rows = [verdict_row(verdict, key) for verdict in verdicts]
        article_rows = [article_row(v.article, key) for v in verdicts if v.article]
        with self.writing() as connection:
            connection.execute(_UPSERT_EXTRACTOR, software_row(software))
            if rows:
                connection.execute(_INSERT_TEXT, rows)
            if rows and is_current:
                connection.execute(_UPDATE_OUTCOME, [_renamed(row) for row in rows])
            if article_rows:
                connection.execute(_INSERT_ARTICLE, article_rows)

    def mark_entered(self, path: str, key: str) -> None:
        """Say that the texts of a WARC file by an extractor are in `text/` and here."""
        with self.writing() as connection:
            row = {"path": path, "extractor": key}
            connection.execute(_INSERT_TEXT_FILE, row)

    def unmark_entered(self, path: str, key: str) -> None:
        """Say that they are about to be more."""
        c = schema.text_files.c
        with self.writing() as connection:
            connection.execute(
                delete(schema.text_files).where(c.path == path, c.extractor == key)
            )

    def pending(self, path: str | None = None) -> list[Capture]:
        """List the captures whose text is still to be extracted, in file order."""
        c = schema.captures.c
        question = select(schema.captures).where(c.text_outcome.is_(None))
        if path is not None:
            question = question.where(c.path == path)
        with self.reading() as connection:
            rows = connection.execute(question.order_by(c.path, c.offset)).mappings()
            return [capture_of(row) for row in rows]

    def original(self, payload_digest: str) -> Capture | None:
        """Find the first capture that holds a payload itself, not as a revisit."""
        return self._one(_ORIGINAL, digest=payload_digest)

    def latest_whole(self, url: str) -> Capture | None:
        """Find the last capture of an address with a whole payload of status 200.

        It may be a revisit: the page may have gone back to what it once was.
        """
        return self._one(_LATEST_WHOLE, url=url)

    def _one(self, question: Select[Any], **values: str) -> Capture | None:
        # Asked for every page: prepared, and without a transaction around it.
        with self._database.looking_up() as connection:
            row = connection.execute(question, values).mappings().first()
        return capture_of(row) if row is not None else None

    # ------------------------------------------------------------ starting over

    def clear(self) -> None:
        """Empty every table."""
        with self.writing() as connection:
            for table in (
                schema.articles,
                schema.texts,
                schema.text_files,
                schema.captures,
                schema.extractors,
                schema.misses,
                schema.runs,
                schema.files,
            ):
                connection.execute(delete(table))


_file_insert = upsert(schema.files).values(
    path=bindparam("path"), level=bindparam("level"), published=0, derived=0
)
_ENTER_FILE = _file_insert.on_conflict_do_update(
    index_elements=["path"],
    set_={"level": _file_insert.excluded.level},
    where=schema.files.c.level < _file_insert.excluded.level,
)
_INSERT_CAPTURE = insert(schema.captures).prefix_with("OR IGNORE", dialect="sqlite")
_INSERT_MISS = insert(schema.misses).prefix_with("OR IGNORE", dialect="sqlite")
_INSERT_TEXT = insert(schema.texts).prefix_with("OR REPLACE", dialect="sqlite")
_INSERT_TEXT_FILE = insert(schema.text_files).prefix_with("OR IGNORE", dialect="sqlite")
_extractor_insert = upsert(schema.extractors)
# What was told of an extractor by files without its options is completed.
_UPSERT_EXTRACTOR = _extractor_insert.on_conflict_do_update(
    index_elements=["key"],
    set_={"options": _extractor_insert.excluded.options},
    where=schema.extractors.c.options == "[]",
)
_INSERT_ARTICLE = insert(schema.articles).prefix_with("OR REPLACE", dialect="sqlite")
_run_insert = upsert(schema.runs)
# A report comes after the record of the beginning, and knows more.
_UPSERT_RUN = _run_insert.on_conflict_do_update(
    index_elements=["id"],
    set_={
        "ended_at": _run_insert.excluded.ended_at,
        "counts": _run_insert.excluded.counts,
    },
    where=_run_insert.excluded.ended_at.is_not(None),
)
_UPDATE_OUTCOME = (
    update(schema.captures)
    .where(schema.captures.c.record_id == bindparam("id"))
    .values(
        text_outcome=bindparam("is_outcome"),
        text_detail=bindparam("is_detail"),
        page_class=bindparam("is_class"),
        extractor=bindparam("is_extractor"),
    )
)
_ORIGINAL = (
    select(schema.captures)
    .where(
        schema.captures.c.payload_digest == bindparam("digest"),
        schema.captures.c.profile.is_(None),
        schema.captures.c.truncated.is_(None),
    )
    .order_by(schema.captures.c.date)
    .limit(1)
)
_LATEST_WHOLE = (
    select(schema.captures)
    .where(
        schema.captures.c.url == bindparam("url"),
        schema.captures.c.status == 200,
        schema.captures.c.truncated.is_(None),
    )
    .order_by(schema.captures.c.date.desc())
    .limit(1)
)


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    """Give the row of a verdict the names that the row of its capture has."""
    return {
        "id": row["record_id"],
        "is_outcome": row["outcome"],
        "is_detail": row["detail"],
        "is_class": row["page_class"],
        "is_extractor": row["extractor"],
    }


def _enter_file(connection: Connection, path: str, level: int) -> None:
    connection.execute(_ENTER_FILE, {"path": path, "level": level})


def _say_version(connection: Connection) -> None:
    row = {"name": "schema", "value": str(schema.VERSION)}
    statement = insert(schema.about).prefix_with("OR IGNORE", dialect="sqlite")
    connection.execute(statement, row)


def _insist_on_version(connection: Connection, path: Path) -> None:
    about = schema.about.c
    found = connection.execute(
        select(about.value).where(about.name == "schema")
    ).scalar()
    if found != str(schema.VERSION):
        raise CollectionError(
            f"{path} has schema {found}, this Dateline writes {schema.VERSION}: "
            "run `dateline rebuild` to make it again from the WARC files"
        )
