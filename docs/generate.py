"""Write the pages that are made from code: cli.md, verify.md, a table of formats.md.

    python -m docs.generate        (or: make docs)

The verbs are read from the functions behind them, not from what Typer prints, whose
form changes with its version. `tests/test_docs.py` fails while a page is stale.
"""

from __future__ import annotations

import inspect
import re
import textwrap
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import EnumType
from pathlib import Path
from typing import Any, Final

from typer import Typer
from typer.models import ArgumentInfo, OptionInfo

import archive.importing.model
import archive.index
import archive.recovery
import archive.texts_entering
import archive.verify
import archive.warc.rules
import pipelines.reextract_reading
from archive.model import Severity
from archive.warc.rules import RULES, TYPES, Rule
from dateline import app  # noqa: TID251 (its verbs are what is described)
from docs.advice import ADVICE

FOLDER: Final = Path(__file__).resolve().parent
_WIDTH: Final = 80
_COLUMN: Final = 28  # where the words about an option begin
_TABLE: Final = re.compile(
    r"(?<=<!-- rules: made by docs/generate.py -->\n).*(?=<!-- end of rules -->)",
    re.DOTALL,
)
_WORDS: Final = {
    str: "TEXT",
    int: "NUMBER",
    float: "NUMBER",
    Path: "PATH",
    datetime: "DAY",
}


def pages() -> dict[str, str]:
    """Make the pages anew, under their names in the folder of the docs."""
    formats = (FOLDER / "formats.md").read_text("utf-8")
    return {
        "cli.md": cli_page(app),
        "verify.md": verify_page(),
        "formats.md": _TABLE.sub(lambda _: rules_table(), formats),
    }


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


# ---------------------------------------------------------------- cli.md

_CLI_HEAD: Final = """\
<!-- Made by docs/generate.py: change the help of the verb, then `make docs`. -->
# The command

    dateline VERB [OPTIONS] [ARGUMENTS]

What a verb finds goes to standard output, what it has to say to standard error.
Not in a terminal, `list` writes one row a line with tabs between the columns. The
exit code is 0 if all is good, 1 if something failed (a page that could not be
fetched, an address that is not held), 2 for a wrong argument or a collection that
can not be used, 3 if the archive is damaged. An error is one line. (`demo` ends with
0 though some of its pages fail: they do so on purpose.)

`dateline VERB --help` shows the same in colours, and `dateline --install-completion`
makes the shell complete verbs and options.
"""


def cli_page(command: Typer) -> str:
    """Describe every verb: its help, its example, its arguments and options."""
    parts = [_CLI_HEAD]
    for name, function in sorted(verbs(command)):
        parts.append(f"## {name}\n\n{_verb(name, function)}")
    return "\n".join(parts)


def verbs(command: Typer) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give every verb with the function behind it; those of groups as two words."""
    for info in command.registered_commands:
        assert info.name is not None
        assert info.callback is not None
        yield info.name, info.callback
    for group in command.registered_groups:
        assert group.typer_instance is not None
        for name, function in verbs(group.typer_instance):
            yield f"{group.name or group.typer_instance.info.name} {name}", function


def _verb(name: str, function: Callable[..., Any]) -> str:
    sentence, _, example = inspect.cleandoc(function.__doc__ or "").partition(
        "\n\nExample: "
    )
    hints = typing.get_type_hints(function, include_extras=True)
    arguments: list[str] = []
    options: list[str] = []
    usage: list[str] = []
    for parameter in inspect.signature(function).parameters.values():
        kind, *extras = typing.get_args(hints[parameter.name])
        info = next(e for e in extras if isinstance(e, OptionInfo | ArgumentInfo))
        if info.hidden:
            continue
        if isinstance(info, ArgumentInfo):
            shown = parameter.name.rstrip("_").upper() + _dots(kind)
            required = parameter.default is parameter.empty
            usage.append(shown if required else f"[{shown}]")
            arguments.append(_row(shown, kind, parameter.default, info))
        else:
            names = ", ".join(_names(parameter.name, info))
            shown = f"{names} {_metavar(kind)}".strip()
            options.append(_row(shown, kind, parameter.default, info))
    words = ("dateline", name, "[OPTIONS]" if options else "", *usage)
    blocks = (" ".join(filter(None, words)), *map("\n".join, (arguments, options)))
    described = "\n\n".join(filter(None, blocks))
    return f"{sentence}\n\n```text\n{described}\n```\n\nExample: `{example.strip()}`\n"


def _names(parameter: str, info: OptionInfo) -> list[str]:
    """Tell how an option is spelled; within `Annotated`, the first is its default."""
    spelled = [info.default, *(info.param_decls or ())]
    given = [s for s in spelled if isinstance(s, str) and s.startswith("-")]
    return given or [f"--{parameter.replace('_', '-')}"]


def _row(
    shown: str, kind: object, default: object, info: OptionInfo | ArgumentInfo
) -> str:
    """Lay out one argument or option: names, words, and what is behind them."""
    choices = [str(value) for value in _bare(kind)] if _is_enum(kind) else []
    is_said = default not in (None, False, inspect.Parameter.empty)
    notes = [
        f"one of: {', '.join(choices)}" if choices else "",
        f"at least {info.min}" if info.min is not None else "",
        f"default: {default}" if is_said else "",
        f"or set {info.envvar}" if info.envvar else "",
    ]
    said = "; ".join(note for note in notes if note)
    words = f"{info.help} ({said})" if said else info.help or ""
    first = f"  {shown:<{_COLUMN - 4}}  "
    indent = " " * _COLUMN
    lines = textwrap.wrap(
        words, _WIDTH, initial_indent=indent, subsequent_indent=indent
    )
    if len(first) > _COLUMN:
        return "\n".join((first.rstrip(), *lines))
    return "\n".join((first + lines[0][_COLUMN:], *lines[1:]))


def _bare(kind: object) -> Any:
    """Take `| None` and `list[…]` off a type."""
    if isinstance(kind, types.UnionType):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
    return typing.get_args(kind)[0] if typing.get_origin(kind) is list else kind


def _is_enum(kind: object) -> bool:
    return isinstance(_bare(kind), EnumType)


def _metavar(kind: object) -> str:
    if _is_enum(kind):
        return "WORD"  # the words themselves are told behind it
    return "" if kind is bool else _WORDS[_bare(kind)]


def _dots(kind: object) -> str:
    return "..." if "list[" in str(kind) else ""


# ---------------------------------------------------------------- verify.md

_VERIFY_HEAD: Final = """\
<!-- Made by docs/generate.py from the CODES tables: change these, then `make docs`. -->
# What `verify` finds

    dateline verify                      # the whole collection
    dateline verify one.warc.gz two.warc # any WARC files, of any maker
    dateline verify --json               # for programs

