import subprocess
from pathlib import Path

import pytest

from diag.workload.git_ignore import MissingLines, missing_lines

LINES = ("load.toml", "inputs.*", "runs/", ".env")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def missing(folder: Path) -> MissingLines:
    return missing_lines(folder / "load.toml", folder / "runs")


def git(folder: Path, *line: str) -> None:
    subprocess.run(["git", *line], cwd=folder, check=True, capture_output=True)


def test_outside_a_repository_every_line_is_named(folder: Path) -> None:
    assert missing(folder) == MissingLines(LINES, in_repository=False)


def test_in_a_repository_only_what_it_does_not_ignore(folder: Path) -> None:
    git(folder, "init", "-q")
    assert missing(folder) == MissingLines(LINES, in_repository=True)
    (folder / ".gitignore").write_text("runs\n*.toml\ninputs.csv\n")
    assert missing(folder) == MissingLines(("inputs.*", ".env"), in_repository=True)
    (folder / ".gitignore").write_text("\n".join(LINES))
    assert missing(folder) == MissingLines((), in_repository=True)
    (folder / "load.toml").touch()
    git(folder, "add", "-f", "load.toml")  # what git already keeps, no line keeps out
    assert missing(folder).lines == ("load.toml",)


def test_runs_elsewhere_need_no_line(folder: Path) -> None:
    assert "runs/" not in missing_lines(folder / "load.toml", folder.parent / "runs").lines
