from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diag.changes.applying.apply import Watch, apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.applying.org import ActionInput, no_payload
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.change_result import ChangeResult
from diag.changes.plans.plan import Change, Plan
from diag.clocks.wall_clock import WallClock
from tests.support.changes.fake_org import IDENTITY, FakeOrg


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "runs" / "journal.jsonl")


Apply = Callable[..., list[ChangeResult]]


@pytest.fixture
def apply(journal: Journal) -> Apply:
    """Apply changes to a fake org; payloads are `{"id": "payload-secret"}` by default, nobody sleeps."""

    def run(
        org: FakeOrg,
        *changes: Change,
        options: ApplyOptions | None = None,
        watch: Watch | None = None,
        author: str = "client-a",
        journal: Journal = journal,
    ) -> list[ChangeResult]:
        return apply_plan(
            Plan(created_at=1000.0, org=IDENTITY, changes=changes),
            org,
            journal,
            Operator(IDENTITY, Author(author, f"apply-of-{author}")),
            options=_with_payloads(options or ApplyOptions(on_error="continue")),
            watch=watch or Watch(),
            clock=WallClock(sleep=lambda seconds: None),
        )

    return run


def _with_payloads(options: ApplyOptions) -> ApplyOptions:
    if options.payload_for is not no_payload:
        return options
    return replace(options, payload_for=lambda action: ActionInput({"id": "payload-secret"}))
