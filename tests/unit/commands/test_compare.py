"""`diag compare` from the command line, on CSV files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diag.commands.compare import command
from tests.support.reports.traceable import complaints
from tests.support.sample_tables import calls, lognormal


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The second run is half as slow again."""
    paths = tmp_path / "before.csv", tmp_path / "after.csv"
    for path, p99_s, seed in zip(paths, (2.0, 3.0), (1, 2), strict=True):
        calls(lognormal(2000, p99_s, seed=seed)).to_csv(path, index=False)
    return paths


def compare(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)


def test_the_table_says_what_got_slower(files: tuple[Path, Path]) -> None:
    result = compare(*files)

    assert result.exception is None
    assert "1 of 1 action is slower." in result.stdout
    assert result.return_value == 0


@pytest.mark.slow
def test_fail_on_slower_exits_3_and_the_other_way_round_0(files: tuple[Path, Path]) -> None:
    assert compare(*files, "--fail-on", "slower").return_value == 3
    assert compare(*reversed(files), "--fail-on", "slower").return_value == 0


@pytest.mark.slow
def test_json_and_labels(files: tuple[Path, Path]) -> None:
    body = json.loads(compare(*files, "--format", "json", "--label", "old", "--label", "new").stdout)

    assert body["labels"] == ["old", "new"]
    assert body["actions"][0]["differences"][0]["verdict"] == "slower"


@pytest.mark.slow
def test_an_html_file_by_its_name(files: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    assert compare(*files, "-o", page).stdout.strip() == str(page)
    assert page.read_text(encoding="utf-8").count("role=img") == 1


@pytest.mark.parametrize("wrong", [1, 11])
def test_too_few_or_too_many_runs_is_a_usage_error(files: tuple[Path, Path], wrong: int) -> None:
    result = compare(*[files[0]] * wrong)

    assert type(result.exception).__name__ == "UsageError"


def test_as_many_labels_as_runs(files: tuple[Path, Path]) -> None:
    result = compare(*files, "--label", "only one")

    assert "1 label for 2 runs" in str(result.exception)


@pytest.mark.slow
def test_two_runs_cut_off_before_their_p99_are_told_apart(tmp_path: Path) -> None:
    for name, p99_s, seed in (("before", 16.0, 1), ("after", 60.0, 2)):
        calls(lognormal(2000, p99_s, seed=seed), timeout_s=5).to_csv(tmp_path / f"{name}.csv", index=False)

    found = compare(tmp_path / "before.csv", tmp_path / "after.csv", "--fail-on", "slower")

    assert found.return_value == 3
    assert "cut off" in found.stdout and "35 % → 96 %" in found.stdout
    assert "B against A, slower: 96 % of calls took 5 s or longer, 35 % in the first run." in found.stdout


@pytest.mark.slow
def test_the_json_and_the_page_are_the_same_twice(files: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        compare(*files, "-o", tmp_path / name)

    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert complaints((tmp_path / "one.html").read_text(encoding="utf-8")) == []
    assert compare(*files, "--format", "json").stdout == compare(*files, "--format", "json").stdout


@pytest.mark.slow
def test_what_the_inputs_of_each_run_were_stands_beside_the_difference(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("invented.csv", "real.csv", "unknown.csv")]
    for path, origin in zip(paths, ("invented", "file", None), strict=True):
        table = calls(lognormal(2000, 2.0))
        (table if origin is None else table.assign(input_origin=origin)).to_csv(path, index=False)
    other = "one run had invented inputs and another real ones"

    made_up, real, unknown = paths
    assert "invented → real" in compare(made_up, real).stdout
    assert other in compare(made_up, real).stdout
    assert "invented → invented" in compare(made_up, made_up).stdout
    assert other not in compare(made_up, made_up).stdout
    assert "invented → –" in compare(made_up, unknown).stdout
    assert "inputs" not in compare(real, unknown).stdout
