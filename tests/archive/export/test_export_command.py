"""`dateline export`: what it writes where, and what it says."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest

from archive.errors import UsageError
from archive.export.output import STREAM, opened
from tests.support.command import arguments, environment, read


def export(held, kind, *words):
    return read("export", kind, "-c", held.folder, *words)


@pytest.mark.parametrize("kind", ["wacz", "warc", "jsonl", "parquet", "atom"])
def test_every_kind_is_written_to_a_file_and_that_is_said(held, tmp_path, kind):
    path = tmp_path / f"new-folder/out.{kind}"
    ran = export(held, kind, "--output", path, "--source", "tagblatt")
    assert (ran.code, ran.out) == (0, "")
    assert str(path) in ran.err
    assert "source tagblatt" in ran.err
    size = path.stat().st_size
    assert size > 100
    assert kind not in ("wacz", "warc") or f" {size / 1000:.1f} kB, " in ran.err
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_binary_kinds_get_a_name_of_ours_and_text_goes_to_the_stream(
    held, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for kind in ("wacz", "warc", "parquet"):
        assert export(held, kind).out == ""
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [
        ".gz",
        ".parquet",
        ".wacz",
    ]
    assert all(path.name.startswith("dateline-2") for path in tmp_path.iterdir())
    lines = export(held, "jsonl").out.splitlines()
    assert len(lines) == 4
    assert len(export(held, "jsonl", "--versions").out.splitlines()) == 5
    feed = ElementTree.fromstring(export(held, "atom", "--limit", "2").out)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2


def test_a_name_that_ends_in_gz_is_compressed(held, tmp_path):
    export(held, "jsonl", "-o", tmp_path / "all.jsonl.gz")
    assert (tmp_path / "all.jsonl.gz").read_bytes()[:2] == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["jsonl", "--since", "tomorrow"], "is no date"),
        (["jsonl", "--source", "nope"], "there are: courier, tagblatt"),
        (["wacz", "--since", "2099"], "since 2099"),
        (["pywb-config", "--source", "courier"], "whole collection"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    held, tmp_path, monkeypatch, words, sentence
):
    monkeypatch.chdir(tmp_path)
    ran = export(held, *words)
    assert ran.code in (1, 2)
    assert sentence in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_needs_force(held, tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("mine")
    refused = export(held, "jsonl", "-o", path)
    assert refused.code == 2
    assert "--force" in refused.err
    assert path.read_text() == "mine"
    assert export(held, "jsonl", "-o", path, "--force").code == 0
    assert json.loads(path.read_text().splitlines()[0])["id"]
    assert "is a folder" in export(held, "jsonl", "-o", tmp_path).err


def test_nothing_binary_is_written_to_a_terminal(held, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    with (
        pytest.raises(UsageError, match="terminal"),
        opened(STREAM, force=False, is_binary=True),
    ):
        pass


def test_a_package_can_be_piped(held, tmp_path):

    ran = subprocess.run(
        arguments("export", "wacz", "-c", held.folder, "-o", "-"),
        capture_output=True,
        env=environment(),
        check=True,
    )
    with zipfile.ZipFile(io.BytesIO(ran.stdout)) as archive:
        assert archive.testzip() is None
        assert "datapackage.json" in archive.namelist()
    assert ran.stderr == b""
