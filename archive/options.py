"""The options that the verbs of all floors share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CollectionOption = Annotated[
    Path,
    typer.Option(
        "--collection",
        "-c",
        envvar="DATELINE_COLLECTION",
        help="The folder of the collection.",
        show_default=True,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON value a line, for programs.")
]
DEFAULT_COLLECTION = Path("collection")
