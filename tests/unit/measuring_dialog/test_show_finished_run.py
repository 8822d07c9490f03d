"""A run that a bare Locust made is shown by a process of its own, which says what keeps it from that."""

from pathlib import Path

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.measuring_dialog.show_finished_run import main
from tests.support.sample_tables import START, write_segment

FACTS = ActionFacts("a1", "Get A", current_timeout_s=5, timeout_is_set=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.chdir(tmp_path)
    found = RunFolder(Path("run"))
    write_manifest(found, Manifest("r1", START, "complete", True, "h", "open", (FACTS,), calls=30))
    return found


def test_a_file_that_cannot_be_written_is_one_sentence(
    folder: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    write_segment(folder, latency_ms=[300.0 + n for n in range(30)], names={1: "a1"})
    folder.samples.mkdir()

    main(folder)

    said = " ".join(capsys.readouterr().err.split())
    assert "run/samples.parquet: " in said
    assert said.endswith("Every call is kept. The verdicts: diag recommend run")


def test_calls_that_cannot_be_read_are_one_sentence(
    folder: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    main(folder)

    assert capsys.readouterr().err.endswith("The verdicts: diag recommend run\n")
