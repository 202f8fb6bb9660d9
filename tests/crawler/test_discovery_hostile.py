"""Seeds made to break their reader: each in a process of its own, measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict, cast

import pytest

ROOT = Path(__file__).resolve().parents[2]
URL = "https://a.example/seed"

# Reads the seed that an expression makes, and tells what it took. The peak is
# what was added to the size of the process with the seed in it (`clear_refs`
# sets the high water mark back, proc(5)).
CHILD = """
import json, sys, time, zlib
from pathlib import Path
from archive.model import SeedKind
from crawler.discovery import harvest

def gz(pieces):
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(piece) for piece in pieces) + packer.flush()

def kilobytes(key):
    status = Path("/proc/self/status").read_text()
    return int(status.partition(key + ":")[2].split()[0])

M = 1024 * 1024
# Deflate, flushed, and then blocks of no length (RFC 1951, 3.2.4).
NOTHING = [zlib.compressobj(wbits=31).flush(zlib.Z_FULL_FLUSH)]
SITEMAP = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
ENTRY = b"<url><loc>https://a.example/1</loc></url>"
LINK = b"<a href=/2026/11/22/x>a b c d e f</a>"
body = eval(sys.argv[2])
harvest(SeedKind(sys.argv[1]), b"x", url="https://a.example/warm")
Path("/proc/self/clear_refs").write_text("5")
before = kilobytes("VmRSS")
began = time.process_time()
result = harvest(SeedKind(sys.argv[1]), body, url="https://a.example/seed")
took = time.process_time() - began
print(json.dumps({
    "seconds": took,
    "peak_mb": (kilobytes("VmHWM") - before) / 1024,
    "found": len(result.found),
    "problem": result.problem,
}))
"""


class Measured(TypedDict):
    seconds: float
    peak_mb: float
    found: int
    problem: str | None


pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="needs Linux's /proc"
)


def measured(kind: str, seed: str) -> Measured:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, kind, seed],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=55,
    )  # fmt: skip
    return cast("Measured", json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "seed", "most_mb", "said"),
    [
        pytest.param("sitemap", r"gz([b'\0' * M] * 400)", 8,
                     "only the first 52428800 bytes", id="gzip, 400 MB of nothing"),
        pytest.param("sitemap", "gz([SITEMAP] + [ENTRY * 25000] * 100)", 8,
                     "given up after", id="gzip, 100 MB of entries"),
        pytest.param("sitemap", r"gz([gz([b'\0' * M] * 400)])", 8,
                     "only the first", id="gzip within gzip"),
        pytest.param("sitemap", "gz([gz([b''])] * 1_000_000)", 8,
                     "gzip members were read", id="a million empty members"),
        pytest.param("sitemap",
                     r"gz(NOTHING + [b'\0\0\0\xff\xff' * 200_000] * 100)", 8,
                     "only the first", id="100 MB that expand to nothing"),
        pytest.param("sitemap", "SITEMAP + ENTRY * 5_000_000", 8,
                     "given up after", id="200 MB"),
        pytest.param("sitemap", "SITEMAP + b'<url><loc>x' * 1_000_000", 8,
                     "nested more than", id="no end tags"),
        pytest.param("sitemap", "SITEMAP + b'<url a=\"' + b'x' * 100_000_000", 8,
                     "no tag ends", id="an attribute without end"),
        pytest.param("sitemap", r"b'\0' * 200_000_000", 12,
                     "not an address", id="200 MB of NUL"),
        pytest.param("sitemap", "b'<!DOCTYPE a>' * 4_000_000", 60,
                     "root is missing", id="document types"),
        pytest.param("list", r"b'x\n' * 100_000_000", 200,
                     "were not read", id="a list of 200 MB"),
        pytest.param("feed", "b'<rss>' + b'<item><link>/1</link></item>' * 7_000_000",
                     400, "were not read", id="a feed of 200 MB"),
        pytest.param("feed", "b'<rss>' + b'<item><link>/1' * 1_000_000", 400,
                     "Excessive depth", id="items without end tags"),
        pytest.param("feed", "b'<rss ' + b' '.join(b'a%x=\"\"' % n for n in"
                     " range(1_500_000)) + b'>'", 600, "more than", id="attributes"),
        pytest.param("feed", "b'<rss><item><title>' + b'&' * 16_000_000", 200,
                     "more than", id="ampersands"),
        pytest.param("feed", "b'<rss>' + b'<item><link>/1</link>' * 100_000", 200,
                     "Excessive depth", id="for the tolerant parser"),
        pytest.param("feed", "b'{\"items\":' + b'[' * 16_000_000", 200,
                     "JSON", id="JSON without end"),
        pytest.param("feed", "b'{\"items\":[' + b'{},' * 5_000_000 + b'{}]}'", 200,
                     "JSON of more than", id="JSON of nothing"),
        pytest.param("front", "LINK * 5_000_000", 400,
                     "were not read", id="a page of 200 MB"),
        pytest.param("front", "b'<a href=/a-b-c-d-e-%d>a b c d e' * 1_000_000", 400,
                     "links beyond", id="links without end tags"),
        pytest.param("front", "b'<div class=nav>' * 2000 + b''.join(b'<i><a href="
                     "/%d-a-b-c>a b c d</a></i>' % n for n in range(90_000))", 400,
                     "links beyond", id="links in a deep place"),
        pytest.param("front", "b'<a href=\"/' + b'a-' * 4_000_000 + b'\">a b c d</a>'",
                     200, None, id="an address of 8 MB"),
        pytest.param("front", "b'<a ' + b' '.join(b'a%x' % n for n in range(1_200_000))"
                     " + b' href=/1>x</a>'", 400, None, id="a tag of 8 MB"),
        pytest.param("front", "b'<div>' * 1_600_000", 400, "Excessive depth",
                     id="depth"),
    ],
)  # fmt: skip
def test_a_hostile_seed_is_bounded_in_memory_and_time_and_told(
    kind, seed, most_mb, said
):
    told = measured(kind, seed)
    assert told["peak_mb"] < most_mb
    assert told["seconds"] < 15  # nearly all take less than two
    assert said is None or said in (told["problem"] or "")


def test_a_whole_sitemap_takes_no_more_memory_than_its_results():
    seed = (
        "SITEMAP + b''.join(b'<url><loc>https://a.example/2026/11/22/%d-some-words"
        "</loc><lastmod>2026-11-22</lastmod></url>' % n for n in range(50_000))"
        " + b'</urlset>'"
    )
    told = measured("sitemap", seed)
    assert told["found"] == 50_000
    assert told["problem"] is None
    # A result takes some 250 bytes: the dataclass, two strings, a place in a dict.
    assert told["peak_mb"] < 50_000 * 400 / 1024 / 1024 + 4


ENTITIES = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(12))
BLOW_UP = "<!ENTITY q '" + "x" * 50_000 + "'>"


@pytest.mark.parametrize("kind", ["feed", "sitemap", "front"])
@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param(f"<!ENTITY e0 'ha'>{ENTITIES}", id="billion laughs"),
        pytest.param(f"{BLOW_UP}<!ENTITY e12 '{'&q;' * 1000}'>", id="quadratic"),
        pytest.param("<!ENTITY e12 SYSTEM 'file:///etc/hostname'>", id="a file"),
        pytest.param("<!ENTITY e12 SYSTEM 'http://127.0.0.1:9/'>", id="an address"),
        pytest.param("<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'>%p;", id="a DTD"),
    ],
)
def test_entities_are_neither_expanded_nor_fetched(kind, declaration):
    root, entry = {
        "feed": ("rss", "<item><title>&e12;</title><link>/1</link></item>"),
        "sitemap": ("urlset", "<url><loc>/1&e12;</loc></url>"),
        "front": ("html", "<a href='/2026/11/22/1'>A headline &e12; of some words</a>"),
    }[kind]
    seed = f"<!DOCTYPE {root} [{declaration}]><{root}>{entry}</{root}>"
    told = measured(kind, repr(seed.encode()))
    assert told["found"] == 1
    assert told["peak_mb"] < 8
    assert told["seconds"] < 2
