"""Which flows a report shows: those kept of its org that call its actions, and those of a folder."""

import json
from dataclasses import replace
from pathlib import Path

from analysis.flows.flow import ArchitectFlow, FlowStep
from analysis.flows.flow_words import waits_by
from diag.flows.add_to_report import with_flows
from diag.flows.flow_cache import KeptFlows, cache_path, write_cache
from reports.report_data import ReportData
from tests.support.flow_files import configuration, data_step, task
from tests.support.reports.report_factory import CASES, make_report


def report_of(org_id: str) -> ReportData:
    data = make_report(CASES[:1])
    return replace(data, analysis=replace(data.analysis, host="host", org_id=org_id))


def flow(name: str, *action_ids: str) -> ArchitectFlow:
    return ArchitectFlow(
        name,
        "INBOUNDCALL",
        tuple(FlowStep(one, one, one, follows_action=True) for one in action_ids),
        id=name,
        version="1.0",
    )


def test_kept_flows_of_the_same_org_are_shown_with_the_timeouts_of_other_actions(tmp_path: Path) -> None:
    data = report_of("org")
    action_id = data.analysis.actions[0].action_id
    flows = (flow("Main", action_id, "other"), flow("Elsewhere", "other"))
    write_cache(tmp_path, KeptFlows("host", "org", 1.0, flows, timeouts={"other": 7}))

    shown = with_flows(data, tmp_path).flows

    assert shown is not None and [view.flow.name for view in shown.views] == ["Main"]
    (view,) = shown.views
    assert (view.wait.ms, view.then_wait.ms) == (12_000, 17_000)
    assert with_flows(report_of("another"), tmp_path).flows is None


def test_a_function_ends_its_calls_by_its_own_timeout_where_that_is_shorter(tmp_path: Path) -> None:
    data = report_of("org")
    action_id = data.analysis.actions[0].action_id
    kept = KeptFlows("host", "org", 1.0, (flow("Main", action_id),), functions={action_id: 4})
    write_cache(tmp_path, kept)

    shown = with_flows(data, tmp_path).flows

    assert shown is not None and not shown.warnings
    (view,) = shown.views
    assert (view.wait.ms, view.then_wait.ms, view.changes) == (4_000, 4_000, False)
    assert waits_by(view.steps[0]) == "its function's 4 s"


def test_a_damaged_file_of_kept_flows_is_a_note(tmp_path: Path) -> None:
    cache_path(tmp_path, "host", "org").write_text("{")

    data = with_flows(report_of("org"), tmp_path)

    assert data.flows is None
    assert data.notes[-1].startswith("Flows are not shown:")


def test_flows_of_a_folder_are_shown_without_any_kept(tmp_path: Path) -> None:
    data = report_of("org")
    step = data_step(action_id=data.analysis.actions[0].action_id)
    (tmp_path / "a.json").write_text(json.dumps(configuration(task("T", step))))

    shown = with_flows(data, tmp_path / "runs", tmp_path).flows

    assert shown is not None and [view.flow.where for view in shown.views] == ["a.json"]
    assert shown.read_at is None
