"""The configuration for pywb: by a pattern where that does, by name where not."""

from __future__ import annotations

import json
import re

from archive.export.pywb import index_folders, pywb_config


def test_the_folders_of_days_are_found_by_a_pattern(held):
    folders = index_folders(held.folder)
    assert folders
    config = pywb_config(held.folder, folders)
    assert f"collections_root: {json.dumps(str(held.folder.parent))}" in config
    assert "index_paths: index/*/*/*\n" in config
    assert "archive_paths: warc\n" in config
    found = {path.parent for path in held.folder.glob("index/*/*/*/*.cdxj")}
    assert found == set(folders)


def test_folders_of_imports_are_named(tmp_path):
    root = tmp_path / 'odd: "name"'
    day = root / "index/2026/11/22"
    deeper = day / "imported-1"
    for folder in (day, deeper, root / "index" / "merged"):
        folder.mkdir(parents=True)
        (folder / "a.cdxj").touch()
    folders = index_folders(root)
    assert folders == (day, deeper)
    config = pywb_config(root, folders)
    said = re.findall(r"^      (\".*\"): (\".*\")$", config, re.MULTILINE)
    named = {json.loads(name): json.loads(folder) for name, folder in said}
    assert named == {
        "2026/11/22": str(day),
        "2026/11/22/imported-1": str(deeper),
    }
    assert f"  {json.dumps(root.name)}:\n" in config
    assert f"archive_paths: {json.dumps(str(root / 'warc') + '/')}\n" in config
    assert "collections_root" not in config
