"""What the documentation says is so: verbs, options, codes, fields, links, paths."""

from __future__ import annotations

import ast
import importlib.util
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import typer.main

import archive.importing.model
import archive.index
import archive.recovery
import archive.texts_entering
import archive.verify
import archive.warc.check
import pipelines.reextract_reading
from archive.model import FetchOutcome, Role, Truncation
from dateline import app
from docs import generate
from docs.advice import ADVICE

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    chain(ROOT.glob("*.md"), DOCS.rglob("*.md"), ROOT.glob("changelog.d/*.md"))
)


def verbs(group: Any, before: str = "") -> dict[str, Any]:
    """List every verb; those of a group as two words."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= verbs(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = command
    return found


VERBS = verbs(typer.main.get_command(app))
GROUPS = {name.split()[0] for name in VERBS if " " in name}
TABLES = (
    archive.warc.check.CODES,
    archive.importing.model.CODES,
    archive.index.CODES,
    archive.verify.CODES,
    archive.recovery.CODES,
    archive.texts_entering.CODES,
    pipelines.reextract_reading.CODES,
)
# A part of an issue may have a fragment of its own.
FRAGMENT = re.compile(r"\d+\.([a-z]+\.)?(breaking|feature|fix|format)\.md")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A command line: indented, fenced or in backticks, at its beginning or after a pipe.
COMMAND = re.compile(
    r"(?:^ *|^ +\$ |`|&& )dateline (?!VERB)([a-z][^`#|\n]*)", re.MULTILINE
)
MAKE = re.compile(r"(?:^ +|`)make ([a-z]+)", re.MULTILINE)
MODULE = re.compile(r"python -m ([\w.]+)")
SOURCE = re.compile(r"`((?:archive|pipelines|crawler|tests|docs|benchmarks)/[\w/.]+)`")


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def spelled(verb: str) -> set[str]:
    """List how the options of a verb are spelled, as Typer understands them."""
    options = [p for p in VERBS[verb].params if p.param_type_name == "option"]
    return {name for option in options for name in option.opts if not option.hidden}


def section(verb: str) -> str:
    return read("cli.md").partition(f"\n## {verb}\n")[2].partition("\n## ")[0]


def anchors(path: Path) -> set[str]:
    """List the anchors that GitHub gives to the headings of a page."""
    headings = HEADING.findall(FENCE.sub("", path.read_text("utf-8")))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("name", generate.pages())
def test_pages_made_from_code_are_fresh(name):
    assert read(name) == generate.pages()[name], "run `make docs`"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_described_with_every_option_and_argument(verb):
    described = section(verb)
    arguments = [p for p in VERBS[verb].params if p.param_type_name == "argument"]
    assert VERBS[verb].help.split("\n")[0] in described
    assert spelled(verb) - {"--help"} <= set(re.findall(r"(?<!\S)-[-\w]+", described))
    for argument in arguments:
        assert re.search(rf"^  {argument.name.upper()}\b", described, re.MULTILINE)
    assert f"Example: `dateline {verb}" in described


def test_no_verb_is_described_that_is_not_there():
    described = re.findall(r"^## ([\w -]+)$", read("cli.md"), re.MULTILINE)
    assert set(described) == set(VERBS)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_in_a_page_can_be_given(path):
    text = path.read_text("utf-8")
    for command in COMMAND.findall(text):
        words = [word.strip(".,:;)") for word in command.split()]
        verb = words[0] if words[0] in VERBS else " ".join(words[:2])
        if verb in GROUPS:
            continue
        assert verb in VERBS, command
        used = set(re.findall(r"(?<!\S)--?[a-z][-\w]*", command))
        assert used <= spelled(verb) | {"--help"}, command
    targets = re.findall(
        r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    assert set(MAKE.findall(text)) <= set(targets)
    for module in MODULE.findall(text):
        assert importlib.util.find_spec(module), module


def test_the_commands_of_the_readme_are_found():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(COMMAND.findall(text)) > 5
    assert MAKE.findall(text)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_no_link_is_broken(path):
    for link in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        if link.startswith(("http:", "https:")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_file_of_the_code_that_a_page_names_is_there(path):
    for name in SOURCE.findall(path.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_the_index_leads_to_every_page():
    linked = {
        (DOCS / link.partition("#")[0]) for link in LINK.findall(read("index.md"))
    }
    assert {p for p in DOCS.rglob("*.md") if p.name != "index.md"} <= linked


# ---------------------------------------------------------------- codes


def findings_in(path: Path) -> dict[str, str]:
    """List the codes and severities of the findings that a module writes out."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = {}
    for call in calls:
        words = {keyword.arg: keyword.value for keyword in call.keywords}
        code = words.get("code")
        if isinstance(code, ast.Constant) and "severity" in words:
            found[str(code.value)] = ast.unparse(words["severity"])
    return found


def test_every_code_is_explained_and_nothing_else_is():
    codes = {code for table in TABLES for code in table}
    assert set(ADVICE) == codes
    assert (
        set(re.findall(r"^\| `([\w-]+)` \|", read("verify.md"), re.MULTILINE)) == codes
    )


def test_every_code_that_is_written_out_in_the_code_is_explained():
    written = {c for path in ROOT.glob("archive/**/*.py") for c in findings_in(path)}
    assert written
    assert written <= set(ADVICE)


# ---------------------------------------------------------------- formats


def names_in(module: str, function: str) -> set[str]:
    """List the names that a function gives to values, in pairs and in dicts."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    (body,) = (node for node in nodes if node.name == function)
    pairs = [n.elts[0] for n in ast.walk(body) if isinstance(n, ast.Tuple) and n.elts]
    keys = [key for n in ast.walk(body) if isinstance(n, ast.Dict) for key in n.keys]
    return {
        name.value
        for name in (*pairs, *keys)
        if isinstance(name, ast.Constant) and isinstance(name.value, str)
    }


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("archive/events.py", "_shared_fields"),
        ("archive/events.py", "_capture_details"),
        ("archive/events.py", "_discovery_details"),
        ("archive/events.py", "miss_record"),
        ("archive/events.py", "run_record"),
        ("archive/events.py", "warcinfo_record"),
        ("archive/derivatives.py", "_conversion"),
        ("archive/texts_lines.py", "article_values"),
        ("archive/derivatives.py", "_outcome"),
        ("archive/derivatives.py", "_about"),
        ("crawler/session.py", "software_settings"),
    ],
)
def test_every_field_that_is_written_is_described(module, function):
    names = names_in(module, function) - {"dateline"}  # first of the packages
    assert names
    for name in names:
        described = rf"[`.]{re.escape(name)}[`.]|^{re.escape(name)}:"
        assert re.search(described, read("formats.md"), re.MULTILINE), name


@pytest.mark.parametrize("kind", [FetchOutcome, Role, Truncation])
def test_every_outcome_role_and_truncation_is_described(kind):
    for value in kind:
        assert f"`{value}`" in read("formats.md")


# ---------------------------------------------------------------- decisions, changes


@pytest.mark.parametrize("path", sorted(DOCS.glob("decisions/*.md")), ids=named)
def test_a_decision_says_its_problem_and_its_price(path):
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert "**Problem.**" in text
    assert "Price" in text


def test_fragments_of_the_changelog_are_named_for_an_issue_and_a_kind():
    fragments = [p for p in ROOT.glob("changelog.d/*.md") if p.name != "README.md"]
    for path in fragments:
        assert FRAGMENT.fullmatch(path.name), path.name
