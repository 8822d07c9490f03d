from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.changes.change_errors import WrongOrgError
from diag.changes.plans.action_fields import fields_of
from diag.changes.plans.make_plan import make_plan
from diag.changes.plans.plan import Change, Plan, PlanOptions
from diag.genesys.api_errors import PermissionMissingError, PlatformError, UnexpectedReplyError
from diag.genesys.full_config import FullConfig
from tests.support.changes.fake_org import IDENTITY, FakeOrg, full_config, raising
from tests.support.changes.recommendations import analysis_of, recommendation

A1 = full_config("custom_-_1", 5)


def plan_of(*items: Recommendation, org: FakeOrg | None = None, **options: Any) -> Plan:
    org = org or FakeOrg.with_actions(A1)
    return make_plan(
        analysis_of(*items), org.read_config, IDENTITY, PlanOptions(**options), now=lambda: 1000.0
    )


def test_a_raise_becomes_a_change_with_its_evidence() -> None:
    plan = plan_of(recommendation(quantile_ms=7900.0))

    (change,) = plan.changes
    assert (change.before_timeout_s, change.before_is_set, change.after_timeout_s) == (5, True, 10)
    assert change.action_version == 7
    assert change.fields == fields_of(A1, change.salt)
    assert change.reason == "99 of 100 calls finish within 7.9 s; raise to 10 s"
    assert change.evidence is not None
    assert change.evidence.p99_ms == 7900.0
    assert not change.forced
    assert plan.run_ids == ("run-1",)
    assert plan.counts == "Plan: 1 to change, 0 unchanged, 0 skipped."


def test_a_change_keeps_what_its_number_promises() -> None:
    usual, strict, capped = (
        plan_of(recommendation(**values)).changes[0].evidence
        for values in (
            {"cut_off_after": 0.004},
            {"percentile": 0.999, "cut_off_after": None},
            {"cut_off_after": 0.03, "cut_off_after_at_most": 0.05},
        )
    )
    assert usual is not None and strict is not None and capped is not None
    assert (usual.percentile, usual.promised_share) == (0.99, 0.01)
    assert (strict.percentile, strict.promised_share) == (0.999, 0.001)
    assert (capped.percentile, capped.promised_share) == (
        0.99,
        0.05,
    )  # the plan says that it cuts off so many


def test_neither_url_nor_header_nor_template_is_in_a_plan() -> None:
    text = repr(plan_of(recommendation()))

    for secret in ("s3cret-header", "crm.example.test", "rawRequest"):
        assert secret not in text


LOWER: dict[str, Any] = {"recommended_timeout_s": 3, "verdict": Verdict.LOWER}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"grade": "C"}, "not lowered yet: these calls may cover too short a time"),
        (
            {"grade": None},
            "slow hours may look different. Get there: diag tune --over 1d --cap 20 (production first",
        ),
        ({"grade": "C", "span_s": 40.0, "measured_s": 33.0}, "these calls cover 40 s, and slow hours"),
        ({"n_eff": 999.0}, "lowering needs 1,000 independent calls; these are worth 999"),
        ({"n_eff": None}, "lowering needs 1,000 independent calls"),
        (
            {"input_origins": {"invented": 2500, "file": 2500}},
            '50 % of its inputs were invented, and a backend may answer those with a quick "not found": '
            "real ones may take longer. Get there: diag measure --dry-run",
        ),
    ],
)
def test_lowering_needs_evidence_over_time(values: dict[str, Any], reason: str) -> None:
    to_wait = "grade" in values
    get_there = "diag tune --action='-x y' --over 1d --cap 20" if to_wait else "diag measure --dry-run"
    item = recommendation(next_command=get_there, **{**LOWER, **values})

    (skipped,) = plan_of(item).skipped
    (forced,) = plan_of(item, force=True).changes

    assert reason in skipped.reason
    assert "--force" not in skipped.reason
    assert forced.forced
    assert forced.direction == "lower"


def test_lowering_with_enough_evidence_is_a_change() -> None:
    (change,) = plan_of(recommendation(**LOWER)).changes

    assert (change.after_timeout_s, change.forced) == (3, False)


