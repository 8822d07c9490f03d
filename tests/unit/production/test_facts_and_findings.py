from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.samples.sample_set import SampleSet
from diag.genesys.analytics.execution_counts import IntervalCounts
from diag.genesys.data_action import Action, ActionConfig
from diag.production.drift_and_resemblance import findings_of
from diag.production.judge_telemetry import evidence_of
from diag.production.observed import Observed
from diag.production.production_evidence import Place, ProductionQuestion
from diag.production.production_facts import bucket_counts, facts_of, remarks
from diag.production.reading.read_telemetry import ObservedAction, Production
from diag.production.reading.time_window import last_days

WINDOW = last_days(7, datetime(2026, 7, 10, 12, tzinfo=UTC))
ACTION = Action("a1", "Get", "i1", "Web", 3, False, ActionConfig(3, {"requestType": "GET"}, {}))


def hour(number: int, counts: tuple[int, ...], slower: int = 0, max_ms: float = 2500.0) -> IntervalCounts:
    start = f"2026-07-08T{number:02d}:00:00.000Z"
    end = f"2026-07-08T{number + 1:02d}:00:00.000Z"
    return IntervalCounts(f"{start}/{end}", sum(counts) + slower, counts, max_ms)


def observed(*hours: IntervalCounts) -> ObservedAction:
    return ObservedAction(ACTION, 3, WINDOW, hours)


def seen(entry: ObservedAction) -> dict[str, Observed]:
    place = Place("https://api.example", sandbox=False)
    return dict(
        evidence_of(
            Production((entry,), ()), ProductionQuestion(WINDOW, RecommendSettings()), place, 50
        ).observed
    )


def test_counts_become_exceedances() -> None:
    counts = bucket_counts(observed(hour(0, (80, 15, 3), slower=2), hour(5, (1, 0, 0))))
    assert counts.action_id == "a1" and counts.executions == 101
    assert [(one.total, one.below) for one in counts.hours] == [(100, (80, 95, 98)), (1, (1, 1, 1))]
    assert counts.hours[1].started_at - counts.hours[0].started_at == 5 * 3600
    assert counts.hours[0].started_at == datetime(2026, 7, 8, tzinfo=UTC).timestamp()


def test_the_busiest_hour_is_the_production_peak() -> None:
    facts = facts_of(observed(hour(0, (3600, 0, 0)), hour(1, (7200, 0, 0))))
    assert facts.production_peak_rate == pytest.approx(2.0)
    assert (facts.current_timeout_s, facts.configurable, facts.request_type) == (3, True, "GET")
    assert facts_of(observed()).production_peak_rate is None


def test_what_a_reader_has_to_know() -> None:
    assert remarks(observed(hour(0, (1, 0, 0)))) == ()
    (late,) = remarks(observed(hour(0, (1, 0, 0), max_ms=45_000.0)))
    assert "45 s although the timeout is 3 s" in late
    (short,) = remarks(replace(observed(hour(0, (1, 0, 0))), since_change=5.0))
    assert "since its timeout was last changed" in short


def test_drift_and_a_test_that_is_too_easy_are_found() -> None:
    slow = observed(*(hour(number, (900, 50, 20), slower=30) for number in range(20)))
    quick = pd.DataFrame(
        {
            "action_id": ["a1"] * 1000,
            "started_at": [1.0 + n / 10 for n in range(1000)],
            "latency_ms": [400.0] * 1000,
            "outcome": ["ok"] * 1000,
            "timeout_s": [3] * 1000,
        }
    )
    finding = findings_of(seen(slow), RecommendSettings(), SampleSet(quick))["a1"]
    assert finding.drift.verdict == "drifted"
    assert finding.resemblance is not None and finding.resemblance.verdict == "test faster"
    drifted, easy = finding.lines(changed=False)
    assert drifted.startswith("more is cut off than accepted: ") and "too easy" in easy
    assert finding.lines(changed=True)[0].startswith("since it was last changed")

    fine = observed(*(hour(number, (990, 10, 0)) for number in range(20)))
    alone = findings_of(seen(fine), RecommendSettings())["a1"]
    assert (alone.drift.verdict, alone.lines(changed=False)) == ("fits", ())
    assert len(alone.lines(changed=True)) == 1


def test_a_test_is_compared_at_the_level_its_number_comes_from() -> None:
    """A ramp's last step drowned the backend: production is compared with the level that was carried."""
    like = observed(*(hour(number, (900, 80, 20)) for number in range(20)))
    levels = []
    for rate, latency_ms, outcome in ((5.0, 400.0, "ok"), (50.0, 2900.0, "backend_error")):
        levels.append(
            pd.DataFrame(
                {
                    "action_id": ["a1"] * 1000,
                    "started_at": [1.8e9 + rate * 1000 + n / rate for n in range(1000)],
                    "latency_ms": [latency_ms if n % 10 else 1500.0 for n in range(1000)],
                    "outcome": [outcome if n % 10 else "ok" for n in range(1000)],
                    "timeout_s": [3] * 1000,
                    "offered_rate": [rate] * 1000,
                }
            )
        )
    finding = findings_of(seen(like), RecommendSettings(), SampleSet(pd.concat(levels)))["a1"]

    assert finding.resemblance is not None
    assert finding.resemblance.verdict == "same"


def test_no_execution_that_long_is_said_in_a_sentence() -> None:
    fine = observed(*(hour(number, (990, 10, 0)) for number in range(20)))

    assert findings_of(seen(fine), RecommendSettings())["a1"].drift.reason.startswith(
        "no execution reaches 3 s"
    )
