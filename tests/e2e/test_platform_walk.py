"""A rehearsed org of each nasty kind: learn, measure, observe, recommend, apply, undo; nothing changes.

`EVERY_VALUE=1` walks through every value of every switch, one by one and with a real load (a quarter of an
hour), but where the org's limits cannot be read: by the usual ones a load has to be slower. Without it, the
nastiest value of each, three switches in a walk, two of the walks with a load.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.platform_facts.platform_file import read_platform
from tests.support import sandbox_control
from tests.support.learnt_facts import facts_of_switches, value_of
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.walked_org import RULES, Walked, walking

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ORG: Final = """
description = "An org to walk through"
as_org = true
[limits]
concurrent_executions = 5000
executions_per_minute = 100000
token_requests_per_minute = 100000
[[integration]]
name = "CRM"
[[action]]
name = "Slow"
integration = "CRM"
category = "Test"
timeout_s = 2
input.id = { type = "string" }
latency = { model = "fixed", at_ms = 2500 }
[[action]]
name = "Tight"
integration = "CRM"
category = "Test"
timeout_s = 1
input.id = { type = "string", enum = ["1", "2"] }
latency = { model = "lognormal", median_ms = 750, sigma = 0.03 }
history = { days = 2, peak_calls_per_hour = 20 }
[[action]]
name = "Brisk"
integration = "CRM"
category = "Test"
timeout_s = 1
input.id = { type = "string" }
latency = { model = "fixed", at_ms = 20 }
history = { days = 2, peak_calls_per_hour = 20 }
[[action]]
name = "Never set"
integration = "CRM"
category = "Test"
secure = true
latency = { model = "fixed", at_ms = 50 }
"""
TIGHT: Final = "Tight"
"""What a real load has to raise; each change is proven by a call of three quarters of a second."""
BRISK: Final = "Brisk"
"""What ready calls say that about."""
SECURE: Final = "Never set"
NASTY: Final[tuple[dict[str, Any], ...]] = (
    {"timeout_form": "408", "clear_timeout": "null", "max_page_size": 1000},
    {
        "timeout_code": "Action.TimedOut",
        "stale_form": "408",
        "list_include_config": False,
        "analytics": {"lag_s": 300},
    },
    {
        "timeout_step": "Run the request",
        "patch_config": "merge",
        "analytics": {"views_per_query": 1, "percentiles": False, "by_correlation": False},
    },
    {"edge_timeout_s": 1.6, "subjects_me": False, "audits": {"entity": ""}},
    {"secure_results": "masked", "retry_after": False, "rate_limit_headers": "none"},
    {"limits_readable": False, "draft_timeout": "published", "analytics_count_tests": False},
)
"""Each switch turned to its nastier side, three at a time that do not hide each other: how calls end, how
changes and drafts are taken, what is told of lists, limits and the past."""
OTHERS: Final[tuple[tuple[str, Any], ...]] = (
    ("timeout_form", "success_false"),
    ("timeout_form", "504"),
    ("stale_form", "400"),
    ("clear_timeout", "neither"),
    ("max_page_size", 200),
    ("max_page_size", 500),
    *(("analytics", {"views_per_query": views}) for views in (1, 5, 20, 50)),
    ("analytics", {"percentiles": False}),
    ("analytics", {"by_correlation": False}),
    ("analytics", {"most_groups": 1}),
    ("analytics", {"most_groups": 1, "over_groups": "cut"}),
    ("analytics", {"lag_s": 300}),
    ("analytics", {"timeout": {"response_status": "408", "error_type": "Request.Timeout"}}),
    ("analytics", {"ok": {"response_status": "", "error_type": ""}}),
    ("audits", {"service": "Bridge", "entity": "DataAction", "tells_values": False}),
)
"""The other values: with the defaults they are all that a sandbox can be set to, one switch at a time."""
EVERY: Final = bool(os.environ.get("EVERY_VALUE"))
LOADED: Final = ("timeout_form", "edge_timeout_s")
ONE_BY_ONE: Final = ((name, value) for turned in NASTY for name, value in turned.items())
TURNED: Final = [{name: value} for name, value in (*ONE_BY_ONE, *OTHERS)] if EVERY else list(NASTY)


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> RunningSandbox:
    path = tmp_path_factory.mktemp("org") / "org.toml"
    path.write_text(ORG)
    return start_module_sandbox(path)


@pytest.fixture
def walked(running: RunningSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Walked]:
    """The switches are turned back after the test."""
    usual = sandbox_control.ask(running.base_url, "switches")
    yield walking(running, tmp_path, monkeypatch)
    running.switch(**usual)


@pytest.mark.parametrize("turned", TURNED, ids="-".join)
def test_from_learning_to_undo_nothing_published_changes(walked: Walked, turned: dict[str, Any]) -> None:
    before = walked.published()
    walked.running.switch(**turned)

    # Only a call that goes well tells whether the result of a secure action is shown.
    tried = SECURE if "secure_results" in turned else "Slow"
    long = ["--long"] if "edge_timeout_s" in turned else []
    assert run(["doctor", "--learn", tried, *long, "--yes"]) == ExitCode.OK
    learnt = read_platform(walked.folder / "platform.toml")
    meant = facts_of_switches(turned)
    assert {key: value_of(learnt, key) for key in meant} == meant
    assert learnt.learnt() and walked.published() == before
    loaded = any(switch in LOADED for switch in turned) or (EVERY and "limits_readable" not in turned)
    action = TIGHT if loaded else BRISK
    evidence = walked.evidence(action, loaded=loaded)
    assert run(["observe", "--days", "1", "--format", "json", "-o", "production.json"]) == ExitCode.OK
    assert json.loads((walked.folder / "production.json").read_text())["actions"]
    assert walked.published() == before

    # The grade of a busy machine's generator holds numbers back, which is not what is proven here.
    assert run(["recommend", evidence, *RULES, "--force", "--out", "plan.json"]) == ExitCode.OK
    assert run(["apply", "plan.json", "--yes"]) == ExitCode.OK
    after = walked.published()
    assert {name for name in before if after[name] != before[name]} == {action}
    assert run(["undo", "--yes"]) == ExitCode.OK
    assert walked.published() == before
