"""A run folder: what lies where, and what its files are called.

    runs/<UTC time>-<short id>/
        manifest.json          what was run (analysis.format.manifest)
        segments/<worker>.seg  one fixed-size record per call (analysis.format.call_record), plus
        <worker>.names
        segments/<worker>.events   JSON lines: the generator's own lag, dropped arrivals, guard decisions
        samples.parquet        made from the segments after the run, or by the first reader
        recommendations.json   report.html

The files of one load process, in `segments/`, are `<worker id><suffix>`; they only grow.
"""

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.format.call_record import EVENTS_SUFFIX, NAMES_SUFFIX, SEGMENT_SUFFIX
from analysis.format.job_lines import JOBS_SUFFIX

AUDIT_SUFFIX: Final = ".audit"
"""`segments/<worker>.audit`, a JSON object for each direct call (docs/formats.md, "Audit lines")."""
WORKER_SUFFIXES: Final = (NAMES_SUFFIX, SEGMENT_SUFFIX, EVENTS_SUFFIX, JOBS_SUFFIX, AUDIT_SUFFIX)
"""In the order in which they are copied: a code is named before a row uses it."""
_WORKER_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of one run."""

    path: Path

    @property
    def manifest(self) -> Path:
        """Path of manifest.json."""
        return self.path / "manifest.json"

    @property
    def segments(self) -> Path:
        """Folder of the segment files."""
        return self.path / "segments"

    @property
    def samples(self) -> Path:
        """Path of samples.parquet."""
        return self.path / "samples.parquet"

    @property
    def settled(self) -> Path:
        """Path of settled.json: the ids of actions stopped early because their answer had settled."""
        return self.path / "settled.json"

    @property
    def recommendations(self) -> Path:
        """Path of recommendations.json."""
        return self.path / "recommendations.json"

    @property
    def report(self) -> Path:
        """Path of report.html."""
        return self.path / "report.html"


def new_run_id(now: float | None = None) -> str:
    """Return `<UTC time>-<short id>`, sortable by start; `now` in Unix seconds."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if now is None else now))
    return f"{stamp}-{secrets.token_hex(3)}"


def is_worker_id(text: str) -> bool:
    """Return whether a text can be a worker's id; nothing else may become a file name."""
    return _WORKER_ID.fullmatch(text) is not None
