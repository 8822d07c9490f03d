"""A run folder: what lies where, and what its files are called.

runs/<UTC time>-<short id>/
    manifest.json          what was run (analysis.format.manifest)
    segments/<worker>.seg  one fixed-size record per call (analysis.format.call_record), plus
    <worker>.names
    segments/<worker>.events   JSON lines: the generator's own lag, dropped arrivals, guard decisions
    samples.parquet        made from the segments after the run, or by the first reader
    recommendations.json   report.html
"""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path


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
