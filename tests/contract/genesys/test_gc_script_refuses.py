"""The script of `diag recommend --format gc`, run with jq and a `gc` that tells only parts of an action."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from diag.changes.exports.gc_output import gc_calls
from tests.support.changes.recommendations import analysis_of, recommendation

GC = """#!/usr/bin/env bash
case "$*" in
  *templates*) echo template ;;
  *update*) cp "${@: -1}" "$SENT" ;;
  *) cat "$TOLD" ;;
esac
"""
REQUEST = {"requestType": "GET", "requestUrlTemplate": "https://crm/", "headers": {"X": "1"}}
WHOLE = {"id": "a", "name": "A", "version": 7, "config": {"request": REQUEST, "response": {}}}

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")


def run(told: object, folder: Path) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run the script; return how it ended and the file that holds what was sent, if anything was."""
    for name in ("bin", "tmp"):
        (folder / name).mkdir()
    (folder / "bin" / "gc").write_text(GC)
    (folder / "bin" / "gc").chmod(0o755)
    (folder / "told.json").write_text(json.dumps(told))
    done = subprocess.run(
        ["bash"],
        input=gc_calls(analysis_of(recommendation(action_id="a"), recommendation(action_id="b"))),
        env={
            **os.environ,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "TOLD": str(folder / "told.json"),
            "SENT": str(folder / "sent.json"),
            "TMPDIR": str(folder / "tmp"),
        },
        text=True,
        capture_output=True,
        timeout=60,
    )
    return done, folder / "sent.json"


@pytest.mark.parametrize(
    "told",
    [
        {key: value for key, value in WHOLE.items() if key != "config"},
        {key: value for key, value in WHOLE.items() if key != "version"},
        {**WHOLE, "config": None},
        {**WHOLE, "config": "odd"},
        {**WHOLE, "config": {"timeoutSeconds": 3}},
        {**WHOLE, "config": {"request": []}},
        {**WHOLE, "config": {"request": {"requestType": "GET"}}},
        {**WHOLE, "config": {"request": {**REQUEST, "requestUrlTemplate": ""}}},
        {**WHOLE, "config": {"request": {**REQUEST, "requestType": None}}},
    ],
)
def test_an_action_that_is_not_whole_stops_the_script(told: dict[str, object], tmp_path: Path) -> None:
    done, sent = run(told, tmp_path)

    assert done.returncode != 0
    assert "jq: error" in done.stderr
    assert not sent.exists()
    assert list((tmp_path / "tmp").iterdir()) == []  # the config it read lies nowhere


@pytest.mark.slow
def test_a_whole_one_is_sent_back_with_the_timeout(tmp_path: Path) -> None:
    done, sent = run(WHOLE, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    config = json.loads(sent.read_text())["config"]
    assert config["timeoutSeconds"] == 10
    assert config["request"] == {**REQUEST, "requestTemplate": "template\n"}
    assert list((tmp_path / "tmp").iterdir()) == []
