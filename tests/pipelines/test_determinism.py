"""The same bytes give the same text, and no slower than trafilatura by itself."""

from __future__ import annotations

import gzip
import os
import random
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
import trafilatura

from pipelines.extraction import Page
from pipelines.extractor import build
from pipelines.frames import page_frame, send_frame
from tests.pipelines.test_decoding import CHARSETS
from tests.pipelines.test_extraction import ARTICLE, a_page, dated

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"


@pytest.fixture(scope="module")
def extractor():
    return build()


def corpus_pages(step: int) -> list[Page]:
    archive = CORPUS / "fundeval.tar.gz"
    if not archive.exists():
        pytest.skip("the shared corpus is not beside the repository")
    pages = []
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith("page.html.gz"):
                file = tar.extractfile(member)
                assert file is not None
                pages.append(a_page(gzip.decompress(file.read())))
    return pages[::step]


def varied_pages() -> list[Page]:
    rules = {(text, codec): header for text, codec, header, *_ in CHARSETS}
    foreign = [
        a_page(
            ARTICLE.replace("bridge", text).encode(codec, "xmlcharrefreplace"),
            content_type=f"text/html; charset={header}",
        )
        for (text, codec), header in rules.items()
    ]
    dates = ("2017-05", "12 xaneiro 07", "7 de xaneiro de 2019", "3.2.2020", "2019")
    return [
        *foreign,
        *(a_page(dated(date), url=f"https://{date[:1]}.example/") for date in dates),
        *(a_page(ARTICLE.replace("</p><p>", "<br>" * n)) for n in range(3)),
    ]


TELL = """
import sys
from pipelines.frames import extraction_frame, read_page, receive_frame
from pipelines.extractor import build
import socket, json
channel = socket.socket(fileno=int(sys.argv[1]))
extractor = build()
while (frame := receive_frame(channel)) is not None:
    header, body = extraction_frame(extractor.extract(read_page(*frame)))
    print(json.dumps([header, body.decode()]))
"""


class Teller:
    """Another process that extracts pages with an extractor of its own."""

    def __init__(self, hash_seed: str, log: Path) -> None:
        self._log = log
        self._pages, theirs = socket.socketpair()
        number = theirs.fileno()
        with theirs, log.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", TELL, str(number)],
                pass_fds=[number],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "UTC"},
                stdout=file,
            )

    def send(self, page: Page) -> None:
        send_frame(self._pages, *page_frame(page))

    def told(self) -> list[str]:
        self._pages.close()
        assert self._process.wait() == 0
        return self._log.read_text().splitlines()


def check_determinism(pages: list[Page], folder: Path) -> None:
    shuffled = random.Random(7).sample(range(len(pages)), len(pages))
    first, other = Teller("1", folder / "first"), Teller("2", folder / "other")
    for page, number in zip(pages, shuffled, strict=True):
        first.send(page)
        other.send(pages[number])
    told = first.told()
    assert len(told) == len(pages)
    assert other.told() == [told[number] for number in shuffled]


@pytest.mark.slow
def test_the_same_page_gives_the_same_in_any_order_and_process(tmp_path):
    check_determinism(varied_pages(), tmp_path)


@pytest.mark.corpus
@pytest.mark.slow
def test_real_pages_give_the_same_in_any_order_and_process(tmp_path):
    check_determinism(corpus_pages(1), tmp_path)


@pytest.mark.corpus
@pytest.mark.slow
def test_extracting_takes_no_more_time_than_trafilatura_alone(extractor):
    pages = corpus_pages(3)

    def spent(extract, page):
        began = time.process_time()
        extract(page)
        return time.process_time() - began

    def alone(page):
        trafilatura.bare_extraction(page.payload, with_metadata=True)

    ours = theirs = 0.0
    for page in pages:
        # The best of three, in turns: the machine has other things to do, too.
        times = [(spent(extractor.extract, page), spent(alone, page)) for _ in "123"]
        ours += min(mine for mine, _ in times)
        theirs += min(its for _, its in times)
    assert ours < theirs
