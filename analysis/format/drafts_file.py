"""`drafts.json` of a run folder: the drafts a probe makes, each written down before it is made.

{"format_version": 1, "api_base": ..., "drafts": [{"action_id", "action_name", "state", "salt",
"fingerprints"}]}. A process that is killed in between leaves the draft and its note, which `diag doctor`
finds.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole

DRAFTS_FILE: Final = "drafts.json"


@dataclass(frozen=True, slots=True)
class DraftNote:
    """One draft. `state`: `opening` (may exist), `open`, or `deleted`.

    `fingerprints`, made with `salt`, tell it from any other draft (`diag/genesys/drafts.py`): only a draft
    that has one of them is ever deleted. None: it was not read since it was made.
    """

    action_id: str
    action_name: str
    state: str
    salt: str = ""
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftsFile:
    """All drafts of one probe. `api_base`: the org they are in; None where the file does not say."""

    api_base: str | None
    drafts: tuple[DraftNote, ...]


def write_drafts(path: Path, api_base: str, drafts: Sequence[DraftNote]) -> None:
    """Replace the file whole. Raises OSError."""
    body = {"format_version": 1, "api_base": api_base, "drafts": [asdict(draft) for draft in drafts]}
    write_whole(path, json.dumps(body, indent=1))


def read_drafts(path: Path) -> DraftsFile:
    """Return what the file says; nothing where it is missing or unreadable."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        body = None
    if not isinstance(body, dict):
        return DraftsFile(None, ())
    return DraftsFile(
        body.get("api_base"),
        tuple(
            DraftNote(
                str(entry["action_id"]),
                str(entry.get("action_name", "")),
                str(entry.get("state", "opening")),
                str(entry.get("salt", "")),
                _texts(entry.get("fingerprints")),
            )
            for entry in body.get("drafts", ())
            if isinstance(entry, dict) and "action_id" in entry
        ),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()
