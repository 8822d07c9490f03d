"""The command that follows a verdict: it can be copied, and does not repeat what failed."""

import numpy as np
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import calls, judge, lognormal, orders, sample_set


def test_names_are_quoted_for_the_shell() -> None:
    found = judge(calls(lognormal(100, 1.0)), facts=ActionFacts("orders", "it's -- odd; rm *"))
    assert found.next_command is not None
    assert "'it'\"'\"'s -- odd; rm *'" in found.next_command


def test_calls_that_hang_for_sixty_seconds_are_not_sent_to_a_probe() -> None:
    x = lognormal(5000, 0.4)
    x[::125] = 99.0  # 0.8 % hang: under 1 %, but not surely
    found = judge(calls(x), facts=orders(current_timeout_s=60))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert "had not finished after 60 s" in found.reason
    assert found.calls_needed is not None and found.calls_needed > 500
    x[::20] = 99.0
    assert judge(calls(x), facts=orders(current_timeout_s=60)).verdict is Verdict.OVER_CAP_USE_ASYNC


@pytest.mark.parametrize(
    ("outcome", "next_command"),
    [
        ("network_error", "diag doctor"),
        ("platform_error", "diag doctor"),
        ("auth_error", "diag doctor"),
        ("invalid_input", "diag measure --dry-run --action orders"),
        ("client_timeout", "diag measure --action orders"),
    ],
)
def test_where_no_call_ended_the_next_command_does_not_repeat_what_failed(
    outcome: str, next_command: str
) -> None:
    found = judge(calls(np.full(40, 0.05), outcome=outcome))
    assert (found.verdict, found.next_command) == (Verdict.NO_DATA, next_command)
    assert outcome not in found.reason


def test_the_next_command_judges_the_same_calls_by_the_same_rules() -> None:
    table = sample_set(calls(lognormal(5000, 2.0)))
    rules, facts = RecommendSettings(cap_s=20), {"orders": orders(current_timeout_s=2)}
    (found,) = recommend(table, facts, rules, asked=Asked(calls=("old.csv",))).actions
    assert found.next_command == "diag recommend old.csv --cap 20 --apply"


def test_all_refused_without_a_recorded_rate_is_measured_slower_than_seen() -> None:
    table = calls(np.full(500, 0.05), rate=30, outcome="rate_limited").drop(columns="offered_rate")
    assert judge(table).next_command == "diag measure --action orders --rate 15"


def test_all_refused_for_too_many_calls_says_so_and_measures_slower() -> None:
    found = judge(calls(np.full(500, 0.05), rate=30, outcome="rate_limited"))
    assert found.verdict is Verdict.NO_DATA
    assert "429" in found.reason and "saturated_load_level" not in found.reason
    assert found.next_command == "diag measure --action orders --rate 15"


def test_few_calls_of_which_many_are_cut_off_ask_for_a_probe_at_once() -> None:
    found = judge(calls(lognormal(120, 4.0), timeout_s=2), facts=orders(current_timeout_s=2))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert "only a longer timeout can show" in found.reason
    assert "about 299 calls with one are needed" in found.reason
    assert found.next_command == "diag measure --probe --action 'Order lookup' --calls 380"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Get it", "'Get it'"),
        ("It's", "'It'\"'\"'s'"),
        ("Get\x1b[2J", "orders"),
        ("A\nB", "orders"),
        ("A\u202e", "orders"),
    ],
)
def test_a_suggested_command_can_be_copied_whatever_the_action_is_called(name: str, asked: str) -> None:
    found = judge(calls(lognormal(150, 2.0), timeout_s=10), facts=ActionFacts("orders", name))

    assert found.next_command is not None
    assert found.next_command.startswith(f"diag measure --action {asked} --calls ")


def test_errors_alone_lead_to_their_cause_and_to_no_probe() -> None:
    draw = np.random.default_rng(5)
    fails = draw.random(3000) < 0.018
    took = np.where(fails, draw.uniform(8.0, 10.0, 3000), lognormal(3000, 2.4))
    found = judge(calls(took, outcome=np.where(fails, "network_error", "ok")))

    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE
    assert "find the cause of the errors first" in found.reason
    assert found.next_command == "diag doctor"


def test_calls_that_were_never_sent_are_none_of_those_that_count_and_lead_to_their_cause() -> None:
    took = np.concatenate([lognormal(200, 1.0), np.zeros(400)])
    found = judge(calls(took, outcome=["ok"] * 200 + ["network_error"] * 400))

    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert found.left_out_by_reason["network_error"] == 400
    assert "ended by an error" not in found.reason
    assert found.next_command == "diag doctor"
