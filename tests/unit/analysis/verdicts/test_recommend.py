import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.manifest import LeftOut, Manifest
from analysis.recommend_settings import RecommendSettings
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.make_findings import findings
from analysis.verdicts.next_command import next_step
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Verdict
from analysis.verdicts.sentences.censored_sentence import censored
from analysis.verdicts.which_verdict import decide
from reports.wording.verdict_words import wording_of
from tests.support.sample_tables import calls, judge, lognormal, orders, sample_set


def test_too_low_a_timeout_is_raised() -> None:
    found = judge(calls(lognormal(5000, 2.0), timeout_s=60), facts=orders(current_timeout_s=1))
    assert found.verdict is Verdict.RAISE
    assert found.recommended_timeout_s == 3
    assert "raise to 3 s" in found.reason
    assert found.next_command == "diag recommend --apply"


def test_too_generous_a_timeout_is_lowered() -> None:
    found = judge(calls(lognormal(5000, 2.0)), facts=orders(current_timeout_s=60))
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.LOWER, 3)


def test_a_lower_that_is_held_back_leads_to_what_helps_it() -> None:
    minutes = judge(calls(lognormal(5000, 2.0), rate=20.0), facts=orders(current_timeout_s=60))
    few = judge(calls(lognormal(700, 2.0), rate=0.1), facts=orders(current_timeout_s=60))
    enough = judge(calls(lognormal(5000, 2.0), rate=1.0), facts=orders(current_timeout_s=60))

    assert [row.verdict for row in (minutes, few, enough)] == [Verdict.LOWER] * 3
    assert [held_back(row) for row in (minutes, few, enough)] == [True, True, False]
    action = "diag measure --action 'Order lookup'"
    assert minutes.next_command == "diag tune --action 'Order lookup' --over 1d"
    assert few.next_command is not None and few.next_command.startswith(f"{action} --calls 1")
    assert enough.next_command == "diag recommend --apply"


def test_a_fitting_timeout_stays() -> None:
    found = judge(calls(lognormal(5000, 2.0)), facts=orders(current_timeout_s=4))
    assert (found.verdict, found.recommended_timeout_s, found.next_command) == (Verdict.OK, 4, None)


def test_timeouts_that_hide_the_p99_give_no_number() -> None:
    found = judge(calls(lognormal(5000, 2.9), timeout_s=2), facts=orders(current_timeout_s=2))
    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE
    assert found.recommended_timeout_s is None
    assert found.quantile_lower_ms is not None and found.quantile_lower_ms >= 1990
    assert found.next_command == "diag measure --probe --action 'Order lookup'"


def test_a_draft_probe_answers_what_the_timeout_hid() -> None:
    found = judge(
        calls(lognormal(3000, 4.4), timeout_s=2),
        calls(lognormal(3000, 4.4, seed=2), target="draft", run="probe", start=1.7e9 + 500),
        facts=orders(current_timeout_s=2),
    )
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.RAISE, 6)


def test_a_run_that_changed_is_unstable_and_its_slower_part_counts() -> None:
    x = lognormal(5000, 5.0)
    x[:2500] /= 2.5
    found = judge(calls(x))
    assert found.verdict is Verdict.UNSTABLE
    assert found.recommended_timeout_s in (6, 7)


def test_calls_that_end_as_their_timeout_is_due_are_not_said_to_have_failed() -> None:
    """The way is on top of the timeout: some end a little after it, and none is cut off."""
    frame = calls(lognormal(900, 2.1), timeout_s=2, outcome="ok")
    (action,) = by_action(frame)
    known = findings(action, orders(current_timeout_s=2), RecommendSettings(), many_looks=False)
    hidden = replace(judge(frame), verdict=Verdict.CENSORED_NEEDS_PROBE)
    assert (known.censored, known.timeouts) == (0, 0)
    assert censored(known, RecommendSettings()).startswith(
        "Calls take as long as their timeout allows, so p99 "
    )
    assert "measure --probe" in (next_step(known, hidden, RecommendSettings()).command or "")
    assert wording_of(hidden).word == "Try longer timeout"


