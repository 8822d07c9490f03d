"""Journal records made by hand."""

from dataclasses import replace
from typing import Any

from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, JournalLine, first_line
from diag.changes.plans.plan import Plan
from tests.support.changes.fake_org import IDENTITY, change_for, full_config


def record(entry: str = "e1", **values: Any) -> JournalLine:
    """The intent to change an action from 5 s to 10 s; `values` replace fields."""
    change = change_for(full_config(), 10)
    plan = Plan(12.5, IDENTITY, (change,), run_ids=("run-1",))
    made = first_line(change, plan, "d" * 64, Author("client-a", "apply-1"), 12.5)
    return replace(made, **{"entry": entry, **values})


def phases(journal: Journal) -> list[str]:
    """The phases of all its records, in order."""
    return [record.phase for record in journal.read()]
