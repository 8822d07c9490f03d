"""The files of one load process in `segments/` of a run folder: `<worker id><suffix>`; they only grow."""

import re
from typing import Final

from analysis.format.call_record import EVENTS_SUFFIX, NAMES_SUFFIX, SEGMENT_SUFFIX
from analysis.format.job_lines import JOBS_SUFFIX

AUDIT_SUFFIX: Final = ".audit"
"""`segments/<worker>.audit`, a JSON object for each direct call (docs/formats.md, "Audit lines")."""

WORKER_SUFFIXES: Final = (NAMES_SUFFIX, SEGMENT_SUFFIX, EVENTS_SUFFIX, JOBS_SUFFIX, AUDIT_SUFFIX)
"""In the order in which they are copied: a code is named before a row uses it."""

_WORKER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


def is_worker_id(text: str) -> bool:
    """Return whether a text can be a worker's id; nothing else may become a file name."""
    return _WORKER_ID.fullmatch(text) is not None
