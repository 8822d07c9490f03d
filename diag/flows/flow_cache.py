"""Flows that were read from an org, kept beside the runs: by version, so that each is fetched once.

The file holds names, timeouts and wiring of steps; nothing else of a flow is ever kept.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from analysis.flows.flow import ArchitectFlow, FlowsRead, UnreadFlow
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import Count, UnixSeconds, WrongShapeError, typed
from analysis.plain_text import json_text
from diag.errors import DiagError

FORMAT_VERSION: Final = 1
_KIND: Final = "kept flows"


class FlowCacheError(DiagError):
    """Raised for a file of kept flows that cannot be read."""


@dataclass(frozen=True, slots=True)
class KeptFlows:
    """The flows of one org as they were last read."""

    host: str
    org_id: str
    read_at: UnixSeconds = 0.0
    flows: tuple[ArchitectFlow, ...] = ()
    unread: tuple[UnreadFlow, ...] = ()
    timeouts: Mapping[str, Count | None] = field(default_factory=dict)
    """Of all actions of the org, by id, as they were then (s); None: unknown."""
    functions: Mapping[str, Count] = field(default_factory=dict)
    """Functions' own timeouts (s), by the id of their action: they end a call, too."""
    format_version: int = FORMAT_VERSION
    kind: str = _KIND

    def updated(
        self, read: FlowsRead, still_valid: frozenset[tuple[str, str | None]], at: float
    ) -> "KeptFlows":
        """Return what to keep after a reading: what was read, and what it left alone and is as it was."""
        anew = {flow.id for flow in read.flows}
        others = [one for one in self.flows if one.id not in anew and (one.id, one.version) in still_valid]
        return replace(self, read_at=at, flows=(*read.flows, *others), unread=read.unread)


def cache_path(runs: Path, host: str, org_id: str) -> Path:
    """Return the file that keeps an org's flows."""
    return runs / f"flows-{hashlib.sha256(f'{host} {org_id}'.encode()).hexdigest()[:12]}.json"


def read_cache(runs: Path, host: str, org_id: str) -> KeptFlows | None:
    """Return the flows kept of an org, None where none were. Raises FlowCacheError for a damaged file."""
    path = cache_path(runs, host, org_id)
    if not path.exists():
        return None
    hint = f"Read them again: delete {path}, then diag scan --flows"
    file = InputFile(path, FlowCacheError, hint)
    body = file.json_object(FORMAT_VERSION)
    try:
        kept = typed(KeptFlows, body)
    except WrongShapeError as error:
        raise file.unfit(f"is damaged: {error}") from None
    if (kept.kind, kept.host, kept.org_id) != (_KIND, host, org_id):
        raise file.unfit("does not hold the flows of this org")
    return kept


def write_cache(runs: Path, kept: KeptFlows) -> None:
    """Write the flows of an org, whole or not at all, readable by its owner only. Raises OSError."""
    runs.mkdir(parents=True, exist_ok=True)
    text = json_text(asdict(kept), readable=True) + "\n"
    write_whole(cache_path(runs, kept.host, kept.org_id), text, mode=0o600)
