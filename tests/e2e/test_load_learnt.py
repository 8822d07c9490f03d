"""A file of facts that does not fit: workers count what contradicts it, and the run says so."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.samples.read_samples import read_samples
from diag.measuring.load_process import LoadOptions, run_load
from diag.platform_facts.facts import Learnt, PlatformFacts
from diag.platform_facts.platform_file import write_platform
from tests.support.forked_children import forked_loads
from tests.support.load_run import action, manifest_in, sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_an_old_file_is_contradicted_in_the_manifest_and_no_timeout_is_lost(tmp_path: Path) -> None:
    form: Learnt[Any] = Learnt("success_false", date(2026, 1, 2), "seen elsewhere")
    write_platform(tmp_path / "old.toml", PlatformFacts("sandbox", timeout_form=form))
    slow = action("Slow", '{ model = "fixed", at_ms = 5000 }', timeout_s=1)
    with sandbox(tmp_path, top='[switches]\ntimeout_form = "504"', more=slow) as environment:
        env = {**environment, "HOME": str(tmp_path), "DIAG_PLATFORM": str(tmp_path / "old.toml")}
        options = LoadOptions(
            run_dir=tmp_path / "run",
            run_time_s=60,
            rate=5,
            calls_per_action=6,
            actions=("Slow",),
            processes=2,
            env=env,
        )
        with forked_loads():
            run_load(options)

    manifest = manifest_in(tmp_path)
    assert [fact.key for fact in manifest.platform_facts] == ["timeout_form"]
    assert manifest.calls is not None and manifest.calls >= 6
    assert manifest.platform_contradicted == {"timeout_form": manifest.calls}
    assert set(read_samples([tmp_path / "run"]).table["outcome"]) == {"timeout"}
    (note,) = [note for note in manifest.notes if "did not fit" in note]
    assert note.startswith(
        f"{manifest.calls} replies did not fit what was learnt of the platform on 2026-01-02"
    )
