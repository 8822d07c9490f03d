import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.format.job_lines import JobState
from analysis.jobs.loop_advice import recommend_loop
from analysis.jobs.read_jobs import Flow, Job, read_flows
from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.recommendation import Analysis

DEFAULT = RecommendSettings()


def flow(
    seconds: Sequence[float] | NDArray[np.float64],
    states: Sequence[JobState] | None = None,
    *,
    every_s: float = 1.0,
) -> Flow:
    ended: Sequence[JobState] = states or ["done"] * len(seconds)
    jobs = [
        Job("a", state, float(at), float(taken), 3, 0, "", 0, math.inf)
        for at, (taken, state) in enumerate(zip(seconds, ended, strict=True))
    ]
    return Flow("a", "Start Export", "Get Export", every_s, tuple(jobs))


def lognormal(n: int, seed: int, median: float = 6.0) -> NDArray[np.float64]:
    return np.asarray(median * np.exp(0.4 * np.random.default_rng(seed).standard_normal(n)))


TRUE_P99 = 6.0 * math.exp(0.4 * 2.3263478740408408)


def test_interval_and_limit_cover_the_upper_bound() -> None:
    found = recommend_loop(flow(lognormal(1000, 1)), DEFAULT)

    assert found.p50_s is not None and found.p99_s is not None and found.p99_upper_s is not None
    assert found.interval_s is not None and found.wait_s is not None and found.cut_off_share is not None
    assert found.p99_s < TRUE_P99 * 1.15
    assert found.p99_upper_s >= TRUE_P99
    assert found.interval_s == round(found.p50_s / 4) == 1
    assert found.wait_s == max(found.p99_upper_s, found.p99_s * 1.2)
    assert found.loop_limit == math.ceil(found.wait_s / found.interval_s)
    assert found.cut_off_share < 0.01
    assert f"poll every {found.interval_s} s, at most {found.loop_limit} times" in found.reason


@pytest.mark.slow
def test_the_bound_holds_as_often_as_it_says_also_when_the_run_cuts_jobs_off() -> None:
    held = naive_held = 0
    for seed in range(200):
        taken = lognormal(500, seed)
        left = np.random.default_rng(1000 + seed).uniform(0, 40, 500)  # until the run ends
        states: list[JobState] = ["done" if ended else "running" for ended in (taken <= left).tolist()]
        found = recommend_loop(flow(np.minimum(taken, left), states), DEFAULT)
        held += found.p99_upper_s is None or found.p99_upper_s >= TRUE_P99
        naive_held += bool(np.quantile(taken[taken <= left], 0.99) >= TRUE_P99)
    assert held >= 186  # 95 % of 200 less twice the chance of it
    assert naive_held < 120  # what a percentile of the finished jobs would have done


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_jobs_that_ended_otherwise_hide_nothing_of_the_others(state: JobState) -> None:
    taken = lognormal(600, 3)
    slow = taken > np.sort(taken)[-6]
    found = recommend_loop(flow(taken, [state if late else "done" for late in slow]), DEFAULT)
    alone = recommend_loop(flow(taken[~slow]), DEFAULT)

    assert found.loop_limit is not None
    assert (found.p99_s, found.p99_upper_s, found.wait_s) == (alone.p99_s, alone.p99_upper_s, alone.wait_s)
    assert f"5 {state}" in found.reason


@pytest.mark.parametrize("state", ["running", "gave_up"])
def test_what_was_not_done_is_slower_than_seen_and_never_dropped(state: JobState) -> None:
    taken = np.sort(lognormal(600, 3))
    states: list[JobState] = ["done"] * 595
    states += [state] * 5
    found = recommend_loop(flow(taken, states), DEFAULT)
    alone = recommend_loop(flow(taken[:595]), DEFAULT)

    assert found.p99_s is not None and alone.p99_s is not None
    assert found.p99_s > alone.p99_s
    assert found.done == 595
    if found.p99_upper_s is not None:
        assert alone.p99_upper_s is not None and found.p99_upper_s > alone.p99_upper_s


def test_too_few_jobs_are_refused_with_their_number() -> None:
    found = recommend_loop(flow(lognormal(120, 1)), DEFAULT)

    assert (found.interval_s, found.loop_limit, found.wait_s) == (None, None, None)
    assert found.jobs_needed == 299 - 120
    assert "about 179 more" in found.reason


def test_jobs_that_outlast_the_run_hide_the_answer() -> None:
    states: list[JobState] = ["done"] * 400
    states += ["running"] * 20
    found = recommend_loop(flow([5.0] * 400 + [30.0] * 20, states), DEFAULT)

    assert (found.p99_s, found.loop_limit, found.jobs_needed) == (None, None, None)
    assert "longer than the 30 s for which jobs were followed" in found.reason


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "No job was started"),
        (["no_job_id"] * 4, "check job_id and status"),
        (["failed", "cancelled", "running"], "1 failed, 1 cancelled, 1 still running"),
    ],
)
def test_nothing_done_is_said_with_its_cause(states: list[JobState], said: str) -> None:
    found = recommend_loop(flow([1.0] * len(states), states), DEFAULT)
    assert said in found.reason
    assert found.loop_limit is None


