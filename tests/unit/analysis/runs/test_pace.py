"""About how long more calls take: by the whole runs, not only while an action had its turn."""

import numpy as np
import pandas as pd
import pytest

from analysis.format.manifest import Manifest
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Verdict
from tests.support.sample_tables import START, calls, judge, lognormal, sample_set


def test_the_time_is_that_of_the_calls_of_the_next_command_at_the_pace_of_the_run() -> None:
    found = judge(calls(lognormal(250, 2.0), rate=1.0))

    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES and found.calls_needed is not None
    whole = found.samples + found.calls_needed
    assert found.next_takes_s == pytest.approx(whole * 249 / found.samples)


def test_an_action_that_had_one_turn_in_three_takes_three_times_as_long() -> None:
    alone = judge(calls(lognormal(150, 2.0), rate=5.0))
    turns = [calls(lognormal(150, 2.0), rate=5.0, action=f"a{n}", start=START + 30 * n) for n in range(3)]
    first, *_ = recommend(sample_set(pd.concat(turns, ignore_index=True))).actions

    assert first.next_takes_s is not None and alone.next_takes_s is not None
    assert first.next_takes_s == pytest.approx(3 * alone.next_takes_s, rel=0.02)


def test_a_refusal_before_the_first_call_makes_nothing_longer() -> None:
    table = calls(lognormal(250, 2.0), rate=1.0)
    refused = calls(np.array([0.05]), outcome="invalid_input", start=START - 5)
    both = judge(pd.concat([table, refused], ignore_index=True))

    assert both.next_takes_s == judge(table).next_takes_s is not None


def test_no_pace_no_time() -> None:
    assert judge(calls(np.array([2.0]))).next_takes_s is None
    fits = judge(calls(lognormal(5000, 2.0), timeout_s=3, rate=1.0))
    assert fits.next_takes_s is None


def test_an_hour_lasts_as_long_as_the_command_says() -> None:
    """After a run that was cut short, another one with all that a lower timeout needs."""
    table = calls(lognormal(3000, 2.0), rate=0.5)
    cut_short = Manifest("run-1", 0.0, "interrupted", False, "h", "open", ())
    (found,) = recommend(SampleSet(table, manifests=(cut_short,))).actions

    assert found.next_command is not None and "--time 1h10m" in found.next_command
    assert found.next_takes_s == 4200.0


@pytest.mark.parametrize(
    ("rate", "sandbox", "time"), [(10.0, False, ""), (0.5, False, " --time 17m"), (5.0, True, " --time 2m")]
)
def test_a_run_may_take_as_long_as_its_calls_do(rate: float, sandbox: bool, time: str) -> None:
    """A run ends after ten minutes, and one in the sandbox after one, where nothing else is asked for."""
    run = Manifest("run-1", 0.0, "complete", sandbox, "h", "open", ())
    (found,) = recommend(SampleSet(calls(lognormal(250, 2.0), rate=rate), manifests=(run,))).actions

    assert found.next_command == f"diag measure --action orders --calls 380{time}"


def test_the_time_before_a_run_was_topped_up_is_not_of_it_and_workers_beside_each_other_count_once() -> None:
    def made_by(workers: tuple[str, str], second_from: float) -> float | None:
        parts = [
            calls(lognormal(60, 2.0), rate=1.0, start=START + at).assign(worker_id=worker)
            for worker, at in zip(workers, (0.0, second_from), strict=True)
        ]
        return judge(pd.concat(parts, ignore_index=True)).next_takes_s

    at_once, topped_up = made_by(("w0", "w1"), 0.5), made_by(("w0", "w1"), 3600.0)
    one_run = made_by(("w0", "w0"), 60.0)

    assert topped_up is not None and at_once is not None and one_run is not None
    assert topped_up == pytest.approx(one_run, rel=0.15)
    assert at_once == pytest.approx(one_run / 2, rel=0.15)
