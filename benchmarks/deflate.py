"""Which deflate library, at which level, for one gzip member a record.

Compresses every page of the corpus as one member, as the WARC writer does,
with each candidate in turn, several rounds interleaved (machines drift), and
prints CPU per page, ratio, and speed against warcio's fixed zlib level 9.

    python -m benchmarks.deflate [ROUNDS]
"""

from __future__ import annotations

import statistics
import sys
import time
import zlib
from collections.abc import Callable

from isal import isal_zlib
from zlib_ng import zlib_ng

from benchmarks import corpus

Compress = Callable[[bytes], bytes]


def member(module: object, level: int) -> Compress:
    """Make a function that compresses into one gzip member."""
    compressobj = module.compressobj  # type: ignore[attr-defined]

    def compress(block: bytes) -> bytes:
        deflate = compressobj(level, zlib.DEFLATED, 31)
        return bytes(deflate.compress(block) + deflate.flush())

    return compress


CANDIDATES: dict[str, Compress] = {
    **{f"zlib {level}": member(zlib, level) for level in (9, 6, 4, 1)},
    **{f"zlib-ng {level}": member(zlib_ng, level) for level in (9, 7, 6, 5, 4, 3, 2)},
    **{f"isal {level}": member(isal_zlib, level) for level in (3, 2, 1)},
}


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    blocks = [page.body for page in corpus.pages()]
    total = sum(map(len, blocks))
    seconds: dict[str, list[float]] = {name: [] for name in CANDIDATES}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for name, compress in CANDIDATES.items():
            began = time.process_time()
            sizes[name] = sum(len(compress(block)) for block in blocks)
            seconds[name].append(time.process_time() - began)
            assert zlib.decompress(compress(blocks[0]), 31) == blocks[0]
    base = statistics.median(seconds["zlib 9"])
    print(f"{len(blocks)} pages, {total / len(blocks) / 1000:.0f} kB mean")
    print(f"{'library, level':<14} {'ms/page':>8} {'size':>7} {'times zlib 9':>13}")
    for name, runs in seconds.items():
        median = statistics.median(runs)
        print(
            f"{name:<14} {1000 * median / len(blocks):>8.2f} "
            f"{sizes[name] / total:>7.2%} {base / median:>12.1f}x"
        )


if __name__ == "__main__":
    main()
