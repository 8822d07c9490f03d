"""One answer to whether a build server runs this, for settings and terminal alike."""

import sys
from pathlib import Path

import pytest

from diag.console import Console
from diag.settings import load_settings


@pytest.mark.parametrize(
    ("said", "is_one"),
    [("true", True), ("1", True), ("woodpecker", True), ("", False), ("false", False), ("0", False)],
)
def test_a_build_server_gets_no_bar_and_no_sandbox_and_whoever_says_no_gets_both(
    said: str,
    is_one: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`CI=false` was no build server to the settings, and one to the bar."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("CI", said)

    with Console().progress("Reading") as bar:
        bar.update(1, 2)
    found = load_settings(environment={"CI": said}, folder=tmp_path, home=tmp_path)

    assert (capsys.readouterr().err == "Reading ...\n") is is_one
    assert found.in_ci is is_one and (found.why_no_sandbox is not None) is is_one
