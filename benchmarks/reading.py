"""How fast an archive is read.

    python -m benchmarks.reading PART [OPTIONS]

Each part is a module of its own, `benchmarks/reading_PART.py`, with a function
`main(arguments)`; `python -m benchmarks.reading PART --help` tells its options.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_PREFIX: Final = "reading_"


def parts() -> list[str]:
    """List the parts there are."""
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(
        module.name.removeprefix(_PREFIX)
        for module in found
        if module.name.startswith(_PREFIX)
    )


def main(arguments: Sequence[str]) -> int:
    """Run the part that is named first; gives the exit code."""
    if not arguments or arguments[0] not in parts():
        print(f"python -m benchmarks.reading {{{','.join(parts())}}} [OPTIONS]")
        return 2
    module = importlib.import_module(f"benchmarks.{_PREFIX}{arguments[0]}")
    code: int = module.main(list(arguments[1:])) or 0
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
