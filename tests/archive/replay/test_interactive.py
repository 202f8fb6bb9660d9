"""ReplayWeb.page: its files, and the application that shows captures with them."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from warcio.archiveiterator import ArchiveIterator

from archive.errors import UsageError
from archive.replay.interactive_files import are_there, install
from archive.web.interactive import create_interactive_app
from archive.web.shelf import Shelf
from tests.support.command import read
from tests.support.replayed import PNG, Answered, keep

FILES = {
    "package/package.json": json.dumps({"version": "9.9.9"}).encode(),
    "package/ui.js": b"// ui",
    "package/sw.js": b"// sw",
    "package/../../escaped.js": b"// no",
}
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tarball(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def test_two_files_are_taken_out_of_the_package_and_no_more(tmp_path):
    place = tmp_path / "deep" / "place"
    package = tarball(tmp_path / "p.tgz", FILES)
    assert install(package, place) == "9.9.9"
    assert are_there(place)
    assert {path.name for path in place.iterdir()} == {"ui.js", "sw.js"}
    assert not list(tmp_path.rglob("escaped.js"))


def test_a_folder_will_do_too(tmp_path):
    inner = tmp_path / "unpacked" / "package"
    inner.mkdir(parents=True)
    for name in ("ui.js", "sw.js"):
        (inner / name).write_bytes(b"//")
    for folder in (inner, inner.parent):
        assert install(folder, tmp_path / folder.name / "out") == "of unknown version"


@pytest.mark.parametrize(
    "files", [{}, {"package/ui.js": b"//"}, {"package/sw.js": b""}]
)
def test_another_package_is_refused(tmp_path, files):
    with pytest.raises(UsageError, match="npm pack replaywebpage"):
        install(tarball(tmp_path / "p.tgz", files), tmp_path / "place")
    assert not are_there(tmp_path / "place")


def test_what_is_no_package_is_refused(tmp_path):
    path = tmp_path / "p.tgz"
    path.write_bytes(b"nothing of the kind")
    for package in (path, tmp_path / "missing.tgz"):
        with pytest.raises(UsageError, match="can't be read"):
            install(package, tmp_path / "place")


def test_the_command_installs_and_says_what_is_missing(tmp_path, monkeypatch):
    place = tmp_path / "place"
    monkeypatch.setenv("DATELINE_REPLAYWEBPAGE", str(place))
    missing = read("replay", "interactive", "-c", tmp_path)
    assert missing.code == 2
    assert "dateline replay install" in missing.err
    ran = read("replay", "install", tarball(tmp_path / "p.tgz", FILES))
    assert ran.code == 0
    assert "ReplayWeb.page 9.9.9" in ran.out
    assert are_there(place)


def test_a_capture_is_given_with_what_it_needs(tmp_path):
    root, files = tmp_path / "c", tmp_path / "files"
    install(tarball(tmp_path / "p.tgz", FILES), files)
    page, _, _ = keep(
        root,
        [
            Answered(url='http://n.example/a?x="y', body=b"<p><img src=/a.png>", at=AT),
            Answered(url="http://n.example/a.png", body=PNG, type="image/png", at=AT),
            Answered(url="http://n.example/other", body=b"<p>other", at=AT),
        ],
    )
    uuid = page.record_id[10:-1]
    app = create_interactive_app(Shelf.open(root), files)
    with TestClient(app, base_url="http://127.0.0.1:8018") as client:
        opened = client.get("/", params={"name": page.url}, follow_redirects=False)
        assert opened.headers["location"] == f"/view/{uuid}"
        for kind, status in (("document", 303), ("empty", 400), ("iframe", 400)):
            asked = client.get(
                "/",
                params={"name": page.url},
                headers={"Sec-Fetch-Dest": kind},
                follow_redirects=False,
            )
            assert asked.status_code == status
        view = client.get(f"/view/{uuid}")
        assert f'source="/warc/{uuid}.warc.gz"' in view.text
        assert 'ts="20260301120000"' in view.text
        assert "x=&quot;y" in view.text
        assert client.get("/replay/sw.js").content == b"// sw"
        assert "replay-app-main" in client.get("/replay/").text
        package = client.get(f"/warc/{uuid}.warc.gz")
        part = client.get(f"/warc/{uuid}.warc.gz", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"\x1f\x8b\x08\x00")
        records = ArchiveIterator(io.BytesIO(package.content))
        urls = [r.rec_headers.get_header("WARC-Target-URI") for r in records]
        assert {page.url, "http://n.example/a.png"} <= set(urls)
        assert "http://n.example/other" not in urls
        for path in (
            "/replay/package.json",
            f"/view/{'0' * 32}",
            "/?name=http://no.example",
        ):
            assert client.get(path).status_code == 404