def test_polls_that_were_refused_are_not_blamed_on_the_workload() -> None:
    one = flow([1.0] * 20, ["no_status"] * 20)
    refused = Flow("a", "S", "L", 1.0, tuple(replace(job, why="service.unavailable") for job in one.jobs))
    said = recommend_loop(refused, DEFAULT).reason
    assert said == "None of 20 jobs could be followed: polls were answered with service.unavailable."


def test_jobs_of_hours_are_judged_like_jobs_of_seconds() -> None:
    short = recommend_loop(flow(lognormal(1000, 2)), DEFAULT)
    long = recommend_loop(flow(lognormal(1000, 2, median=7200.0)), DEFAULT)
    assert short.p99_upper_s is not None
    assert long.p99_upper_s == pytest.approx(1200 * short.p99_upper_s, rel=1e-3)
    assert long.interval_s == pytest.approx(7200 / 4, rel=0.1)


def test_bursts_of_slow_jobs_make_the_bound_higher() -> None:
    calm = lognormal(1200, 5)
    bursts = np.sort(calm).reshape(40, 30)[np.random.default_rng(1).permutation(40)].ravel()
    assert (recommend_loop(flow(bursts), DEFAULT).design_effect or 0.0) > 2
    assert recommend_loop(flow(calm), DEFAULT).design_effect == 1.0


def lines(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


HEAD: dict[str, object] = {
    "kind": "flow",
    "action_id": "a",
    "action_name": "Start",
    "poll_action_name": "Look",
    "every_s": 2.0,
    "give_up_s": 60.0,
}


def begun(job: int, at: float) -> dict[str, object]:
    return {"kind": "job", "job": job, "action_id": "a", "at": at, "correlation_id": f"c-{job}"}


def look(job: int, state: JobState, seconds: float, polls: int) -> dict[str, object]:
    return {"kind": "look", "job": job, "state": state, "seconds": seconds, "polls": polls, "throttled": 0}


def test_the_last_poll_counts_also_after_a_kill(tmp_path: Path) -> None:
    segments = tmp_path / "run" / "segments"
    segments.mkdir(parents=True)
    whole = lines(
        HEAD,
        begun(1, 100.0),
        look(1, "running", 2.0, 1),
        begun(2, 103.0),
        look(1, "done", 4.5, 2),
        begun(3, 110.0),
        look(2, "running", 6.0, 3),
    )
    (segments / "w-0.jobs").write_text(whole + json.dumps(look(2, "done", 8.0, 4))[:30])

    (found,) = read_flows([tmp_path / "run", tmp_path / "no-such-run", tmp_path / "run.csv"])

    assert (found.action_name, found.poll_action_name, found.every_s) == ("Start", "Look", 2.0)
    assert [(job.state, job.seconds, job.polls) for job in found.jobs] == [
        ("done", 4.5, 2),
        ("running", 6.0, 3),
        ("running", 0.0, 0),
    ]
    # Whatever became of them, they could be watched to the last thing this process knew.
    assert [job.watched_s for job in found.jobs] == [10.0, 7.0, 0.0]


def test_jobs_of_all_workers_and_runs_are_taken_together(tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run / "segments").mkdir(parents=True)
        for worker in ("w-0", "w-1"):
            text = lines(HEAD, begun(1, 100.0), look(1, "done", 3.0, 1))
            (tmp_path / run / "segments" / f"{worker}.jobs").write_text(text)

    (found,) = read_flows([tmp_path / "one", tmp_path / "two"])
    assert [job.run for job in found.jobs] == [0, 0, 1, 1]


def test_a_loop_survives_json_but_for_its_curve() -> None:
    loop = recommend_loop(flow(lognormal(400, 1)), DEFAULT)
    body = json.loads(json.dumps(analysis_to_json(Analysis(DEFAULT, (), {}, loops=(loop,))), allow_nan=False))
    assert loop.curve is not None
    assert analysis_from_json(body).loops == (replace(loop, curve=None),)


@pytest.mark.parametrize(
    ("origins", "said"),
    [
        (["invented"], "; all jobs had invented inputs."),
        (["invented", "file"], "; 50 % of the jobs had invented inputs."),
        (["file"], None),
        ([None], None),
    ],
)
@pytest.mark.parametrize("count", [1000, 20])
def test_a_loop_says_where_its_jobs_had_invented_inputs(
    count: int, origins: list[str | None], said: str | None
) -> None:
    whole = flow(lognormal(count, 1))
    jobs = tuple(replace(job, input_origin=origins[at % len(origins)]) for at, job in enumerate(whole.jobs))

    found = recommend_loop(replace(whole, jobs=jobs), DEFAULT)

    assert found.reason.endswith(said) if said else "invented" not in found.reason
    body = json.loads(json.dumps(analysis_to_json(Analysis(DEFAULT, (), {}, loops=(found,)))))
    assert body["loops"][0]["invented_share"] == found.invented_share
    assert analysis_from_json(body).loops[0].invented_share == found.invented_share
