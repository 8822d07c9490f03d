"""Direct calls beside those of the action, as the verbs show them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.format.sample_schema import ActionVersion, entry_key
from analysis.recommend_settings import RecommendSettings
from diag.commands.compare import _summaries
from diag.judged_files import gather
from tests.support.sample_tables import calls, lognormal
from tests.support.verb_process import diag

pytestmark = pytest.mark.slow


def through(p99_s: float) -> pd.DataFrame:
    return calls(lognormal(2000, p99_s, 1) + 0.3)


def direct(p99_s: float, outcome: str = "ok") -> pd.DataFrame:
    return calls(lognormal(2000, p99_s, 2), target="direct", outcome=outcome)


def test_the_verb_shows_both_apart(tmp_path: Path) -> None:
    for name, p99_s in (("before", 1.0), ("after", 3.0)):
        pd.concat([through(2.0), direct(p99_s)]).to_csv(tmp_path / f"{name}.csv", index=False)
    done = diag(None, tmp_path, "compare", "before.csv", "after.csv", "-o", "page.html")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text()
    assert "orders (backend)" in page
    table = diag(None, tmp_path, "compare", "before.csv", "after.csv", "--fail-on", "slower")
    assert table.returncode == 3
    assert "orders (backend)" in table.stdout


def test_a_backend_is_summarised_once_and_for_itself(tmp_path: Path) -> None:
    direct(1.0).to_csv(tmp_path / "alone.csv", index=False)
    pd.concat([through(2.0), direct(1.0)]).to_csv(tmp_path / "both.csv", index=False)
    rules = RecommendSettings()
    key = entry_key("orders", ActionVersion.DIRECT)
    assert set(_summaries(gather((tmp_path / "alone.csv",), rules), rules)) == {key}
    assert set(_summaries(gather((tmp_path / "both.csv",), rules), rules)) == {key, "orders"}


def test_the_terminal_and_the_texts_say_whose_the_time_is(tmp_path: Path) -> None:
    some_break = direct(2.0).assign(outcome=np.where(np.arange(2000) % 50 == 0, "contract_error", "ok"))
    named = {"failed_step": "$.total", "error_message": "type: not number"}
    pd.concat([through(2.0), some_break.assign(**named)]).to_csv(tmp_path / "both.csv", index=False)
    for form in ("table", "md"):
        done = diag(None, tmp_path, "recommend", "both.csv", "--format", form, COLUMNS="200")
        assert done.returncode == 0, done.stderr
        text = " ".join(done.stdout.replace("\\", "").split())
        assert "is your backend; Genesys and the way there add" in text
        assert "Called directly, 37 of 1,850 calls (2 %) came back with a reply that breaks" in text
        assert "at $.total (type: not number). A timeout does not help" in text


def test_nothing_is_planned_to_be_lowered_by_the_backend_alone(tmp_path: Path) -> None:
    calls(lognormal(4000, 1.2), rate=1.0, target="direct").to_csv(tmp_path / "alone.csv", index=False)
    facts = '[{"action_id": "orders", "current_timeout_s": 20}]'
    (tmp_path / "actions.json").write_text(facts)
    done = diag(None, tmp_path, "recommend", "alone.csv", "--actions", "actions.json", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    assert "Lower later" in done.stdout
    assert "Genesys' own share of a call is not in them" in " ".join(done.stdout.split())
