"""How likely a text is good: a share that was counted, not a score. Pure."""

from __future__ import annotations

from typing import Final

from pipelines.body.body import Body
from pipelines.body.cleaning import Cleaned

# Of the pages whose two extractors agreed at least so well: the share of good texts
# (page F1 of 0.9 or more) in the corpus; benchmarks/extraction.py --calibration.
_BANDS: Final = ((0.97, 0.95), (0.9, 0.9), (0.8, 0.8), (0.6, 0.65), (0.0, 0.5))


def confidence(body: Body, text: str, cleaned: Cleaned) -> float:
    """Give the share of good texts among those with the same signs, 0 to 1."""
    return next(share for least, share in _BANDS if body.agreement >= least)
