from dataclasses import replace

import pytest

from analysis.format.sample_schema import InputOrigin
from diag.apply_dialog.plan_text import dry_run_text
from diag.changes.applying.apply_context import ApplyOptions
from diag.changes.applying.dry_run import dry_run
from diag.changes.applying.org import ActionInput
from diag.changes.change_errors import UnknownActionError
from diag.changes.plans.manual_plan import actions_named, make_manual_plan
from tests.support.changes.fake_org import IDENTITY, FakeOrg, full_config

FULLS = [full_config(f"custom_-_{number}") for number in range(3)]
ACTIONS = [full.action for full in FULLS]


def test_actions_are_chosen_by_name_id_or_pattern_in_the_orgs_order() -> None:
    assert actions_named(ACTIONS, ["custom_-_2", "Action custom_-_0"]) == (ACTIONS[0], ACTIONS[2])
    assert actions_named(ACTIONS, ["Action *"]) == tuple(ACTIONS)
    assert actions_named(ACTIONS, ["Action *", "custom_-_1"]) == tuple(ACTIONS)


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(UnknownActionError) as caught:
        actions_named(ACTIONS, ["Action custom_1"])

    assert "Action custom_-_1" in (caught.value.hint or "")


def test_a_name_that_two_actions_have_is_refused_with_their_ids() -> None:
    with pytest.raises(UnknownActionError) as caught:
        actions_named([ACTIONS[0], replace(ACTIONS[0], id="custom_-_9")], [ACTIONS[0].name])

    assert caught.value.details == ("custom_-_0", "custom_-_9")


def test_a_manual_plan_changes_skips_and_leaves() -> None:
    already, static = full_config("custom_-_9", 12), full_config("static_1")
    org = FakeOrg.with_actions(*FULLS, already, static)
    actions = [*ACTIONS, already.action, static.action]

    plan = make_manual_plan(actions, 12, org.read_config, IDENTITY, max_changes=2)

    assert plan.origin == "set"
    assert [(c.action_id, c.after_timeout_s) for c in plan.changes] == [
        ("custom_-_0", 12),
        ("custom_-_1", 12),
    ]
    assert [item.action_id for item in plan.unchanged] == []
    assert [item.action_id for item in plan.skipped] == ["custom_-_2", "custom_-_9", "static_1"]
    assert len(make_manual_plan(actions, 12, org.read_config, IDENTITY).unchanged) == 1


def test_setting_the_default_of_60_by_hand_is_a_change_when_it_is_unset() -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=None))

    plan = make_manual_plan([org.actions["custom_-_1"].action], 60, org.read_config, IDENTITY)

    assert (plan.changes[0].before_timeout_s, plan.changes[0].before_is_set) == (60, False)


def test_a_dry_run_reads_and_compares_and_writes_nothing() -> None:
    org = FakeOrg.with_actions(*FULLS)
    plan = make_manual_plan(ACTIONS, 12, org.read_config, IDENTITY)
    org.edit("custom_-_1", timeout_s=20)
    del org.actions["custom_-_2"]

    results = dry_run(plan, org.read_config, ApplyOptions())

    assert org.patches == []
    assert results[0].objections == ()
    assert results[0].version == 7
    assert results[0].test_call == "no test call: no payload was given for it"
    assert "timeout: planned 5 s, present 20 s" in results[1].objections
    assert results[2].objections == ("The action does not exist.",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ApplyOptions(verify=False), "no test call: verification is off"),
        (
            ApplyOptions(payload_for=lambda action: ActionInput({}, origin=InputOrigin.INVENTED)),
            "test calls before and after, with an invented input",
        ),
        (
            ApplyOptions(payload_for=lambda action: ActionInput({}, origin=InputOrigin.FILE)),
            "test calls before and after",
        ),
    ],
)
def test_a_dry_run_says_what_the_test_call_would_send(options: ApplyOptions, said: str) -> None:
    org = FakeOrg.with_actions(*FULLS)
    plan = make_manual_plan(ACTIONS[:1], 12, org.read_config, IDENTITY)

    results = dry_run(plan, org.read_config, options)

    assert results[0].test_call == said
    assert f"all else as it is; {said}" in dry_run_text(results)