def test_the_number_of_an_unstable_action_covers_a_slow_part_that_has_no_bound() -> None:
    days = calls(lognormal(2500, 2.0)), calls(lognormal(2500, 5.0, 2), run="b", start=1.7e9 + 86_400)
    (action,) = by_action(pd.concat(days, ignore_index=True))
    known = findings(action, orders(), RecommendSettings(), many_looks=False)
    assert known.disagreement is not None
    slower = replace(known.disagreement.slower, upper_ms=None, timeout_s=None, quantile_ms=7000)
    unbounded = replace(known, disagreement=replace(known.disagreement, slower=slower))
    assert decide(unbounded, RecommendSettings()).timeout_s == 9
    beyond = replace(slower, quantile_ms=None, lower_ms=9000)
    unseen = replace(known, disagreement=replace(known.disagreement, slower=beyond))
    assert decide(unseen, RecommendSettings()).timeout_s == 11


def test_a_run_that_changed_shortly_before_its_end_gets_no_number() -> None:
    x = lognormal(2000, 2.0)
    x[1900:] *= 2.5
    found = judge(calls(x, rate=5.0), facts=orders(current_timeout_s=9))
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.UNSTABLE, None)
    assert found.change is not None and found.change.calls_after == pytest.approx(100, abs=10)
    assert "6 min 6 s into a run, at 22:19:40" in found.reason and "slower calls are too few" in found.reason
    analysis = recommend(sample_set(calls(x, rate=5.0)))
    assert analysis_from_json(json.loads(json.dumps(analysis_to_json(analysis)))).actions == analysis.actions
    assert analysis.actions[0].change == found.change


def test_an_action_that_cannot_be_configured_gets_no_number() -> None:
    found = judge(
        calls(lognormal(3000, 2.0)), facts=orders(configurable=False, not_configurable_reason="static action")
    )
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.NOT_CONFIGURABLE, None)
    assert found.uncapped_timeout_s == 3
    assert "static action" in found.reason


def test_only_refused_calls_are_no_data() -> None:
    found = judge(calls(np.full(500, 0.05), outcome="auth_error"))
    assert found.verdict is Verdict.NO_DATA
    assert found.next_command == "diag doctor"
    assert found.left_out_by_reason == {"auth_error": 500}


def test_every_row_is_either_used_or_left_out_with_a_reason() -> None:
    found = judge(
        calls(lognormal(1000, 1.0), rate=5),
        calls(lognormal(1000, 1.0), rate=10, run="b"),
        calls(lognormal(1000, 1.0), rate=50, run="c"),
        calls([0.1] * 90, outcome="invalid_input"),
        calls([0.1] * 80, attempt=2),
        facts=orders(production_peak_rate=8.0, current_timeout_s=5),
    )
    assert found.samples + found.left_out == 3170
    assert found.left_out == sum(found.left_out_by_reason.values())
    assert found.level_rate == 10.0


def test_a_late_generator_is_timed_from_the_plan() -> None:
    found = judge(calls(lognormal(2000, 1.0), lag_s=2.0))
    assert found.clock == "response"
    assert found.quantile_ms is not None and found.quantile_ms > 2900


def test_the_cost_is_said_when_one_action_can_exhaust_the_org() -> None:
    (found,) = recommend(
        sample_set(calls(lognormal(5000, 8.0))),
        {"orders": orders(current_timeout_s=60)},
        concurrency_limit=50,
    ).actions
    assert found.hung_backend_slots == 100.0
    assert found.concurrency_share == 2.0
    assert found.safe_rate == 5.0
    assert any("exhaust" in line for line in found.warnings)


def test_an_action_of_the_manifest_without_a_row_is_no_data() -> None:
    assert recommend(SampleSet(pd.DataFrame())).actions == ()


@pytest.mark.parametrize("shown", ["Order lookup", "Order lookup (backend)", "Order lookup (draft)"])
def test_an_action_that_the_run_left_out_says_why(shown: str) -> None:
    run = Manifest("run", 0.0, "complete", False, "api.example.com", "open", (orders(current_timeout_s=5),))
    run = replace(run, left_out=(LeftOut("Another", "no input"), LeftOut(shown, "the login failed: 401.")))
    (left_out,) = recommend(SampleSet(pd.DataFrame(), manifests=(run,))).actions
    assert left_out.verdict is Verdict.NO_DATA
    assert left_out.reason == "It was not called: the login failed: 401."


