from pathlib import Path

from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Journal
from diag.doctor.unfinished_changes import check_journal
from tests.support.changes.journal_records import record


def test_a_line_of_the_journal_that_was_edited_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record(phase="result", outcome="applied"))
    with journal.path.open("a") as file:
        file.write(journal.path.read_text().replace('"at": 12.5', '"at": "yesterday"'))
    damaged, rest = check_journal(journal.path)
    assert damaged.status == "warning" and "line 2 is set aside: at is not" in damaged.text
    assert (rest.name, rest.status) == ("unfinished changes", "ok")


def test_a_change_without_a_result(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    assert [check.status for check in check_journal(journal.path)] == ["ok"]
    journal.append(record())
    (check,) = check_journal(journal.path)
    assert check.status == "warning" and "5 s -> 10 s" in check.text and check.fix and "e1" in check.fix
    journal.append(record(phase="result", outcome="applied"))
    assert [check.status for check in check_journal(journal.path)] == ["ok"]


def test_a_backup_that_was_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    kept = Backups(journal.path).path("e9")
    kept.parent.mkdir()
    kept.write_text("{}")
    (check,) = check_journal(journal.path)
    assert check.status == "warning" and "e9" in check.text and str(kept) in (check.fix or "")


def test_the_creation_of_an_action_without_a_result(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record(action_name="Get", origin="register"))
    (check,) = check_journal(journal.path)
    assert "the creation of Get" in check.text and check.fix and "diag scan --name" in check.fix
