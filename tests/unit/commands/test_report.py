"""`diag report` from the command line: the next commands judge as it did, the index has two forms."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.format.manifest import write_manifest
from analysis.format.run_folder import RunFolder
from analysis.verdicts.analysis_json import analysis_to_json
from diag.commands.report import command
from tests.support.reports.report_factory import CASES, make_report
from tests.support.reports.traceable import complaints
from tests.support.sample_tables import calls, lognormal


def report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    path = tmp_path / "samples.csv"
    calls(lognormal(5000, 2.0, seed=3), timeout_s=5, rate=1.0).to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_the_next_command_names_the_file_and_the_flags(samples: Path) -> None:
    body = json.loads(report(samples, "--format", "json", "--percentile", "0.95", "--cap", "20").stdout)

    assert body["actions"][0]["verdict"] == "lower"
    assert body["next"][0][1] == f"diag recommend {samples} --percentile 0.95 --cap 20 --apply"


@pytest.mark.slow
def test_the_same_file_gives_the_same_page_and_every_number_is_in_its_json(
    samples: Path, tmp_path: Path
) -> None:
    for name in ("one.html", "two.html"):
        assert report(samples, "-o", tmp_path / name).exception is None

    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert page == (tmp_path / "two.html").read_text(encoding="utf-8")
    assert complaints(page) == []


def test_the_index_has_an_html_and_a_json_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_report(CASES[:2], calls=300)
    folder = RunFolder(tmp_path / "runs" / "a")
    write_manifest(folder, data.manifests[0])
    folder.recommendations.write_text(json.dumps(analysis_to_json(data.analysis)))
    monkeypatch.setenv("DIAG_RUNS", str(tmp_path / "runs"))

    assert report("--all").stdout.strip() == str(tmp_path / "runs" / "index.html")
    body = json.loads(report("--all", "--format", "json").stdout)
    assert (body["total"], len(body["places"][0]["actions"])) == (1, 2)
    assert "no md form" in str(report("--all", "--format", "md").exception)


@pytest.mark.slow
def test_a_file_that_begins_like_a_flag_is_named_so_that_it_can_be_typed(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples.rename(tmp_path / "-x.csv")
    monkeypatch.chdir(tmp_path)

    body = json.loads(report("./-x.csv", "--format", "json").stdout)

    assert body["next"][0][1] == "diag recommend ./-x.csv --apply"