Each finding is a line: severity, code, `file@offset`, a sentence. The offset is that
of the record (in a gzip file: of its member), in bytes.

* **error**: something is damaged, or two parts of the collection contradict each
  other. Exit code 3.
* **warning**: a deviation from the standard, or something that waits to be done.
* **note**: allowed or common, and good to know.

Whether the collection is in order is computed from the findings, and from nothing
else. Everything is read: each gzip member is inflated and its checksum compared,
each digest is computed again, each HTTP message is taken out of its framing and its
content coding. Nothing is repaired.

The evidence is in `warc/`. If damage is in `index/`, `text/` or `catalogue.sqlite3`
alone, `dateline rebuild` repairs it completely. If it is in `warc/`, no program can:
take the file from a copy; rebuild enters whatever of a damaged file is whole.
"""

_OF_FILE: Final = """\
Paragraphs are those of WARC/1.1; `#` is an issue of iipc/warc-specifications. That a
revisit refers to another file is no finding where a whole collection is checked."""
_OF_INDEX: Final = """\
Such a record gets no line in the index; `verify` tells of it."""
_OF_COLLECTION: Final = """\
Its files, its index and its catalogue, held against each other."""
_AT_START: Final = """\
Not told by `verify`, but by `crawl`, `archive`, `demo` and `rebuild`, which mend what
an interrupted process has left."""


_OF_IMPORTS: Final = """\
Told by `import`, beside what is told of any WARC file."""
_OF_TEXTS: Final = """\
Told by `reextract` and `rebuild`."""
_TEXT_CODES: Final = archive.texts_entering.CODES | pipelines.reextract_reading.CODES


def verify_page() -> str:
    """Explain every code of a finding."""
    tables = (
        ("Of a WARC file", _OF_FILE, archive.warc.rules.CODES),
        ("Of an index", _OF_INDEX, archive.index.CODES),
        ("Of a collection", _OF_COLLECTION, archive.verify.CODES),
        ("At a start", _AT_START, archive.recovery.CODES),
        ("Of texts", _OF_TEXTS, _TEXT_CODES),
        ("Of a file that is imported", _OF_IMPORTS, archive.importing.model.CODES),
    )
    parts = [_VERIFY_HEAD]
    for heading, words, codes in tables:
        rows = "\n".join(_code_rows(codes))
        parts.append(
            f"## {heading}\n\n{words}\n\n"
            "| code | severity | meaning | what to do |\n|---|---|---|---|\n"
            f"{rows}\n"
        )
    return "\n".join(parts)


def _code_rows(codes: Mapping[str, tuple[Severity, str]]) -> Iterator[str]:
    for code, (severity, meaning) in codes.items():
        yield f"| `{code}` | {severity} | {meaning} | {ADVICE[code]} |"


# ---------------------------------------------------------------- formats.md


def rules_table() -> str:
    """Print the field rules that the writer's tests and `verify` go by."""
    rows = "\n".join(map(_rule_row, RULES))
    return (
        "\n| field | value | must stand on | must not stand on | paragraph |\n"
        f"|---|---|---|---|---|\n{rows}\n\n"
    )


def _rule_row(rule: Rule) -> str:
    must = "every record" if rule.mandatory else _types(rule.mandatory_on)
    repeats = ", repeatable" if rule.repeatable else ""
    return (
        f"| `{rule.field}` | {rule.form}{repeats} | {must} | "
        f"{_types(rule.forbidden_on)} | {rule.paragraph} |"
    )


def _types(names: frozenset[str]) -> str:
    left = sorted(TYPES - names)
    if names and len(left) < len(names):
        return f"any but {', '.join(left)}"
    return ", ".join(sorted(names)) or "–"


if __name__ == "__main__":
    main()
