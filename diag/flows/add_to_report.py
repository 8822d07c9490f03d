"""The flows of a report's actions, as they were last read, or from files."""

from dataclasses import replace
from pathlib import Path

from analysis.flows.join_actions import NamedAction
from analysis.verdicts.evidence_to_set import will_be_set
from diag.flows.flow_cache import FlowCacheError
from diag.flows.flows_calling_actions import ActionTimeouts, kept_flows, shown_flows
from reports.report_data import ReportData


def with_flows(data: ReportData, runs: Path, folder: Path | None = None) -> ReportData:
    """Return a report with the flows that call its actions; as it is where none were ever read.

    A damaged file of kept flows becomes a note: a report is made all the same. Raises UsageError for a folder
    without a flow.
    """
    places = [(one.host, one.org_id) for one in data.manifests]
    orgs = dict.fromkeys((*places, (data.analysis.host, data.analysis.org_id)))
    actions = [
        ActionTimeouts(
            NamedAction(one.action_id, one.action_name),
            one.current_timeout_s,
            one.recommended_timeout_s if will_be_set(one) else None,
        )
        for one in data.analysis.actions
    ]
    try:
        kept = kept_flows(runs, [(host, org_id) for host, org_id in orgs if host and org_id])
    except FlowCacheError as error:
        kept, data = None, replace(data, notes=(*data.notes, f"Flows are not shown: {error.message}"))
    return replace(data, flows=shown_flows(kept, folder, actions))
