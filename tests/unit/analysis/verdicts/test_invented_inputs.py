"""What a number rests on stands beside it: inputs that were invented, and how many."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import InputOrigin
from analysis.samples.read_samples import read_samples
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from tests.support.sample_tables import calls, judge, lognormal, orders, sample_set, write_segment


def judged(
    origins: Sequence[str | None], *, current_timeout_s: int = 30, p99_s: float = 2.0
) -> Recommendation:
    """The verdict on two hours of calls whose inputs come from `origins`, in turn; None: not recorded."""
    table = calls(lognormal(3000, p99_s), rate=0.4)
    if any(origins):
        table = table.assign(input_origin=np.resize(np.array(origins, dtype=object), len(table)))
    return judge(table, facts=orders(current_timeout_s=current_timeout_s))


def test_a_lower_on_invented_inputs_says_so_and_leads_to_the_line_for_real_ones() -> None:
    found = judged(["invented"])

    assert found.verdict is Verdict.LOWER
    assert "all with invented inputs)" in found.reason
    assert found.invented_share == 1.0
    assert found.next_command == "diag measure --dry-run --action 'Order lookup'"
    assert any('may answer "not found"' in warning for warning in found.warnings)
    assert "of its inputs were invented" in (objection_to(found) or "")


@pytest.mark.parametrize(
    "origins", [["file"], ["inline"], ["file", "inline"], ["contract"], ["none"], [None]]
)
def test_nothing_is_said_or_held_back_without_invented_inputs(origins: list[str | None]) -> None:
    found = judged(origins)

    assert found.verdict is Verdict.LOWER
    assert not found.invented_share
    assert "invented" not in json.dumps([found.reason, found.next_command, *found.warnings])
    assert objection_to(found) is None


def test_a_few_invented_inputs_are_counted_and_do_not_hold_back() -> None:
    found = judged(["invented", "file", "file"])

    assert found.invented_share == pytest.approx(1 / 3, abs=0.01)
    assert "33 % with invented inputs" in found.reason
    assert objection_to(found) is None


def test_a_raise_on_invented_inputs_is_marked_and_set() -> None:
    found = judged(["invented"], current_timeout_s=3, p99_s=6.0)

    assert found.verdict is Verdict.RAISE
    assert "all with invented inputs" in found.reason
    assert objection_to(found) is None


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        (calls(lognormal(3000, 45.0)), Verdict.OVER_CAP_USE_ASYNC),
        (
            pd.concat([calls(lognormal(2000, 1.0)), calls(lognormal(2000, 9.0), run="2", start=1.7001e9)]),
            Verdict.UNSTABLE,
        ),
        (calls(lognormal(3000, 9.0), timeout_s=3), Verdict.CENSORED_NEEDS_PROBE),
        (calls(lognormal(120, 2.0), rate=0.5), Verdict.INSUFFICIENT_SAMPLES),
    ],
)
def test_every_sentence_with_a_number_says_what_it_rests_on(table: pd.DataFrame, verdict: Verdict) -> None:
    found = judge(table.assign(input_origin="invented"), facts=orders(current_timeout_s=60))

    assert found.verdict is verdict
    assert found.reason.count("with invented inputs") == 1


def test_the_json_has_origins_and_share_and_reads_older_files() -> None:
    table = calls(lognormal(1500, 2.0)).assign(input_origin="invented")
    body = json.loads(json.dumps(analysis_to_json(recommend(sample_set(table)))))

    (row,) = body["actions"]
    assert (row["input_origins"], row["invented_share"]) == ({"invented": row["samples"]}, 1.0)
    assert analysis_from_json(body).actions[0].mostly_invented
    del row["input_origins"], row["invented_share"]
    assert analysis_from_json(body).actions[0].invented_share is None


def test_a_run_and_its_parquet_file_keep_the_origin_and_older_ones_still_read(tmp_path: Path) -> None:
    new, old = RunFolder(tmp_path / "new"), RunFolder(tmp_path / "old")
    write_segment(new, origin=InputOrigin.INVENTED)
    write_segment(old)

    samples = read_samples([new.path])
    samples.table.to_parquet(tmp_path / "new.parquet")

    assert list(samples.table["input_origin"]) == ["invented"] * 2
    assert list(read_samples([tmp_path / "new.parquet"]).table["input_origin"]) == ["invented"] * 2
    (older,) = recommend(read_samples([old.path])).actions
    assert older.input_origins == {}


def test_a_label_makes_no_origin() -> None:
    """`generated-1` may be the label of a real input, and `file.csv:2` that of an invented one."""
    labelled = calls(lognormal(1500, 2.0)).assign(payload="generated-1", input_origin=InputOrigin.INLINE)

    assert judge(labelled).invented_share == 0.0


def test_an_origin_nobody_knows_counts_as_unknown() -> None:
    found = judge(calls(lognormal(1500, 2.0)).assign(input_origin="guessed"))

    assert found.input_origins == {}
