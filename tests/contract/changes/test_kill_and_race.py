"""Real processes: kill -9 at every step, two applies on one action, two admins on a hundred."""

import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.changes.applying.apply_context import ApplyOptions, Step
from diag.changes.journal.journal_line import unfinished
from diag.changes.plans.action_fields import fields_of
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Change
from diag.changes.plans.plan_file import write_plan
from tests.contract.changes import killed_apply
from tests.support.forks import FORKS, Forked, nothing

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin, MakeAdmin

FORWARD = [
    step
    for step in Step
    if step
    not in (Step.RESUME, Step.LOOK_UP, Step.RESTORE_INTENT, Step.RESTORE, Step.READ_RESTORED, Step.DONE)
]


def start(base_url: str, plan: Path, journal: Path, step: str) -> Forked:
    told, stdout = os.pipe()
    streams = (nothing(), stdout, nothing())
    script = (killed_apply.main, base_url, plan, journal, step)
    return FORKS.start(*script, folder=plan.parent, environment=os.environ, streams=streams, outputs=(told,))


@pytest.mark.parametrize("step", [*FORWARD, "in_flight"])
def test_a_process_killed_at_any_step_is_finished_by_the_next(
    admin: "Admin", action_ids: Iterator[str], quick_sandbox: str, tmp_path: Path, step: str
) -> None:
    ids = list(itertools.islice(action_ids, 3))
    fields = {action_id: admin.fields(action_id) for action_id in ids}
    plan = admin.plan(*(admin.change(action_id) for action_id in ids))
    write_plan(plan, tmp_path / "plan.json")

    killed = start(quick_sandbox, tmp_path / "plan.json", admin.journal.path, step)
    assert (killed.communicate(timeout=60)[0], killed.returncode) == ("", -9)
    results = admin.apply(*plan.changes)

    assert {result.outcome for result in results} <= {ChangeOutcome.APPLIED, ChangeOutcome.SKIPPED}
    for action_id in ids:
        action = admin.client.get_action(action_id)
        assert (action.timeout_s, action.version) == (10, 2)  # written once, not twice
        assert admin.fields(action_id) == fields[action_id]
    records = admin.journal.read()
    assert unfinished(records) == []
    assert sorted(r.action_id for r in records if r.outcome == "applied") == sorted(ids)
    assert not list(admin.journal.path.parent.glob("*.unfinished/*"))


@pytest.mark.parametrize("step", ["patch", "read_back", "restore_intent", "restore", "read_restored"])
def test_a_process_killed_while_it_puts_back_is_finished_by_the_next(
    admin: "Admin", action_id: str, quick_sandbox: str, tmp_path: Path, step: str
) -> None:
    fields = admin.fields(action_id)
    plan = admin.plan(admin.change(action_id))
    write_plan(plan, tmp_path / "plan.json")

    killed = start(quick_sandbox, tmp_path / "plan.json", admin.journal.path, f"mangled:{step}")
    killed.communicate(timeout=60)
    (result,) = admin.apply(*plan.changes)

    assert killed.returncode == -9
    assert result.outcome is ChangeOutcome.RESTORED
    assert (admin.timeout_of(action_id), admin.fields(action_id)) == (5, fields)
    assert unfinished(admin.journal.read()) == []


def test_two_processes_with_one_journal_on_one_action(
    admin: "Admin", action_id: str, quick_sandbox: str, tmp_path: Path
) -> None:
    for name, after_s in (("a", 10), ("b", 12)):
        write_plan(admin.plan(admin.change(action_id, after_s)), tmp_path / f"{name}.json")

    racers = [
        start(quick_sandbox, tmp_path / f"{name}.json", admin.journal.path, "none") for name in ("a", "b")
    ]
    said = sorted(racer.communicate(timeout=60)[0] for racer in racers)

    assert said[0].startswith("applied")
    assert said[1].startswith("refused")
    assert "timeout: planned 5 s, present 1" in said[1]
    assert "by admin at" in said[1]  # the shared journal knows who
    (applied,) = [record for record in admin.journal.read() if record.outcome == "applied"]
    assert admin.timeout_of(action_id) == applied.after_timeout_s
    assert admin.client.get_action(action_id).version == 2


def test_two_admins_at_once_over_two_dozen_actions(make_admin: "MakeAdmin", quick_sandbox: str) -> None:
    admins = {"anna": make_admin("anna"), "ben": make_admin("ben")}
    targets = sorted(
        action.id
        for action in admins["anna"].client.list_actions()
        if (action.timeout_s, action.version) == (5, 1)
    )[-24:]
    assert len(targets) == 24
    changes: dict[str, list[Change]] = {
        name: [admin.change(action_id, after_s) for action_id in targets]
        for (name, admin), after_s in zip(admins.items(), (10, 12), strict=True)
    }
    planned = {change.action_id: change for change in changes["anna"]}
    results: dict[str, list[ChangeResult]] = {}

    def apply(name: str) -> None:
        # Anna goes from the front, Ben from the back: they meet in the middle.
        order = changes[name] if name == "anna" else list(reversed(changes[name]))
        options = ApplyOptions(on_error="continue", verify=False)
        results[name] = admins[name].apply(*order, options=options)

    threads = [threading.Thread(target=apply, args=(name,)) for name in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    applied = {
        name: {r.action_id: r for r in admin.journal.read() if r.outcome == "applied"}
        for name, admin in admins.items()
    }
    for action_id in targets:
        claims = [name for name in admins if action_id in applied[name]]
        assert len(claims) == 1, f"{action_id} is claimed by {claims}"
        record = applied[claims[0]][action_id]
        present = admins["anna"].client.read_config(action_id)
        assert present.action.timeout_s == record.after_timeout_s
        assert (present.action.version, record.version_after) == (2, 2)
        assert fields_of(present, planned[action_id].salt) == planned[action_id].fields
    assert min(len(found) for found in applied.values()) > 0
    losers = [r for found in results.values() for r in found if r.outcome is not ChangeOutcome.APPLIED]
    assert len(losers) == len(targets)
    assert all(r.outcome is ChangeOutcome.REFUSED and "timeout: planned 5 s" in r.reason for r in losers)


def test_both_plans_on_every_action_in_the_same_order(
    make_admin: "MakeAdmin", action_ids: Iterator[str]
) -> None:
    """Head to head on each single action, so that the version check itself is what decides."""
    admins = {name: make_admin(name) for name in ("anna", "ben")}
    ids = list(itertools.islice(action_ids, 12))
    plans = {
        name: [admin.change(action_id, after_s) for action_id in ids]
        for (name, admin), after_s in zip(admins.items(), (10, 12), strict=True)
    }
    barrier = threading.Barrier(2)
    lost: list[ChangeResult] = []

    def apply(name: str) -> None:
        for change in plans[name]:
            barrier.wait()
            lost.extend(r for r in admins[name].apply(change) if r.outcome is not ChangeOutcome.APPLIED)

    threads = [threading.Thread(target=apply, args=(name,)) for name in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(lost) == len(ids)
    assert {r.outcome for r in lost} == {ChangeOutcome.REFUSED}
    for action_id in ids:
        assert admins["anna"].client.get_action(action_id).version == 2
