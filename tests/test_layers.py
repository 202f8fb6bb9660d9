"""The import contracts of pyproject.toml hold, and would notice a breach."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("archive", "pipelines", "crawler")
PURE = re.compile(r"\bpure\b", re.IGNORECASE)
DOES_IO = re.compile(r"\[I/O\]|\b[Dd]oes I/O")
IMPURE = {"socket", "sqlite3", "sqlalchemy", "subprocess", "threading", "scrapy"}
# What a pure module takes from an impure one: no more than this.
ALLOWED = {
    "crawler/wire/guard.py": {"socket"},  # inet_aton, which opens nothing
    "crawler/wire/parser.py": {"scrapy"},  # the class of the parser it refines
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; from importlinter.cli import lint_imports;"
    command += "sys.exit(lint_imports(no_cache=True, no_logo=True))"
    return subprocess.run(
        [sys.executable, "-c", command],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def modules() -> list[Path]:
    return [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]


def first_words(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_all_contracts_are_kept():
    ran = lint(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("archive/digests.py", "import pipelines.items", "three floors"),
        ("pipelines/revisits.py", "import crawler.finds", "three floors"),
        (
            "archive/store.py",
            "import typing\nif typing.TYPE_CHECKING:\n    import crawler.finds",
            "three floors",
        ),
        (
            "archive/reading.py",
            "import trafilatura",
            "the archive knows no crawler and no extractor",
        ),
        ("archive/cdxj.py", "import socket", "pure modules do no I/O"),
    ],
)
def test_a_breach_is_noticed(tmp_path, module, line, contract):
    for floor in FLOORS:
        ignored = shutil.ignore_patterns("__pycache__", "site")
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / module
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")
    ran = lint(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"{contract} BROKEN" in ran.stdout


def test_nothing_imports_the_command():
    assert not [path for path in modules() if "dateline" in imported(path)]


def test_modules_that_call_themselves_pure_touch_nothing_outside():
    pure = [p for p in modules() if PURE.search(first_words(p))]
    assert len(pure) > 20
    for path in pure:
        name = path.relative_to(ROOT).as_posix()
        if DOES_IO.search(first_words(path)):
            continue  # it tells pure parts and others apart
        found = {module.partition(".")[0] for module in imported(path)}
        assert found & IMPURE <= ALLOWED.get(name, set()), name
