"""Where a message says that more can be read, and nothing secret in it."""

from pathlib import Path

import pytest

from diag.notifying.place import place_of, this_place


def test_a_job_is_linked_unless_its_address_could_hold_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI_JOB_URL", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BUILD_URL", "https://ci.example/job/7/")
    assert place_of(tmp_path / "report.html").endswith(" (https://ci.example/job/7/)")

    monkeypatch.setenv("BUILD_URL", "https://user:secret@ci.example/job/7/")
    assert "ci.example" not in this_place()


def test_a_folder_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert this_place().startswith("In a folder that is gone on ")
