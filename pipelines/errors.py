"""The errors of the pipelines.

PipelineError                 (archive/errors.py)
├── ExtractorUnavailable      the extractor can not be started; no page is at fault
└── PoolClosed                a page was given to a pool that takes none any more
"""

from __future__ import annotations

from archive.errors import PipelineError


class ExtractorUnavailable(PipelineError):
    """No worker can be started, so that nothing is known about any page."""


class PoolClosed(PipelineError):
    """The pool was closed before the page was extracted."""
