"""An address as the rest of a path: `/timemap/link/https://example.org/`."""

from __future__ import annotations

from starlette.convertors import PathConvertor, register_url_convertor


class _Rest(PathConvertor):
    regex = "(?s:.*)"  # that of `path` finds no address with %0A in it


register_url_convertor("rest", _Rest())


def rest_of_path(name: str) -> str:
    """Write the parameter that takes all that follows in a path, whatever is in it."""
    return f"{{{name}:rest}}"
