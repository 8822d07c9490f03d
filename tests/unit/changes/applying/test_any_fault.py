"""Any mixture of faults, kills and foreign edits, drawn by hypothesis: what must hold, holds."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.changes.applying.apply import apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.applying.org import ActionInput
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author, unfinished
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.plan import Plan
from diag.clocks.wall_clock import WallClock
from diag.genesys.api_errors import NetworkError, PlatformError, RateLimitedError, StaleVersionError
from tests.support.changes.fake_org import (
    ID,
    IDENTITY,
    FakeOrg,
    Killed,
    all_but_timeout,
    change_for,
    full_config,
    nothing,
    raising,
)
from tests.support.examples import examples

Script = Callable[[FakeOrg, str], None]


@dataclass(frozen=True)
class Fault:
    """Named, so that a failing example can be read."""

    name: str
    act: Script

    def __call__(self, org: FakeOrg, action_id: str) -> None:
        self.act(org, action_id)


def drop_template(org: FakeOrg, action_id: str) -> None:
    full = org.actions[action_id]
    org.actions[action_id] = type(full)(full.action, None, full.success_template)


PASS = Fault("pass", nothing)
LOST = Fault("lost", raising(NetworkError("reset")))
BROKEN = Fault("503", raising(PlatformError("503", status=503)))
LIMITED = Fault("429", raising(RateLimitedError("429", status=429)))
STALE = Fault("stale", raising(StaleVersionError("409", status=409)))
KILLED = Fault("killed", raising(Killed()))
MANGLED = Fault("mangled", drop_template)
SAVED = Fault("saved by someone", lambda org, action_id: org.edit(action_id))
TAKEN = Fault("set by someone", lambda org, action_id: org.edit(action_id, timeout_s=33))

on_read = st.lists(st.sampled_from([PASS, LOST, BROKEN, KILLED]), max_size=8)
on_patch = st.lists(st.sampled_from([PASS, LOST, BROKEN, LIMITED, STALE, KILLED]), max_size=6)
after_patch = st.lists(st.sampled_from([PASS, LOST, BROKEN, KILLED, MANGLED]), max_size=6).filter(
    lambda script: script.count(MANGLED) <= 3  # a platform that mangles every restore too is another test
)
outcomes = st.lists(st.sampled_from(["ok", "timeout", "backend_error", "rate_limited"]), max_size=8)


def run_until_quiet(org: FakeOrg, journal: Journal) -> None:
    """Apply again and again, as a patient admin does, until two applies in a row met no fault."""
    quiet_runs = 0
    plan = Plan(created_at=0.0, org=IDENTITY, changes=(change_for(full_config(), 10),))
    for _ in range(40):
        quiet_runs += not (org.on_read or org.on_patch or org.after_patch or org.outcomes)
        try:
            apply_plan(
                plan,
                org,
                journal,
                Operator(IDENTITY, Author("a", "apply")),
                options=ApplyOptions(on_error="continue", payload_for=lambda action: ActionInput({})),
                clock=WallClock(sleep=lambda seconds: None),
            )
        except Killed:
            continue
        if quiet_runs == 2:
            return


def scripted(
    folders: pytest.TempPathFactory,
    reads: list[Fault],
    patches: list[Fault],
    after: list[Fault],
    tests: list[str],
) -> tuple[FakeOrg, Journal]:
    org = FakeOrg.with_actions(full_config())
    org.on_read, org.on_patch, org.after_patch, org.outcomes = [*reads], [*patches], [*after], [*tests]
    return org, Journal(folders.mktemp("runs") / "journal.jsonl")


@pytest.mark.slow
@given(on_read, on_patch, after_patch, outcomes)
@settings(max_examples=examples(50), deadline=None)
def test_alone_in_the_org_every_mixture_ends_applied_and_nothing_else_differs(
    tmp_path_factory: pytest.TempPathFactory,
    reads: list[Fault],
    patches: list[Fault],
    after: list[Fault],
    tests: list[str],
) -> None:
    org, journal = scripted(tmp_path_factory, reads, patches, after, tests)

    run_until_quiet(org, journal)

    assert all_but_timeout(org.actions[ID]) == all_but_timeout(full_config())
    assert org.timeout_of(ID) == 10
    assert unfinished(journal.read()) == []
    assert journal.read()[-1].outcome == ChangeOutcome.APPLIED
    sent = [timeout_s for _, timeout_s in org.patches]
    assert (10, 10) not in pairwise(sent)  # never the same change on top of itself


foreign = st.lists(st.sampled_from([PASS, LOST, KILLED, SAVED, TAKEN]), max_size=5)


@pytest.mark.slow
@given(foreign, foreign, foreign)
@settings(max_examples=examples(50), deadline=None)
def test_what_someone_else_set_is_never_overwritten(
    tmp_path_factory: pytest.TempPathFactory,
    reads: list[Fault],
    patches: list[Fault],
    after: list[Fault],
) -> None:
    org, journal = scripted(tmp_path_factory, reads, patches, after, [])
    taken = any(TAKEN in script for script in (reads, patches, after))

    run_until_quiet(org, journal)

    assert org.timeout_of(ID) in ({10, 33} if taken else {10})
    versions_taken = [at for at, (_, timeout_s) in enumerate(org.patches) if timeout_s == 10]
    assert len(versions_taken) <= 1  # once someone took it, we never write again
    assert unfinished(journal.read()) == []
    applied = [record for record in journal.read() if record.outcome == ChangeOutcome.APPLIED]
    assert (org.timeout_of(ID) == 10) <= bool(applied)
