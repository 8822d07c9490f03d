"""What a plan says of flows: from those kept of its own org only, and in its file too."""

from dataclasses import replace
from pathlib import Path

from analysis.flows.flow import ArchitectFlow, FlowStep
from diag.apply_dialog.plan_text import plan_text
from diag.changes.plans.plan import Plan
from diag.changes.plans.plan_file import plan_digest, plan_from_json, plan_to_json
from diag.flows.flow_cache import KeptFlows, cache_path, write_cache
from diag.flows.plan_flows import MOST_WAITS, with_flow_effects
from tests.support.changes.fake_org import IDENTITY, change_for, full_config

PLAN = Plan(created_at=1000.5, org=IDENTITY, changes=(change_for(full_config(timeout_s=20), 5),))


def keep(runs: Path, *flows: ArchitectFlow) -> None:
    write_cache(runs, KeptFlows(IDENTITY.host, IDENTITY.org_id, 1_800_000_000.0, flows))


def flow(name: str, **how: object) -> ArchitectFlow:
    action_id = PLAN.changes[0].action_id
    step = FlowStep("Look up", "One", action_id, follows_action=False, own="literal", own_ms=10_000)
    wired = replace(step, success="wired", failure="not wired", timeout="wired")
    return ArchitectFlow(name, "INBOUNDCALL", (replace(wired, **how),), id=name)  # type: ignore[arg-type]


def test_a_plan_says_which_calls_move_and_how_long_callers_wait_then(tmp_path: Path) -> None:
    keep(tmp_path, flow("Main menu"))

    plan = with_flow_effects(PLAN, tmp_path, lambda text: None)

    assert plan.changes[0].flow_warnings == (
        'flow "Main menu", step "Look up": calls that its own 10 s ended, on its Timeout path, will end at '
        "the action's 5 s, perhaps on its Failure path (unknown which); Failure is not wired and Timeout is "
        "wired: nothing follows the step there",
    )
    assert plan.flow_waits == (
        'flow "Main menu": the longest wait for actions is up to 10 s now, up to 5 s with this plan',
        "as diag scan --flows read them on 2027-01-15 08:00 UTC",
    )
    text = plan_text(plan)
    assert '      flows   flow "Main menu", step "Look up": calls' in text
    assert '  FLOWS flow "Main menu": the longest' in text
    assert plan_from_json(plan_to_json(plan), "here") == plan
    assert plan_digest(plan) != plan_digest(PLAN)


def test_a_function_that_ends_its_calls_first_is_moved_by_no_plan(tmp_path: Path) -> None:
    functions = {PLAN.changes[0].action_id: 3}
    kept = KeptFlows(IDENTITY.host, IDENTITY.org_id, 1.0, (flow("Main menu"),), functions=functions)
    write_cache(tmp_path, kept)

    plan = with_flow_effects(PLAN, tmp_path, lambda text: None)

    assert plan.changes[0].flow_warnings == ()
    assert len(plan.flow_waits) == 1 and plan.flow_waits[0].startswith("as diag scan")


def test_the_longest_waits_are_named_those_that_change_most_first(tmp_path: Path) -> None:
    keep(tmp_path, *(flow(f"Region {at}") for at in range(MOST_WAITS + 2)), flow("Quick", own_ms=6_000))

    plan = with_flow_effects(PLAN, tmp_path, lambda text: None)

    assert len(plan.flow_waits) == MOST_WAITS + 2
    assert plan.flow_waits[-2] == "3 more flows with another longest wait: diag report lists them"


def test_without_flows_of_this_org_the_plan_stays_as_it_is(tmp_path: Path) -> None:
    write_cache(tmp_path, KeptFlows("elsewhere", IDENTITY.org_id, 1.0, (flow("Main menu"),)))
    warned: list[str] = []

    assert with_flow_effects(PLAN, tmp_path, warned.append) == PLAN
    cache_path(tmp_path, IDENTITY.host, IDENTITY.org_id).write_text("{")
    assert with_flow_effects(PLAN, tmp_path, warned.append) == PLAN
    assert warned and "is not known" in warned[0]
