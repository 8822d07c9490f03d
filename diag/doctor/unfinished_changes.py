"""Changes that an apply began and left without a result, by the journal and by the backups that were kept."""

from collections.abc import Iterator
from pathlib import Path

from analysis.machine.command_words import joined
from analysis.plain_text import is_printable
from diag.changes.change_errors import ChangesError
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import JournalLine, unfinished
from diag.doctor.check import Check


def check_journal(journal: Path) -> Iterator[Check]:
    """Yield a warning for every change that began and has no result, and for every line that is set aside."""
    file = Journal(journal)
    try:
        open_entries = unfinished(file.read())
    except ChangesError as error:
        yield Check("unfinished changes", "failed", error.message, error.hint)
        return
    for line in file.damaged():
        fix = "Was it edited, or did a newer diag write it? It is kept as it is; diag history shows the rest"
        yield Check("journal", "warning", f"{journal}: {line}", fix)
    for record in open_entries:
        yield Check("unfinished changes", "warning", *unfinished_text(record))
    backups = Backups(journal)
    kept = sorted(set(backups.left()) - {record.entry for record in open_entries})
    for entry in kept:
        text = f"a change failed ({entry}); the action as it was before is kept in {backups.path(entry)}"
        fix = f"Compare with the org (diag history shows the entry), then delete {backups.path(entry)}"
        yield Check("unfinished changes", "warning", text, fix)
    if not open_entries and not kept:
        yield Check("unfinished changes", "ok", "none")


def unfinished_text(record: JournalLine) -> tuple[str, str]:
    """Return what has no result, and the fix."""
    if record.creates:
        named = f" --name {joined((record.action_name,))}" if is_printable(record.action_name) else ""
        fix = f"diag scan{named} shows whether it exists; if not, register it again (diag register FILE)"
        return f"the creation of {record.action_name} has no result", fix
    fix = f"Apply the same plan again: it finishes the change ({record.entry}); or diag undo {record.entry}"
    change = f"{record.before_timeout_s} s -> {record.after_timeout_s} s"
    return f"{record.action_name}: {change} has no result", fix