@pytest.mark.parametrize("verdict", [Verdict.UNSTABLE, Verdict.OVER_CAP_USE_ASYNC])
def test_what_the_data_warn_of_needs_force(verdict: Verdict) -> None:
    item = recommendation(verdict)

    assert plan_of(item).changes == ()
    assert plan_of(item, force=True).changes[0].forced


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict.NOT_CONFIGURABLE,
        Verdict.NO_DATA,
        Verdict.CENSORED_NEEDS_PROBE,
        Verdict.INSUFFICIENT_SAMPLES,
    ],
)
def test_other_verdicts_are_never_changes_and_never_read(verdict: Verdict) -> None:
    org = FakeOrg()

    plan = plan_of(recommendation(verdict), org=org, force=True)

    assert plan.changes == ()
    assert len(plan.skipped) == 1
    assert org.calls == []


def test_a_static_action_is_never_attempted_even_with_force() -> None:
    static = full_config("static_1")
    item = recommendation(action_id="static_1")

    plan = plan_of(item, org=FakeOrg.with_actions(static), force=True)

    assert plan.changes == ()
    assert "built into Genesys Cloud" in plan.skipped[0].reason


def test_a_timeout_that_is_right_already_is_unchanged() -> None:
    plan = plan_of(recommendation(current_timeout_s=10), org=FakeOrg.with_actions(full_config(timeout_s=10)))

    assert (plan.changes, len(plan.unchanged)) == ((), 1)
    assert plan_of(recommendation(Verdict.OK)).unchanged[0].reason.startswith("99 of 100")


def test_evidence_measured_at_another_timeout_needs_force() -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=20))

    (skipped,) = plan_of(recommendation(), org=org).skipped

    assert "its timeout is 20 s now and was 5 s when measured" in skipped.reason
    assert plan_of(recommendation(), org=org, force=True).changes[0].forced


def test_a_raise_that_would_lower_has_to_pass_the_guard_of_lowering() -> None:
    org = FakeOrg.with_actions(full_config(timeout_s=20))
    item = recommendation(current_timeout_s=None, grade="C")

    assert "slow hours may look different" in plan_of(item, org=org).skipped[0].reason


def test_an_unset_timeout_is_60_by_default() -> None:
    (change,) = plan_of(
        recommendation(current_timeout_s=60, **LOWER),
        org=FakeOrg.with_actions(full_config(timeout_s=None)),
    ).changes

    assert (change.before_timeout_s, change.before_is_set) == (60, False)


def test_only_skip_and_max_changes_say_why() -> None:
    fulls = [full_config(f"custom_-_{number}") for number in range(4)]
    items = [
        recommendation(action_id=full.action.id, action_name=f"Get {number}")
        for number, full in enumerate(fulls)
    ]
    org = FakeOrg.with_actions(*fulls)

    plan = plan_of(*items, org=org, only=["Get *"], skip=["custom_-_0"], max_changes=2)
    none = plan_of(*items, org=org, only=["Get 3"])

    assert [change.action_id for change in plan.changes] == ["custom_-_1", "custom_-_2"]
    assert [item.reason for item in plan.skipped] == [
        "left out by --skip",
        "over --max-changes 2; apply again for the rest",
    ]
    assert [change.action_id for change in none.changes] == ["custom_-_3"]
    assert {item.reason for item in none.skipped} == {"not among --only"}


def test_an_action_that_cannot_be_read_is_skipped_and_a_missing_permission_is_raised() -> None:
    broken, denied = FakeOrg.with_actions(A1), FakeOrg.with_actions(A1)
    broken.on_read = [raising(PlatformError("the platform is down", status=503))]
    denied.on_read = [raising(PermissionMissingError("403", status=403))]

    assert "the platform is down" in plan_of(recommendation(), org=broken).skipped[0].reason
    assert "does not exist" in plan_of(recommendation(), org=FakeOrg()).skipped[0].reason
    with pytest.raises(PermissionMissingError):
        plan_of(recommendation(), org=denied)


def test_a_plan_has_what_it_was_read_from() -> None:
    full: FullConfig = A1
    change: Change = plan_of(recommendation()).changes[0]

    assert (
        change.digest
        != plan_of(recommendation(), org=FakeOrg.with_actions(replace(full, request_template="other")))
        .changes[0]
        .digest
    )


@pytest.mark.parametrize("verdict", [Verdict.RAISE, Verdict.LOWER])
def test_weak_runs_set_nothing_without_force(verdict: Verdict) -> None:
    org = FakeOrg.with_actions(A1)
    weak = ("Run run-1 is invalid: the generator was late.",)
    item = recommendation(verdict, recommended_timeout_s=10 if verdict is Verdict.RAISE else 3)
    analysis = replace(analysis_of(item), weak=weak)

    held = make_plan(analysis, org.read_config, IDENTITY)
    forced = make_plan(analysis, org.read_config, IDENTITY, PlanOptions(force=True))

    assert held.changes == ()
    assert (
        " yet: the evidence is weak: Run run-1 is invalid: the generator was late" in held.skipped[0].reason
    )
    assert forced.changes[0].forced
    assert held.weak == forced.weak == weak


