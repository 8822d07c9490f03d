from pathlib import Path

from diag.doctor.local_checks import check_machine, check_settings


def test_versions_and_whether_the_runs_folder_can_be_written(tmp_path: Path) -> None:
    versions, runs = check_machine(tmp_path / "not" / "yet")
    assert "locust" in versions.text and "missing" not in versions.text
    assert runs.status == "ok"
    (tmp_path / "file").write_text("")
    (_, blocked) = check_machine(tmp_path / "file" / "runs")
    assert blocked.status == "failed" and blocked.fix


def test_settings_show_origins_and_split_the_fix_off_a_warning() -> None:
    checks = list(check_settings({"region": "environment"}, "host", ("x is readable. Fix: chmod 600 x",)))
    assert "region from environment" in checks[0].text
    assert (checks[1].text, checks[1].fix) == ("x is readable.", "chmod 600 x")
