"""Which actions of a run get more calls: all that lack some, or those that are named."""

from pathlib import Path

import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked
from diag.changes.change_errors import UnknownActionError
from diag.measuring.continuing.lacking_run import LackingRun, lacking_run
from tests.support.runs_that_lack_calls import write_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


def lacking(run: Path, *only: str) -> LackingRun:
    return lacking_run(run, run.parent, RecommendSettings(), asked=Asked(), zone=None, only=only)


@pytest.mark.slow
def test_a_name_that_means_no_action_of_the_run_is_said_though_another_does(run: Path) -> None:
    assert lacking(run).more.keys() == {"a1", "a2"}
    assert lacking(run, "Get 1").more.keys() == {"a1"}
    with pytest.raises(UnknownActionError, match="None of these actions is 'Gte 2'") as error:
        lacking(run, "Get 1", "Gte 2")
    assert error.value.hint == "Did you mean 'Get 2' or 'Get 1'?"
