"""Three rules beside each other: one curve, nothing beyond what was watched, nothing without a number."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.format.action_facts import ActionFacts
from analysis.production.recommend_production import recommend_from_buckets
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from tests.support.examples import examples
from tests.support.production_counts import production
from tests.support.sample_tables import calls, judge, lognormal, orders, sample_set


def by_rule(action: Recommendation) -> dict[TimeoutRule, ComparedRule]:
    assert [one.rule for one in action.rules] == list(TimeoutRule)
    return {one.rule: one for one in action.rules}


def assert_read_off_the_curve(analysis: Analysis, watched_s: float) -> None:
    (action,) = analysis.actions
    table = analysis.waiting[action.action_id]
    for one in action.rules:
        if one.timeout_s is None:
            continue
        assert 1 <= one.timeout_s <= 60
        if table.share_left > 0 and one.timeout_s > watched_s:
            assert one.cut_off is None
        else:
            assert one.cut_off == table.share_slower_than(one.timeout_s * 1e3)
            assert one.cut_off <= (one.cut_off_at_most or 0.0)
    ours = by_rule(action)[TimeoutRule.RECOMMENDED]
    assert (ours.timeout_s, ours.wanted_s) == (action.recommended_timeout_s, action.uncapped_timeout_s)
    assert (ours.cut_off, ours.cut_off_at_most) == (action.cut_off_after, action.cut_off_after_at_most)
    assert ours.hung_backend_slots == action.hung_backend_slots
    assert (ours.concurrency_share, ours.safe_rate) == (action.concurrency_share, action.safe_rate)


@settings(max_examples=examples(12), deadline=None)
@given(
    st.floats(0.05, 25),
    st.integers(1, 60),
    st.integers(0, 5),
    st.sampled_from([0.5, 0.9, 0.95, 0.99]),
    st.sampled_from([0.3, 1.2]),
)
@example(22.0, 55, 1, 0.5, 1.2)  # 3 x p99 is 56 s: 2 % more than anyone waited
def test_every_share_is_the_curves_and_none_is_claimed_beyond_it(
    p99_s: float, timeout_s: int, seed: int, percentile: float, sigma: float
) -> None:
    table = calls(lognormal(900, p99_s, seed, sigma), timeout_s=timeout_s)
    rules = RecommendSettings(percentile=percentile)
    analysis = recommend(
        sample_set(table), {"orders": orders(current_timeout_s=timeout_s)}, rules, concurrency_limit=50
    )
    (action,) = analysis.actions
    if action.recommended_timeout_s is None or action.quantile_ms is None:
        assert (action.rules, action.made_by, action.made_how) == ((), None, None) or action.made_by == "cap"
        return
    assert_read_off_the_curve(analysis, timeout_s)
    known = sorted((one.timeout_s or 0, -one.cut_off) for one in action.rules if one.cut_off is not None)
    assert [share for _, share in known] == sorted(share for _, share in known)
    again = analysis_from_json(json.loads(json.dumps(analysis_to_json(analysis), allow_nan=False)))
    assert again.actions == analysis.actions


def test_the_vendors_rule_is_three_times_p99_in_whole_seconds() -> None:
    found = judge(calls(lognormal(4000, 2.2)))
    thumb = by_rule(found)[TimeoutRule.THREE_TIMES_P99]

    assert thumb.timeout_s == thumb.wanted_s == -(-3 * int(found.quantile_ms or 0) // 1000)
    assert (thumb.from_s, thumb.to_s) == (None, None)
    assert thumb.name.startswith("3 x p99")


def test_it_stays_p99_whatever_percentile_is_asked_for() -> None:
    table = calls(lognormal(12_000, 2.2))
    usual, dialled = (judge(table, settings=RecommendSettings(percentile=p)).rules for p in (0.99, 0.999))

    assert usual[0].timeout_s == dialled[0].timeout_s
    assert [one.name.partition(" of")[0] for one in (usual[1], dialled[1])] == ["p99", "p99.9"]
    assert [one.name.partition(": ")[2] for one in (usual[2], dialled[2])] == [
        "1 good call in 100 may be cut off",
        "1 good call in 1,000 may be cut off",
    ]


def test_the_successes_alone_forget_the_calls_that_were_cut_off() -> None:
    """A tenth of the calls take 4 s and are cut off at 3 s; those of a draft with 60 s show it."""
    x = np.where(np.arange(4000) % 10 == 3, 4.0, lognormal(4000, 0.9))
    published = calls(x, timeout_s=3)
    draft = calls(x[:350], target="draft", run="probe", start=1.7e9 + 900)
    plain = RecommendSettings(warmup_s=0.0)
    found = judge(published, draft, facts=orders(current_timeout_s=3), settings=plain)
    successes = by_rule(found)[TimeoutRule.SUCCESSES_AND_BUFFER]
    ours = by_rule(found)[TimeoutRule.RECOMMENDED]

    assert (found.verdict, ours.timeout_s, ours.cut_off) == (Verdict.RAISE, 5, 0.0)
    answered = np.sort(np.r_[x[x <= 3], x[:350]])
    p99_s = float(answered[int(np.ceil(0.99 * answered.size)) - 1])
    assert successes.timeout_s == np.ceil(p99_s + 0.5) < 4
    assert successes.cut_off == pytest.approx(0.1, abs=0.02)
    assert judge(published, facts=orders(current_timeout_s=3), settings=plain).rules == ()


def test_what_cannot_be_set_is_said_with_what_can() -> None:
    found = judge(calls(lognormal(5000, 40.0)), facts=orders(current_timeout_s=60))
    thumb = by_rule(found)[TimeoutRule.THREE_TIMES_P99]

    assert found.verdict is Verdict.OVER_CAP_USE_ASYNC
    assert (thumb.timeout_s, thumb.beyond_the_platform) == (60, True)
    assert thumb.wanted_s is not None and thumb.wanted_s > 100
    assert "no timeout up to it fits" in by_rule(found)[TimeoutRule.RECOMMENDED].name
    assert not by_rule(found)[TimeoutRule.RECOMMENDED].beyond_the_platform


def test_beyond_what_was_watched_only_the_bound_of_what_was_seen_is_said() -> None:
    found = judge(calls(lognormal(5000, 3.9), timeout_s=5), facts=orders(current_timeout_s=5))
    thumb, ours = (by_rule(found)[rule] for rule in (TimeoutRule.THREE_TIMES_P99, TimeoutRule.RECOMMENDED))

    assert (thumb.timeout_s or 0) > 5 and thumb.cut_off is None
    assert ours.cut_off and thumb.cut_off_at_most == ours.cut_off_at_most


def test_nothing_is_compared_without_a_number() -> None:
    few = judge(calls(lognormal(40, 2.0)))
    hidden = judge(calls(lognormal(2000, 9.0), timeout_s=3), facts=orders(current_timeout_s=3))
    fixed = judge(calls(lognormal(2000, 1.0)), facts=orders(configurable=False))

    for found in (few, hidden, fixed):
        assert found.recommended_timeout_s is None
        assert (found.rules, found.made_by, found.made_how, found.needed_ms) == ((), None, None, None)


def test_calls_that_do_not_show_p99_give_no_three_times_p99() -> None:
    half = RecommendSettings(percentile=0.5)
    few = judge(calls(lognormal(60, 2.0)), settings=half)
    cut = judge(calls(lognormal(2000, 6.0), timeout_s=4), settings=half)

    for found in (few, cut):
        thumb = by_rule(found)[TimeoutRule.THREE_TIMES_P99]
        assert (thumb.timeout_s, thumb.cut_off, thumb.cut_off_at_most, thumb.silence_s) == (None,) * 4
        assert by_rule(found)[TimeoutRule.SUCCESSES_AND_BUFFER].timeout_s is not None


@pytest.mark.parametrize("p99_s", [0.3, 1.6, 2.2, 4.7])
def test_production_leaves_the_second_open(p99_s: float) -> None:
    facts = {"orders": ActionFacts("orders", current_timeout_s=60)}
    (found,) = recommend_from_buckets([production(p99_s)], facts, concurrency_limit=50).actions
    last_s = max(-(-int(found.quantile_ms or 0) // 1000), 1)
    thumb, successes, ours = found.rules

    assert (thumb.from_s, thumb.to_s) == (3 * (last_s - 1) + 1, 3 * last_s)
    assert thumb.wanted_s == max(-(-3 * int(found.quantile_ms or 0) // 1000), 1)
    for one in (thumb, successes):
        assert (one.from_s or 0) <= (one.timeout_s or 0) <= (one.to_s or 0)
    assert (ours.from_s, ours.to_s) == (None, None)
    assert ours.cut_off == found.cut_off_after
