"""Drafts that a killed probe left in the org: found by their records, and deleted if they are its own.

A probe, and `doctor --learn`, note each draft in `runs/<id>/drafts.json` before creating it
(`analysis/format/drafts_file.py`); a process killed in between leaves the draft and a note that says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analysis.format.drafts_file import DRAFTS_FILE, DraftsFile, read_drafts, write_drafts
from diag.doctor.check import Check
from diag.genesys.api_errors import ApiError
from diag.genesys.client import GenesysClient
from diag.genesys.drafts import DraftMarks

LEARN_FOLDER: Final = "learn-"
"""What the name of a folder of `diag doctor --learn` begins with."""

Records = tuple[tuple[Path, DraftsFile], ...]
"""Each record that is there, and what it says."""


@dataclass(frozen=True, slots=True)
class LeftDraft:
    """A draft that was not deleted. `record` is the file that says so; `marks` tell it from any other.

    `created_by_diag` is False when the probe was killed while it created the draft: then the draft may be
    someone else's, opened at the same moment.
    """

    action_id: str
    action_name: str
    created_by_diag: bool
    record: Path
    marks: DraftMarks


def recorded_drafts(runs: Path, api_base: str) -> tuple[LeftDraft, ...]:
    """Return the drafts probes made at `api_base` and did not delete; an unreadable record is ignored."""
    return _not_deleted(_read_records(runs), api_base)


def _read_records(runs: Path) -> Records:
    return tuple((path, read_drafts(path)) for path in sorted(runs.glob(f"*/{DRAFTS_FILE}")))


def _not_deleted(records: Records, api_base: str) -> tuple[LeftDraft, ...]:
    drafts: list[LeftDraft] = []
    for path, noted in records:
        if noted.api_base == api_base:
            drafts.extend(
                LeftDraft(
                    action_id=draft.action_id,
                    action_name=draft.action_name,
                    created_by_diag=draft.state == "open",
                    record=path,
                    marks=DraftMarks(draft.salt, draft.fingerprints),
                )
                for draft in noted.drafts
                if draft.state != "deleted"
            )
    return tuple(drafts)


def remove_draft(client: GenesysClient, left: LeftDraft) -> bool:
    """Delete the draft if it is, field by field, what the probe made; return whether none is left.

    Any other stays: someone else may have opened it since. Raises `ApiError`.
    """
    if not client.delete_own_draft(left.action_id, left.marks):
        return False
    mark_deleted(left)
    return True


def mark_deleted(left: LeftDraft) -> None:
    """Mark the draft as deleted in the record, which is read anew: another may have been marked since."""
    noted = read_drafts(left.record)
    drafts = [
        replace(draft, state="deleted") if draft.action_id == left.action_id else draft
        for draft in noted.drafts
    ]
    write_drafts(left.record, noted.api_base or "", drafts)


def still_open(client: GenesysClient, drafts: tuple[LeftDraft, ...]) -> tuple[LeftDraft, ...]:
    """Return those whose draft is still in the org; the others are marked as deleted."""
    remaining = []
    for left in drafts:
        if client.get_draft(left.action_id) is None:
            mark_deleted(left)
        else:
            remaining.append(left)
    return tuple(remaining)


def check_drafts(client: GenesysClient, runs: Path) -> Iterator[Check]:
    """Yield a warning for every draft a killed probe left in the org, and for a record that is not read."""
    records = _read_records(runs)
    unread = [noted.unread for _, noted in records if noted.unread is not None]
    for why in unread:
        fix = "Run the diag that wrote it, or look for its drafts in the admin UI and delete the file"
        yield Check("left drafts", "warning", why, fix)
    try:
        left = still_open(client, _not_deleted(records, client.connection.api_base))
    except ApiError as error:
        yield Check("left drafts", "skipped", error.message)
        return
    for draft in left:
        made = "left" if draft.created_by_diag else "may have left"
        action, run = draft.action_name or draft.action_id, draft.record.parent.name
        text = f"{_whose(run)} {made} a draft on {action} ({run})"
        yield Check("left drafts", "warning", text, "diag doctor --remove-drafts")
    if not left and not unread:
        elsewhere = "for runs kept elsewhere: DIAG_RUNS=FOLDER diag doctor"
        yield Check("left drafts", "ok", f"none recorded below {runs}; {elsewhere}")


def _whose(run: str) -> str:
    """Who makes drafts: a probe in the folder of a run, `doctor --learn` in one of its own."""
    return "diag doctor --learn" if run.startswith(LEARN_FOLDER) else "a run with a longer timeout"
