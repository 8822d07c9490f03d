"""The series of each verb, as a strict reader of OpenMetrics and node_exporter's older one see them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from analysis.openmetrics import Family, openmetrics_text
from analysis.plain_text import printable
from analysis.production.promise_watch import ALARM, Stretch, WatchState
from analysis.verdicts.recommendation import Verdict
from diag.campaign.saved import Saved, TuneQuestion
from diag.campaign.standing import Sent
from diag.checks.rules import judge
from diag.errors import UsageError
from diag.metrics.check_metrics import check_metrics
from diag.metrics.metrics_file import demand_a_place, write_metrics
from diag.metrics.series import LAST_RUN, SERIES
from diag.metrics.tune_metrics import CampaignState, tune_metrics
from diag.metrics.watch_metrics import watch_metrics
from diag.production.promises.judge_promises import NotWatched, PromiseLook, Watched
from diag.production.promises.what_was_promised import Promise
from loadtests.sending.watching.direct_metrics import DURATION
from tests.support.campaigns import action, before, campaign
from tests.support.changes.journal_records import record
from tests.support.changes.recommendations import analysis_of, recommendation
from tests.support.source_files import ROOT

NOW = 1_790_000_000.25
GET_A = recommendation(
    Verdict.RAISE,
    action_id="a1",
    action_name="Get A",
    quantile_ms=7900.0,
    quantile_upper_ms=8100.0,
    cut_off_now=0.02,
    timeout_is_set=True,
)
Labels = frozenset[tuple[str, str]]


def samples(families: tuple[Family, ...]) -> dict[tuple[str, Labels], float]:
    """Return every sample as both readers see it; they must agree."""
    text = openmetrics_text(families)
    strict, older = (
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in reader(text)
            for sample in family.samples
        }
        for reader in (openmetrics, plain_text)
    )
    assert strict == older
    return strict


def of(found: dict[tuple[str, Labels], float], name: str, **labels: str) -> float:
    """Return the one sample of this name with these labels."""
    (value,) = [
        v for (known, has), v in found.items() if known == name and labels.items() <= dict(has).items()
    ]
    return value


def test_a_check_says_when_it_ran_what_failed_and_where_each_action_stands() -> None:
    other = replace(GET_A, action_id="b2", action_name="Get B", verdict=Verdict.OK, recommended_timeout_s=5)
    analysis = replace(analysis_of(GET_A, other), host="api.mypurecloud.de")
    found = samples(check_metrics(analysis, judge(analysis), NOW))

    assert of(found, "diag_last_run_timestamp_seconds", verb="check", host="api.mypurecloud.de") == NOW
    assert of(found, "diag_check_findings", rule="outside", outcome="failed") == 1
    assert of(found, "diag_check_findings", rule="outside", outcome="undecided") == 0
    assert of(found, "diag_action_timeout_seconds", action_id="a1", action_name="Get A") == 5
    assert of(found, "diag_action_recommended_timeout_seconds", action_id="a1") == 10
    assert of(found, "diag_action_latency_seconds", action_id="a1", percentile="0.99") == 7.9
    assert of(found, "diag_action_latency_bound_seconds", action_id="a1") == 8.1
    assert of(found, "diag_action_cut_off_ratio", action_id="a1") == 0.02
    assert of(found, "diag_action_verdict", action_id="b2", verdict="ok") == 1


def test_what_is_unknown_has_no_sample() -> None:
    unknown = recommendation(Verdict.NO_DATA, recommended_timeout_s=None, current_timeout_s=None)
    names = {name for name, _ in samples(check_metrics(analysis_of(unknown), (), NOW))}

    assert names == {"diag_last_run_timestamp_seconds", "diag_action_calls", "diag_action_verdict"}


def test_a_look_says_of_each_promise_how_far_it_is_from_broken() -> None:
    line = record(phase="result", outcome="applied", before_timeout_s=5, after_timeout_s=3)
    state = WatchState(0.01, bets=(ALARM / 4,), executions=600, cut_off=9, stretch=Stretch(0.0))
    broken = replace(state, broken_at=1.0)
    look = PromiseLook(
        (Watched(Promise(line), state), Watched(Promise(replace(line, action_id="b2")), broken)),
        (NotWatched(Promise(replace(line, action_id="c3")), "it is no longer in the org"),),
    )
    found = samples(watch_metrics(look, "h", NOW))

    assert of(found, "diag_watch_timeout_seconds", action_id=line.action_id) == 3
    assert of(found, "diag_watch_promised_ratio", action_id=line.action_id) == 0.01
    assert of(found, "diag_watch_evidence_ratio", action_id=line.action_id) == 0.25
    assert of(found, "diag_watch_cut_off_executions", action_id="b2") == 9
    assert of(found, "diag_watch_executions", action_id="b2") == 600
    assert [of(found, "diag_watch_broken", action_id=each) for each in (line.action_id, "b2")] == [0, 1]
    assert of(found, "diag_watch_not_watched", action_id="c3") == 1


def test_a_campaign_says_how_far_it_is_and_once_it_is_over_what_came_of_it() -> None:
    plan = campaign(action("orders"), action("stock"))
    kept = Saved("c-1", "h", "org-1", "Acme", True, TuneQuestion("24h", None, (), 7, {}), plan)
    reached = before(plan)
    reached["orders"] = replace(
        reached["orders"], sent=Sent(400), done="settled", verdict=Verdict.RAISE, timeout_s=12
    )
    found = samples(tune_metrics(kept, CampaignState(31, reached), NOW))

    assert of(found, "diag_tune_over") == 0
    assert of(found, "diag_tune_windows") == 31
    assert of(found, "diag_tune_planned_windows") == plan.windows
    assert of(found, "diag_tune_end_timestamp_seconds") == plan.until
    assert of(found, "diag_tune_action_done", action_id="orders") == 1
    assert of(found, "diag_tune_action_missing_calls", action_id="orders") == 0
    assert of(found, "diag_tune_action_missing_calls", action_id="stock") == reached["stock"].wanted
    assert of(found, "diag_action_recommended_timeout_seconds", action_id="orders") == 12
    assert of(found, "diag_action_timeout_seconds", action_id="stock") == 10

    over = samples(tune_metrics(kept, CampaignState(360, reached, analysis_of(GET_A)), NOW))
    assert of(over, "diag_tune_over") == 1
    assert of(over, "diag_action_recommended_timeout_seconds") == 10  # of the result, and of nothing else
    settled = samples(
        tune_metrics(replace(kept, campaign=None), CampaignState(0, {}, analysis_of(GET_A)), NOW)
    )
    assert of(settled, "diag_tune_over") == 1


@pytest.mark.parametrize("name", ['a"b\\', "\\", "a\nb", "\u202ex\x1b[31m", '"} 1', "Größe 🙂", "", "#"])
def test_any_name_is_one_label_that_reads_back(name: str) -> None:
    found = samples(check_metrics(analysis_of(replace(GET_A, action_name=name)), (), NOW))

    assert of(found, "diag_action_timeout_seconds", action_name=printable(name)) == 5


def test_names_and_units_are_those_that_prometheus_wants() -> None:
    for metric in SERIES:
        assert re.fullmatch(r"diag_[a-z_]+", metric.name)
        assert metric.unit is None or metric.name.endswith(f"_{metric.unit}")
        assert not metric.name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert metric.kind == "gauge"  # the older format knows no other word for these


def test_the_file_is_replaced_whole_and_a_disk_that_refuses_is_a_warning(tmp_path: Path) -> None:
    warned: list[str] = []
    file = tmp_path / "diag.prom"
    for _ in range(2):
        write_metrics(file, check_metrics(analysis_of(GET_A), (), NOW), warned.append)
    assert file.read_text().endswith("\n# EOF\n")
    assert [path.name for path in tmp_path.iterdir()] == ["diag.prom"]
    assert not warned

    file.unlink()
    file.mkdir()
    write_metrics(file, (), warned.append)
    assert warned == [f"The metrics could not be written to {file} (Is a directory)."]


def test_a_place_where_no_file_can_be_is_said_before_anything_else(tmp_path: Path) -> None:
    demand_a_place(None)
    demand_a_place(tmp_path / "diag.prom")
    for path in (tmp_path, tmp_path / "nowhere" / "diag.prom"):
        with pytest.raises(UsageError, match="metrics cannot be written"):
            demand_a_place(path)


# --- the dashboard and the page ---------------------------------------------------------------------------


def test_the_dashboard_draws_every_series_and_nothing_else() -> None:
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    named = set(re.findall(r"\b(?:diag|http_client)_[a-z_]+(?=[{\[ )/]|$)", " ".join(asked)))

    direct = {f"{DURATION.name}_bucket", f"{DURATION.name}_count"}
    assert named - {"diag_action_name", "diag_outcome"} == {metric.name for metric in SERIES} | direct
    (host,) = [one for one in dashboard["templating"]["list"] if one["name"] == "host"]
    assert LAST_RUN.name in host["definition"]
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def test_the_page_lists_every_series_with_its_help() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `(diag_\w+)` \|", page, flags=re.M) == [one.name for one in SERIES]
