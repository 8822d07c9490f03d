import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.format.manifest import write_manifest
from analysis.format.run_folder import RunFolder
from analysis.verdicts.analysis_json import analysis_to_json
from reports.charts.sketches.sparkline import Point, sparkline
from reports.pages.index_keys import P99
from reports.pages.index_page import IndexData, IndexedRun, build_index, extremes, index_json
from reports.pages.runs_on_disk import indexed_runs
from tests.support.reports.report_factory import CASES, make_report
from tests.support.reports.traceable import complaints

DAY = 86_400.0


def make_runs(number: int, *, sandbox: bool = True) -> tuple[IndexedRun, ...]:
    data = make_report(CASES[:4], calls=300, sandbox=sandbox)
    runs = []
    for day in range(number):
        run_id = f"run-{'s' if sandbox else 'o'}-{day}"
        manifest = replace(data.manifests[0], run_id=run_id, created_at=1.79e9 + day * DAY)
        actions = tuple(
            replace(
                a, quantile_ms=None if a.quantile_ms is None or day == 2 else a.quantile_ms * (1 + day / 10)
            )
            for a in data.analysis.actions
        )
        runs.append(
            IndexedRun(run_id, manifest, replace(data.analysis, actions=actions), f"{run_id}/report.html")
        )
    return tuple(runs)


def test_the_newest_run_comes_first_and_links_to_its_report() -> None:
    page = build_index(IndexData(make_runs(5), "0.1.0"))

    assert page.index("run-s-4") < page.index("run-s-0")
    assert "<a href=run-s-4/report.html>" in page
    assert page.count("class=spark ") == 4
    assert build_index(IndexData(make_runs(5), "0.1.0")) == page


def test_sandbox_and_org_are_never_one_line() -> None:
    page = build_index(IndexData((*make_runs(2), *make_runs(2, sandbox=False)), "0.1.0"))

    assert page.count("class=spark ") == 8
    assert "<h3>SANDBOX</h3>" in page
    assert "<h3>Acme Insurance (https://api.mypurecloud.de)</h3>" in page


def test_a_run_that_was_killed_is_listed_with_the_reason() -> None:
    page = build_index(IndexData((IndexedRun("run-x", None, None, None, "no manifest"),), "0.1.0"))

    assert "Not analysed; no manifest" in page


def test_no_runs_at_all() -> None:
    page = build_index(IndexData((), "0.1.0"))

    assert "There are no runs yet" in page
    assert "No runs were found" in page


def test_a_hostile_run_id_stays_a_text() -> None:
    evil = '"><script>alert(1)</script>'
    run = replace(make_runs(1)[0], run_id=evil, report=f"javascript:{evil}")
    page = build_index(IndexData((run,), "0.1.0"))

    assert page.count("<script") == 2
    assert 'href="javascript:' not in page


def test_a_run_without_a_number_breaks_the_line() -> None:
    points = [Point(0, 100, 5), Point(1, None, 5), Point(2, 120, 10), Point(3, 130, 10)]
    line = re.findall(r'class="line" d="([^"]*)"', sparkline(points, 0, 3))[0]

    assert line.count("M") == 2
    assert line.count("L") == 1
    assert sparkline([Point(0, None, None)], 0, 1) == ""


def test_runs_are_read_from_disk_and_the_broken_ones_said(tmp_path: Path) -> None:
    data = make_report(CASES[:3], calls=300)
    for name in ("a", "b", "c", "d"):
        write_manifest(RunFolder(tmp_path / name), replace(data.manifests[0], run_id=name))
    body = json.dumps(analysis_to_json(data.analysis))
    (tmp_path / "a" / "recommendations.json").write_text(body)
    (tmp_path / "a" / "report.html").write_text("x")
    (tmp_path / "c" / "recommendations.json").write_text("{")
    (tmp_path / "d" / "manifest.json").write_text("[]")
    (tmp_path / "e" / "segments").mkdir(parents=True)
    (tmp_path / "plans").mkdir()

    runs = {run.run_id: run for run in indexed_runs(tmp_path)}

    assert list(runs) == ["a", "b", "c", "d", "e"]
    assert runs["a"].report == "a/report.html"
    assert runs["a"].analysis == data.analysis
    assert runs["b"].why_not == "run: diag recommend b"
    assert "is not valid JSON" in (runs["c"].why_not or "")
    assert "is not a JSON object" in (runs["d"].why_not or "")
    assert indexed_runs(tmp_path / "missing") == ()
    assert indexed_runs(tmp_path, tmp_path.parent)[0].report == f"{tmp_path.name}/a/report.html"
    assert "a/report.html" in build_index(IndexData(tuple(runs.values()), "0.1.0"))


def test_runs_cut_off_before_the_number_count_among_lowest_and_highest() -> None:
    """Five runs above 30 s and one of 10.5 s: the highest is not 10.5 s."""
    base = make_report(CASES[:1], calls=300).analysis.actions[0]
    seen = replace(base, quantile_ms=10_500.0)
    above = replace(base, quantile_ms=None, quantile_upper_ms=None, quantile_lower_ms=30_000.0)
    nothing = replace(above, quantile_lower_ms=None)

    assert extremes([above, seen, above]) == (P99(10_500.0), P99(30_000.0, above=True))
    assert extremes([replace(above, quantile_lower_ms=5_000.0), seen]) == (
        P99(5_000.0, above=True),
        P99(10_500.0, above=True),
    )
    assert extremes([seen, nothing]) == (P99(10_500.0), P99(10_500.0))
    assert extremes([nothing]) == (P99(None), P99(None))


def test_a_run_without_a_number_is_said_and_one_above_is_an_open_dot() -> None:
    runs = []
    for run, lower in zip(make_runs(3), (None, 30_000.0, None), strict=True):
        assert run.analysis is not None
        changed = tuple(
            replace(a, quantile_ms=None, quantile_lower_ms=lower) for a in run.analysis.actions[:1]
        )
        runs.append(replace(run, analysis=replace(run.analysis, actions=changed)))

    page = build_index(IndexData(tuple(runs), "0.1.0"))
    body: Mapping[str, Any] = index_json(IndexData(tuple(runs), "0.1.0"))
    (action,) = body["places"][0]["actions"]

    assert "&gt; 30 s</span>" in page
    assert "2</span> without a number" in page
    assert (action["runs"], action["without_number"], action["highest"]) == (
        3,
        2,
        {"ms": 30_000.0, "above": True},
    )
    open_dots = sparkline([Point(0, 30_000.0, 5, above=True), Point(1, 100, 5)], 0, 1)
    assert 'class="open" d="M' in open_dots
    assert open_dots.count("L") == 0


@pytest.mark.slow
def test_runs_judged_by_another_percentile_are_on_no_line_with_the_newest() -> None:
    """Else a p99.9 beside p99s would look like a backend that became slower."""
    newest, *older = make_runs(3)[::-1]
    assert newest.analysis is not None
    first, *others = newest.analysis.actions
    rarer = replace(newest.analysis, actions=(replace(first, percentile=0.999), *others))
    data = IndexData((replace(newest, analysis=rarer), *older), "0.1.0")

    body: Mapping[str, Any] = index_json(data)
    (place,) = body["places"]
    counted = {row["action_id"]: (row["percentile"], row["runs"]) for row in place["actions"]}
    assert counted.pop(first.action_id) == (0.999, 1)
    assert set(counted.values()) == {(0.99, 3)}
    assert place["percentile"] is None
    page = build_index(data)
    assert "<small><span data-f=percentile>p99.9</span></small>" in page and complaints(page) == []
