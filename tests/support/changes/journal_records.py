"""Journal records made by hand."""

from dataclasses import replace
from typing import Any

from diag.changes.journal.journal import Author, Journal, JournalLine, first_line
from tests.support.changes.fake_org import IDENTITY, change_for, full_config


def record(entry: str = "e1", **values: Any) -> JournalLine:
    """The intent to change an action from 5 s to 10 s; `values` replace fields."""
    made = first_line(
        entry,
        change_for(full_config(), 10),
        org=IDENTITY,
        author=Author("client-a", "apply-1"),
        plan_digest="d" * 64,
        origin="recommend",
        run_ids=("run-1",),
        at=12.5,
    )
    return replace(made, **values)


def phases(journal: Journal) -> list[str]:
    """The phases of all its records, in order."""
    return [record.phase for record in journal.read()]
