"""Calls straight to a backend never touch what the calls through Genesys Cloud come to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimates.deciding_calls import calls_that_count
from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import write_settled
from analysis.recommend_settings import RecommendSettings
from analysis.samples.read_samples import read_samples
from analysis.samples.sample_set import SampleSet
from analysis.stopping.settled_in_folder import settled_actions
from analysis.stopping.when_settled import Settled
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Analysis, Recommendation
from analysis.views.summarise import summarise
from tests.support.examples import examples
from tests.support.sample_tables import START, calls, lognormal

FACTS = {"orders": ActionFacts("orders", "Order lookup", current_timeout_s=5)}
RULES = RecommendSettings()


def without_direct(analysis: Analysis) -> tuple[Recommendation, ...]:
    return tuple(replace(one, direct=None) for one in analysis.actions)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Calls through Genesys Cloud alone, and the same among direct ones of the action, in any order."""
    seed = draw(st.integers(0, 2**20))
    through = [
        calls(
            lognormal(draw(st.integers(1, 500)), draw(st.sampled_from([0.4, 2.0, 9.0])), seed + run),
            run=f"run-{run}",
            rate=draw(st.sampled_from([2.0, 10.0])),
            timeout_s=draw(st.sampled_from([3, 60])),
            start=START + 4000.0 * run,
        )
        for run in range(draw(st.integers(1, 2)))
    ]
    direct = [
        calls(
            lognormal(draw(st.integers(1, 500)), draw(st.sampled_from([0.1, 20.0])), seed + 10 + run),
            run=draw(st.sampled_from(["run-0", "run-1", "elsewhere"])),
            worker=draw(st.sampled_from(["w1", "w9"])),
            rate=draw(st.sampled_from([2.0, 10.0, 50.0])),
            start=START - 500.0 + draw(st.sampled_from([0.0, 500.0, 9000.0])),
            target="direct",
            outcome=draw(
                st.sampled_from(["ok", "timeout", "backend_error", "contract_error", "rate_limited"])
            ),
        )
        for run in range(draw(st.integers(1, 2)))
    ]
    both = pd.concat([*through, *direct], ignore_index=True)
    return pd.concat(through, ignore_index=True), both.sample(frac=1.0, random_state=seed)


@pytest.mark.slow
@settings(max_examples=examples(10), deadline=None)
@given(made=tables())
def test_a_verdict_is_as_if_no_direct_call_had_been_made(
    made: tuple[pd.DataFrame, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    alone, mixed = made
    mixed.to_csv(folder / "mixed.csv", index=False)
    mixed[mixed["target"] != "direct"].to_csv(folder / "alone.csv", index=False)
    whole, through = read_samples([folder / "mixed.csv"]), read_samples([folder / "alone.csv"])

    assert whole.direct is not None
    assert len(whole.table) == len(through.table) == len(alone)
    assert without_direct(recommend(whole, FACTS)) == without_direct(recommend(through, FACTS))
    ours, theirs = (calls_that_count(one, FACTS, RULES) for one in (whole, through))
    assert ("orders" in ours) == ("orders" in theirs)
    if "orders" in ours:
        assert np.array_equal(ours["orders"].latency_ms, theirs["orders"].latency_ms)
    assert summarise(whole)["orders"] == summarise(through)["orders"]


@pytest.mark.slow
def test_parquet_rows_are_parted_too(tmp_path: Path) -> None:
    table = pd.concat([calls([0.2] * 30), calls([0.1] * 20, target="direct")], ignore_index=True)
    table.to_parquet(tmp_path / "both.parquet")
    found = read_samples([tmp_path / "both.parquet"])
    assert found.direct is not None
    assert (len(found.table), len(found.direct)) == (30, 20)
    assert len(found.every_call()) == 50


def test_both_sides_are_one_action_with_the_backend_beside_it() -> None:
    through, direct = calls(lognormal(800, 2.0)), calls(lognormal(800, 1.0), target="direct")
    (found,) = recommend(SampleSet(through, direct=direct), FACTS).actions
    assert found.samples + found.left_out == 800
    assert found.direct is not None
    assert not found.backend_alone
    assert found.direct.p99_ms is not None
    assert found.quantile_ms is not None
    assert found.direct.p99_ms < found.quantile_ms


def test_a_settled_backend_says_nothing_of_the_action(tmp_path: Path) -> None:
    table = pd.concat([calls(lognormal(400, 1.0)), calls(lognormal(400, 1.0), target="direct")])
    run = RunFolder(tmp_path)
    write_settled(run, {"direct:orders"})
    table.to_parquet(run.samples)
    found = read_samples([tmp_path])
    assert (found.settled, found.settled_directly) == (frozenset(), frozenset({"orders"}))


@pytest.mark.slow
def test_a_mixed_run_settles_each_side_on_its_own_rows_and_ends_both_together(tmp_path: Path) -> None:
    few, many = calls(lognormal(60, 1.0)), calls(lognormal(700, 1.0), target="direct")
    refused = calls(lognormal(60, 1.0), outcome="auth_error")

    def states(*tables: pd.DataFrame) -> dict[str, Settled]:
        pd.concat(tables, ignore_index=True).to_parquet(RunFolder(tmp_path).samples)
        return settled_actions(tmp_path, RULES)

    mixed, alone = states(few, many), states(few)
    assert mixed["orders"] == alone["orders"]
    assert states(many)["direct:orders"].settled
    assert not mixed["direct:orders"].settled
    assert mixed["direct:orders"].more_calls == mixed["orders"].more_calls
    assert states(many.assign(target="published"), many)["direct:orders"].settled
    assert states(refused, many)["direct:orders"].settled


@pytest.mark.slow
def test_a_mixed_run_goes_on_until_the_share_of_each_can_be_told(tmp_path: Path) -> None:
    def state(count: int) -> Settled:
        sides = [calls(lognormal(count, 1.0), target=target) for target in ("published", "direct")]
        pd.concat(sides, ignore_index=True).to_parquet(RunFolder(tmp_path).samples)
        both = settled_actions(tmp_path, RULES)
        assert both["orders"] == both["direct:orders"]
        return both["orders"]

    early, late = state(410), state(500)
    assert (early.settled, early.why) == (False, "until it can be told how much is the backend's")
    assert early.calls + (early.more_calls or 0) == 368
    assert late.settled
