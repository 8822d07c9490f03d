import numpy as np
import pandas as pd

from analysis.samples.sample_set import SampleSet
from analysis.views.summarise import summarise
from analysis.views.summary import ActionSummary
from tests.support.sample_tables import START, calls, lognormal, sample_set


def one(*tables: pd.DataFrame) -> ActionSummary:
    return summarise(sample_set(*tables))["orders"]


def test_every_call_is_in_the_histogram_the_outcomes_and_the_timeline() -> None:
    table = calls(lognormal(2000, 3.0), timeout_s=2)
    table.loc[:40, "outcome"] = "backend_error"
    found = one(table, calls([0.05] * 30, outcome="rate_limited"))
    assert found.calls == sum(found.outcomes.values()) == 2030
    assert found.histogram is not None
    assert sum(found.histogram.ok) == found.outcomes["ok"]
    assert sum(found.histogram.timeouts) == found.outcomes["timeout"]
    assert sum(found.histogram.errors) == 41
    assert sum(part.calls for part in found.timeline) == 2030
    assert list(found.histogram.edges_ms) == sorted(found.histogram.edges_ms)


def test_the_size_does_not_grow_with_the_calls() -> None:
    found = one(calls(lognormal(60_000, 3.0)))
    assert found.survival is not None and found.histogram is not None
    assert len(found.survival.t_ms) <= 240
    assert len(found.histogram.ok) <= 60
    assert len(found.timeline) <= 121


def test_the_band_holds_the_curve_and_the_tail_keeps_its_points() -> None:
    found = one(calls(lognormal(20_000, 3.0)))
    assert found.survival is not None
    low, mid, high = (
        np.array(part) for part in (found.survival.lower, found.survival.share, found.survival.upper)
    )
    assert (low <= mid).all() and (mid <= high).all()
    assert (mid < 0.01).sum() > 40
    assert list(mid) == sorted(mid, reverse=True)


def test_errors_are_grouped_with_one_correlation_id_to_look_up() -> None:
    table = calls([0.1] * 10).assign(http_status=200, error_code=None, correlation_id=None)
    table.loc[:5, "outcome"], table.loc[:5, "http_status"] = "backend_error", 502
    table.loc[:5, "error_code"], table.loc[:5, "correlation_id"] = "bad.gateway", "abc"
    table.loc[6:7, "outcome"], table.loc[6:7, "http_status"] = "timeout", 504
    first, second = one(table).errors
    assert (first.outcome, first.http_status, first.error_code, first.calls) == (
        "backend_error", 502, "bad.gateway", 6,
    )  # fmt: skip
    assert first.example_correlation_id == "abc"
    assert (second.outcome, second.calls, second.example_correlation_id) == ("timeout", 2, None)


def test_errors_are_grouped_by_step_with_their_commonest_message() -> None:
    table = calls([0.1] * 9, outcome="backend_error").assign(http_status=200, error_code="E1")
    table["failed_step"] = ["Execute"] * 5 + ["Apply output"] * 3 + [None]
    table["error_message"] = ["gone", "slow …", "slow …", None, "slow …"] + ["no field"] * 3 + [None]
    first, second, third = one(table).errors
    assert (first.failed_step, first.message, first.calls) == ("Execute", "slow …", 5)
    assert (second.failed_step, second.message, second.calls) == ("Apply output", "no field", 3)
    assert (third.failed_step, third.message, third.calls) == (None, None, 1)


def test_latency_that_grows_with_load_has_a_knee_and_flat_latency_has_none() -> None:
    in_flight = np.tile(np.arange(1, 41), 100)
    flat = calls(lognormal(4000, 1.0)).assign(in_flight=in_flight)
    assert one(flat).knee_in_flight is None
    grown = calls(lognormal(4000, 1.0) * np.maximum(1, in_flight / 12)).assign(in_flight=in_flight)
    found = one(grown)
    assert found.knee_in_flight is not None and 10 <= found.knee_in_flight <= 22
    assert sum(part.calls for part in found.load) == 4000


def test_a_payload_slower_than_chance_is_marked() -> None:
    x = lognormal(3000, 1.0)
    label = np.array(["small", "large", "odd"])[np.arange(3000) % 3]
    x[label == "large"] *= 2
    found = one(calls(x).assign(payload=label)).payloads
    assert found[0].payload == "large"
    assert [group.slow for group in found] == [True, False, False]
    assert one(calls(x).assign(payload="same")).payloads == ()


def test_first_calls_are_compared_with_the_rest() -> None:
    runs = [calls(np.r_[5.0, np.full(50, 0.2)], run=f"r{k}", start=START + 1000 * k) for k in range(6)]
    found = one(*runs).cold_start
    assert found is not None
    assert (found.calls, found.p50_ms, found.others_p50_ms, found.max_ms) == (6, 5000, 200, 5000.0)


def test_draft_probes_have_a_curve_of_their_own() -> None:
    found = one(
        calls(lognormal(500, 4.0), timeout_s=2),
        calls(lognormal(400, 4.0, seed=2), target="draft", run="probe"),
    )
    assert [(series.name, series.calls) for series in found.series] == [("published", 500), ("draft", 400)]
    assert one(calls(lognormal(500, 4.0))).series == ()


def test_only_refused_calls_have_no_curve() -> None:
    found = one(calls([0.05] * 40, outcome="auth_error"))
    assert found.survival is None and found.histogram is None and found.cold_start is None


def test_nothing_is_nothing() -> None:
    assert summarise(SampleSet(pd.DataFrame({"outcome": [], "action_id": []}))) == {}


def test_a_latency_beyond_all_bounds_can_still_be_drawn() -> None:
    table = calls(lognormal(500, 1.0))
    table.loc[3, "latency_ms"] = 1e308

    found = one(table)

    assert found.histogram is not None and found.histogram.edges_ms[-1] < 121_000
    assert max(slice_.max_ms or 0 for slice_ in found.timeline) == 120_000
