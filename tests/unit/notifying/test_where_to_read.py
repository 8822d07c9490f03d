"""Where a message says that more can be read, and nothing secret in it."""

from pathlib import Path

import pytest

from diag.errors import UsageError
from diag.notifying.where_to_read import Link, RunsFolder, runs_folder

JOB = "https://ci.example/job/7/"


@pytest.fixture(autouse=True)
def no_build_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI_JOB_URL", "GITHUB_SERVER_URL", "BUILD_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_job_is_linked_unless_its_address_could_hold_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILD_URL", JOB)
    place = RunsFolder(tmp_path).place(tmp_path / "report.html")
    assert place.text.endswith(f" ({JOB})")
    assert place.link == Link("Open the job", JOB)

    monkeypatch.setenv("BUILD_URL", "https://user:secret@ci.example/job/7/")
    place = RunsFolder(tmp_path).place(None)
    assert "ci.example" not in place.text and place.link is None


def test_a_report_is_linked_where_a_browser_finds_the_folder_of_runs(tmp_path: Path) -> None:
    runs = runs_folder(tmp_path / "runs", "https://files.example/diag/", "diag.toml")
    place = runs.place(tmp_path / "runs" / "tune" / "a b.html")
    address = "https://files.example/diag/tune/a%20b.html"
    assert place.text.startswith(f"Report: {address} ({tmp_path}/runs/tune/a b.html on ")
    assert place.link == Link("Open the report", address)

    elsewhere = runs.place(tmp_path / "report.html")
    assert elsewhere.text.startswith(f"Report: {tmp_path}/report.html on ") and elsewhere.link is None


def test_a_link_leads_to_the_file_whatever_its_name_and_never_out_of_the_folder(tmp_path: Path) -> None:
    runs = runs_folder(tmp_path / "runs", "https://files.example", "diag.toml")
    other_bytes = runs.place(tmp_path / "runs" / "a\udcff.html")
    assert other_bytes.link == Link("Open the report", "https://files.example/a%FF.html")
    assert runs.place(tmp_path / "runs" / ".." / "report.html").link is None


@pytest.mark.parametrize(
    "url",
    [
        "files.example",
        "javascript:alert(1)",
        "https://",
        "https:///runs",
        'https://files.example/">secret',
        "https://me:secret@files.example",
        "https://f.example/?sig=secret",
    ],
)
def test_an_address_that_is_none_or_could_hold_a_secret_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as refused:
        runs_folder(tmp_path, url, ".env")
    assert "secret" not in f"{refused.value} {refused.value.hint}"


def test_a_folder_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert RunsFolder(Path("runs")).place(None).text.startswith("In a folder that is gone on ")