def test_json_is_fixed_and_reads_back() -> None:
    analysis = recommend(
        sample_set(calls(lognormal(5000, 2.0)), calls(lognormal(50, 2.0), action="few")),
        {"orders": orders(current_timeout_s=60)},
    )
    text = json.dumps(analysis_to_json(analysis), allow_nan=False)
    assert analysis_from_json(json.loads(text)) == analysis
    row = json.loads(text)["actions"][0]
    assert {
        "action_id", "action_name", "verdict", "recommended_timeout_s", "current_timeout_s", "p50_ms",
        "p95_ms", "p99_ms", "p99_upper_ms", "samples", "ok", "timeouts", "left_out", "reason",
    } <= set(row)  # fmt: skip


@pytest.mark.parametrize("key", ["p50_ms", "p95_ms", "p99_ms", "p99_upper_ms", "p99_lower_ms"])
@pytest.mark.parametrize("forged", [-1, -5e-324, 1e308, "3", True])
def test_a_quantile_that_is_no_time_is_refused_by_its_place(key: str, forged: object) -> None:
    analysis = recommend(sample_set(calls(lognormal(500, 2.0))), {"orders": orders(current_timeout_s=60)})
    body = json.loads(json.dumps(analysis_to_json(analysis)))
    body["actions"][0][key] = forged

    with pytest.raises(UnreadableSamplesError, match="This is not a recommendations file"):
        analysis_from_json(body)


@pytest.mark.parametrize("name", sorted(Verdict))
def test_every_verdict_has_its_place_in_the_order_of_severity(name: Verdict) -> None:
    from analysis.verdicts.severity import SEVERITY_ORDER

    assert name in SEVERITY_ORDER


def test_a_share_beyond_what_was_watched_is_not_claimed() -> None:
    x = lognormal(900, 3.0)
    table = calls(x)
    table.loc[880:, "outcome"], table.loc[880:, "latency_ms"] = "client_timeout", 40_000.0
    found = judge(table, facts=orders(current_timeout_s=60))
    assert found.cut_off_now is None
    cut = judge(calls(lognormal(5000, 4.0), timeout_s=5), facts=orders(current_timeout_s=5))
    assert cut.cut_off_now is not None and 0.001 < cut.cut_off_now < 0.01
    wide = RecommendSettings(buffer_ratio=0.6)
    raised = judge(
        calls(lognormal(5000, 4.25), timeout_s=5), facts=orders(current_timeout_s=5), settings=wide
    )
    assert raised.recommended_timeout_s is not None and raised.recommended_timeout_s > 5
    assert raised.cut_off_after is None
    assert raised.cut_off_after_at_most is not None and raised.cut_off_after_at_most <= 0.01


def test_calls_needed_never_explode() -> None:
    x = np.r_[lognormal(400, 2.0), np.full(8, 50.0)]
    table = calls(x)
    table.loc[400:, "outcome"] = "client_timeout"
    clustered = pd.concat([table, calls(lognormal(20, 9.0), start=1.7e9 + 90, run="b")], ignore_index=True)
    for one in (table[:120], clustered):
        found = judge(one)
        assert found.calls_needed is None or found.calls_needed < 20_000


def test_settings_of_the_workload_and_overrides_apply_to_their_action() -> None:
    table = calls(lognormal(5000, 2.0))
    overrides = {"orders": RecommendSettings(buffer_min_s=5.0)}
    (found,) = recommend(
        sample_set(table), {"orders": orders(current_timeout_s=60)}, overrides=overrides
    ).actions
    assert found.recommended_timeout_s == 8


def test_a_verdict_stays_within_a_small_part_of_the_cap() -> None:
    settings = RecommendSettings(cap_s=5)
    found = judge(calls(lognormal(5000, 4.9)), facts=orders(current_timeout_s=9), settings=settings)
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.OVER_CAP_USE_ASYNC, 5)


def test_the_sum_rule_keeps_no_timeout_below_its_own_number() -> None:
    table = calls(lognormal(20_000, 8.0))
    kept = judge(table, facts=orders(current_timeout_s=9))
    raised = judge(table, facts=orders(current_timeout_s=9), settings=RecommendSettings(rule="sum"))
    assert (kept.verdict, kept.recommended_timeout_s) == (Verdict.OK, 9)
    assert (raised.verdict, raised.recommended_timeout_s) == (Verdict.RAISE, 10)


def test_a_late_generator_does_not_count_as_calls_cut_off() -> None:
    table = calls(np.full(4000, 0.4))
    table.loc[::20, "started_at"] += 3.0
    found = judge(table, facts=orders(current_timeout_s=3))
    assert found.clock == "response"
    assert found.cut_off_now == 0.0
    assert "die" not in found.reason
