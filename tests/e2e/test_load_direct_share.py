"""Backend and platform apart, from a run that calls both to the sentence, against what the sandbox knows."""

from pathlib import Path

import pytest

from analysis.direct_side.direct_side import PlatformShare
from analysis.direct_side.what_else_differs import LATE
from analysis.estimates.service_time import LAG_LIMIT_S, LAG_QUANTILE
from analysis.recommend_settings import RecommendSettings
from analysis.samples.read_samples import read_samples
from diag.judged_files import gather
from tests.support.load_run import at_home, ended_whole, manifest_in, sandbox
from tests.support.locust_process import run_locust
from tests.support.sandbox_control import ask

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WORKLOAD = """
[run]
duration = "20s"
[[action]]
name = "Quick"
rate = 40
[[action]]
name = "Quick"
target = "direct"
rate = 40
"""


def test_the_share_of_the_platform_is_found_and_every_contract_that_broke(tmp_path: Path) -> None:
    (tmp_path / "workload.toml").write_text(WORKLOAD)
    backend = (
        '{ model = "lognormal", median_ms = 200, sigma = 0.1 }\nbreaks_contract = 0.1\n'
        'output = { done = { type = "boolean" } }'
    )
    share = 'platform_share_ms = { model = "fixed", at_ms = 100 }'
    with sandbox(tmp_path, top=share, latency=backend) as environment:
        line = ("--workload", "workload.toml", "--run-dir", "run")
        done = run_locust(*line, folder=tmp_path, environment=at_home(tmp_path, environment))
        (truth,) = ask(environment["GENESYSCLOUD_API_BASE"], "truth")["actions"].values()
    assert ended_whole(done.returncode, manifest_in(tmp_path)), done.stderr

    (found,) = gather([tmp_path / "run"], RecommendSettings()).analysis.actions
    assert found.direct is not None
    assert not found.backend_alone
    table = read_samples([tmp_path / "run"]).table
    lag_s = (table["started_at"] - table["scheduled_at"]).quantile(LAG_QUANTILE)
    late = lag_s > LAG_LIMIT_S / 2  # on a busy machine, and then perhaps of one side only
    assert found.direct.unlike in ([(LATE,), ()] if late else [()])
    assert 0.05 < (found.direct.contract_error_share or 0.0) < 0.16
    assert "fix the contract or the backend" in (found.direct.contract or "")
    median, p99 = found.direct.shares
    known = {name: truth[name] - truth["backend"][name] for name in ("p50_ms", "p99_ms")}
    assert median.added_ms is not None
    assert abs(median.added_ms - known["p50_ms"]) <= 5.0
    assert_within(median, known["p50_ms"])
    if p99.lower_ms is None:  # on a machine so busy that calls are slow in bursts
        assert "no share can be told" in p99.sentence
    else:
        assert_within(p99, known["p99_ms"])


def assert_within(share: PlatformShare, truth_ms: float) -> None:
    assert share.lower_ms is not None and share.upper_ms is not None, share.sentence
    assert share.lower_ms - 2.0 <= truth_ms <= share.upper_ms + 2.0, share.sentence
