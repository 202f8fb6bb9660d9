"""How likely a text is good: a share that was counted, not a score. Pure."""

from __future__ import annotations

from typing import Final

from pipelines.body.body import Body

# Agreement of the two fast extractors, and the share of good texts (page F1 of 0.9 or
# more) among the pages of the corpus with at least so much: `--calibration` of
# benchmarks/extraction.py counts them again.
_SHARES: Final = ((0.95, 0.95), (0.9, 0.92), (0.85, 0.87), (0.7, 0.72), (0.0, 0.65))


def confidence(body: Body) -> float:
    """Give the share of good texts among those whose extractors agreed as well."""
    return next(share for least, share in _SHARES if body.agreement >= least)
