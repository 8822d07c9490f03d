"""Which actions of a run get more calls: all that lack some, or those that are named."""

from pathlib import Path

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import Manifest, RunFolder, write_manifest
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from diag.changes.change_errors import UnknownActionError
from diag.measuring.continuing.top_up import LackingRun, lacking_run
from tests.support.sample_tables import START, write_segment

FACTS = tuple(ActionFacts(f"a{n}", f"Get {n}", current_timeout_s=5, timeout_is_set=True) for n in (1, 2))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = RunFolder(tmp_path / "run")
    rates = (("a1", 2.0), ("a2", 2.0))
    write_manifest(folder, Manifest("r1", START, "complete", True, "h", "open", FACTS, rates=rates))
    write_segment(folder, latency_ms=[300.0 + n for n in range(40)], names={1: "a1"})
    write_segment(folder, latency_ms=[300.0 + n for n in range(40)], names={1: "a2"}, worker="w-1")
    return folder.path


def lacking(run: Path, *only: str) -> LackingRun:
    return lacking_run(run, run.parent, RecommendSettings(), asked=Asked(), zone=None, only=only)


def test_a_name_that_means_no_action_of_the_run_is_said_though_another_does(run: Path) -> None:
    assert lacking(run).more.keys() == {"a1", "a2"}
    assert lacking(run, "Get 1").more.keys() == {"a1"}
    with pytest.raises(UnknownActionError, match="None of these actions is 'Gte 2'") as error:
        lacking(run, "Get 1", "Gte 2")
    assert error.value.hint == "Did you mean 'Get 2' or 'Get 1'?"
