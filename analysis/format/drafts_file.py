"""`drafts.json` of a run folder: the drafts a probe makes, each written down before it is made.

{"format_version": 1, "api_base": ..., "drafts": [{"action_id", "action_name", "state", "salt",
"fingerprints"}]}. A process that is killed in between leaves the draft and its note, which `diag doctor`
finds.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import typed_or_none
from analysis.plain_text import json_text

DRAFTS_FILE: Final = "drafts.json"
DRAFTS_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class DraftNote:
    """One draft. `state`: `opening` (may exist), `open`, or `deleted`.

    `fingerprints`, made with `salt`, tell it from any other draft (`diag/genesys/drafts.py`): only a draft
    that has one of them is ever deleted. None: it was not read since it was made.
    """

    action_id: str
    action_name: str = ""
    state: str = "opening"
    salt: str = ""
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftsFile:
    """All drafts of one probe. `api_base`: the org they are in; None where the file does not say."""

    api_base: str | None
    drafts: tuple[DraftNote, ...]
    unread: str | None = None
    """Why nothing of a file that is there was read: a sentence that names it."""


def write_drafts(path: Path, api_base: str, drafts: Sequence[DraftNote]) -> None:
    """Replace the file whole. Raises OSError."""
    noted = [asdict(draft) for draft in drafts]
    body = {"format_version": DRAFTS_VERSION, "api_base": api_base, "drafts": noted}
    write_whole(path, json_text(body, indent=1))


def read_drafts(path: Path) -> DraftsFile:
    """Return what the file says; nothing where it is missing or unreadable.

    A note that is not one is left out: what it says would be deleted in an org.
    """
    try:
        body = InputFile(path, UnreadableSamplesError).json_object(DRAFTS_VERSION)
    except UnreadableSamplesError as error:
        return DraftsFile(None, (), error.message if os.path.lexists(path) else None)
    api_base, entries = body.get("api_base"), body.get("drafts")
    return DraftsFile(
        api_base if isinstance(api_base, str) else None,
        tuple(
            note
            for entry in (entries if isinstance(entries, list) else ())
            for note in [typed_or_none(DraftNote, entry)]
            if note is not None
        ),
    )