def test_weak_runs_hold_back_nothing_that_production_says_beside_them() -> None:
    """A campaign's result has both: what was called in its windows, and what production had settled."""
    measured = recommendation(recommended_timeout_s=10)
    settled = replace(measured, action_id="custom_-_2", source="production")
    analysis = replace(analysis_of(measured, settled), weak=("Run run-1 is invalid: late.",))
    org = FakeOrg.with_actions(A1, full_config("custom_-_2", 5))

    plan = make_plan(analysis, org.read_config, IDENTITY)

    assert [one.action_id for one in plan.changes] == ["custom_-_2"]
    assert "the evidence is weak" in plan.skipped[0].reason


def test_what_limits_a_number_is_part_of_its_evidence() -> None:
    (change,) = plan_of(recommendation(warnings=("the generator was late",))).changes

    assert change.evidence is not None
    assert change.evidence.warnings == ("the generator was late",)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("org_id", "host", "named"),
    [
        ("org-2", "api.example.test", "org org-2 at api.example.test"),
        ("org-1", "127.0.0.1:8377", "org org-1 at 127.0.0.1:8377"),
        (None, "api.other.test", "org (id unknown) at api.other.test"),
    ],
)
def test_what_was_measured_elsewhere_is_never_planned_here(
    org_id: str | None, host: str, named: str, force: bool
) -> None:
    org = FakeOrg.with_actions(A1)
    analysis = replace(analysis_of(recommendation()), org_id=org_id, host=host)

    with pytest.raises(WrongOrgError) as caught:
        make_plan(analysis, org.read_config, IDENTITY, PlanOptions(force=force))

    assert named in caught.value.message
    assert "org org-1 (Acme) at api.example.test" in caught.value.message
    assert org.calls == []


def test_what_was_measured_here_is_planned() -> None:
    org = FakeOrg.with_actions(A1)
    analysis = replace(analysis_of(recommendation()), org_id="org-1", host="api.example.test")

    assert len(make_plan(analysis, org.read_config, IDENTITY).changes) == 1


def test_an_action_whose_config_is_not_told_is_never_planned() -> None:
    silent = replace(A1, action=replace(A1.action, config=None))
    strict = FakeOrg.with_actions(A1)
    strict.on_read = [raising(UnexpectedReplyError("the reply holds no config"))]

    for org in (FakeOrg.with_actions(silent), strict):
        plan = plan_of(recommendation(current_timeout_s=60), org=org, force=True)

        assert plan.changes == ()
        assert "config" in plan.skipped[0].reason


recommendations = st.builds(
    recommendation,
    st.sampled_from(Verdict),
    action_id=st.sampled_from(["custom_-_1", "custom_-_2", "static_1", "customAuth_-_1", "gone"]),
    recommended_timeout_s=st.none() | st.integers(-1, 70),
    current_timeout_s=st.none() | st.sampled_from([5, 60]),
    n_eff=st.none() | st.floats(0, 5000),
    grade=st.sampled_from([None, "A", "B", "C"]),
)


@pytest.mark.slow
@given(st.lists(recommendations, max_size=6), st.booleans(), st.none() | st.integers(1, 3))
def test_every_action_is_accounted_for_and_no_guard_is_passed_by(
    items: list[Recommendation], force: bool, most: int | None
) -> None:
    fulls = [
        full_config("custom_-_1", 5),
        full_config("custom_-_2", None),
        full_config("static_1", 5),
        full_config("customAuth_-_1", 5),
    ]
    org = FakeOrg.with_actions(*fulls)

    plan = plan_of(*items, org=org, force=force, max_changes=most)

    assert len(plan.changes) + len(plan.skipped) + len(plan.unchanged) == len(items)
    assert most is None or len(plan.changes) <= most
    assert all(item.reason for item in plan.skipped)
    assert all(item.reason for item in plan.unchanged)
    for change in plan.changes:
        assert change.action_id.startswith("custom_-_")
        assert 1 <= change.after_timeout_s <= 60
        assert change.after_timeout_s != change.before_timeout_s
        if not change.forced:
            assert change.evidence is not None
            assert change.evidence.verdict in ("raise", "lower")
            if change.direction == "lower":
                assert change.evidence.grade in ("A", "B")
                assert (change.evidence.n_eff or 0) >= 1000
        assert force or not change.forced
