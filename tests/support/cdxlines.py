"""Index lines out of a table, for tests of look-ups."""

from __future__ import annotations

from pathlib import Path

from archive.cdxj import CdxLine, capture_line, format_line, moment
from archive.index import write_index


def line(url: str, timestamp: str, **changes: str | None) -> CdxLine:
    """Make the line of a capture; what is None among `changes` is left out."""
    made = capture_line(
        url=url,
        date=moment(timestamp),
        record_type="response",
        mime="text/html",
        status=200,
        digest=f"sha256:{timestamp}",
        offset=0,
        length=100,
        filename="a.warc.gz",
    )
    pairs = {**dict(made.pairs), **changes}
    kept = tuple((name, value) for name, value in pairs.items() if value is not None)
    return CdxLine(urlkey=made.urlkey, timestamp=timestamp, pairs=kept)


def write_lines(index: Path, lines: list[CdxLine], *, files: int = 3) -> list[bytes]:
    """Deal lines out to the index files of a few WARC files; gives all, in order."""
    for number in range(files):
        write_index(lines[number::files], index / f"2026/11/2{number}/f{number}.cdxj")
    return sorted(map(format_line, lines))
