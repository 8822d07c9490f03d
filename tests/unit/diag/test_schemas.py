"""The schemas hold what writers write and readers read, no more and no less."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from analysis.dataclass_to_json import Written
from analysis.format.json_to_dataclass import WrongShapeError, other_version, typed
from analysis.format.manifest import Approved, DirectRun, LeftOut, Manifest, ManifestHead, UsedFact
from analysis.plain_text import json_text
from analysis.views.cut_off_history import CutOffHistory, CutOffSpan, TimeoutChange
from diag.campaign.saved import CAMPAIGN_WRITTEN, CampaignHead, NotCalled, Saved, TuneQuestion
from diag.changes.change_errors import PlanFileError
from diag.changes.journal.journal_line import LINE_WRITTEN
from diag.changes.journal.parse_line import DamagedLineError, parse_line
from diag.changes.plans.plan import Evidence, Plan, SkippedChange, Unchanged
from diag.changes.plans.plan_file import plan_from_json, plan_to_json
from reports.pages.report_page import build_json
from tests.support.campaigns import campaign
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.journal_records import record
from tests.support.drawn.schemas import faults
from tests.support.drawn.type_schema import SchemaMaker
from tests.support.forged import each_part_otherwise
from tests.support.reports.backend_beside import with_backends
from tests.support.reports.flows_shown import with_made_flows
from tests.support.reports.production_beside import make_loops, make_production
from tests.support.reports.report_factory import CASES, in_windows, make_report, words_only

CHANGE = replace(change_for(full_config(), 10), evidence=Evidence("raise", 40, p99_ms=1.5, warnings=("w",)))
PLAN = Plan(
    1000.5, IDENTITY, (CHANGE,), (SkippedChange("a2", "Two", "few"),), (Unchanged("a3", "Three", "fits"),)
)
MANIFEST = Manifest(
    "r1", 1.7e9, "complete", True, "x", "open", (), (LeftOut("a", "b"),), rates=(("a", 1.5),),
    generator={"cpu_share": 0.5}, versions=(("diag", "1"),), recommend={"a": {"cap_s": 20}},
    platform_facts=(UsedFact("k", "v", "2026-11-29"),), platform_contradicted={"k": 2},
    approval=Approved("t", "23:00-05:00", "UTC"), direct=DirectRun(("a",), {"h": 2.5}, 1.5),
)  # fmt: skip
CAMPAIGN = Saved(
    "c-1", "h", "o", "Acme", True,
    TuneQuestion("1h", "w.toml", ("A",), 7, {"percentile": 0.9}, "d", {"p": "d"}),
    campaign(), (NotCalled("a", "A", "why", True),),
)  # fmt: skip
CAMPAIGN_HEAD: CampaignHead = {"format_version": 1, "kind": "diag campaign"}
BODIES: Mapping[str, Any] = {
    "plan": json.loads(plan_to_json(PLAN)),
    "manifest": {"format_version": 1, **Written(Manifest).of(MANIFEST)},
    "campaign": CAMPAIGN_WRITTEN.of(CAMPAIGN, CAMPAIGN_HEAD),
    "journal-line": {"format_version": 1, **LINE_WRITTEN.of(record())},
}


def _plan(body: dict[str, Any]) -> None:
    try:
        plan_from_json(json.dumps(body), "plan.json")
    except PlanFileError as error:  # of one that was exchanged no digest is right: then it must be a text
        if "digest does not match" not in error.message or not isinstance(body.get("digest"), str):
            raise


def _manifest(body: dict[str, Any]) -> None:
    if other_version(body, 1):
        raise WrongShapeError("another format")
    head = ManifestHead.__annotations__
    typed(Manifest, {name: value for name, value in body.items() if name not in head}, closed=True)


def _campaign(body: dict[str, Any]) -> None:
    if body.get("kind") != "diag campaign" or other_version(body, 1):
        raise WrongShapeError("another file")
    typed(Saved, {name: value for name, value in body.items() if name not in CAMPAIGN_HEAD}, closed=True)


OTHER_VALUES: Sequence[Any] = (
    *(None, False, True, -1, 0, 61, 1.5, 1e13 + 0.5, 2**60, "x"),
    *([], [[]], {}, {"x": None}),
)
READERS: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "plan": _plan,
    "manifest": _manifest,
    "campaign": _campaign,
    "journal-line": lambda body: parse_line(json.dumps(body)),
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_written_to_a_file_fits(name: str) -> None:
    assert faults(name, BODIES[name]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_a_schema_takes_what_the_reader_takes_and_nothing_else(name: str) -> None:
    others = each_part_otherwise(BODIES[name], OTHER_VALUES)
    differ = [place for place, body in others if _reads(name, body) == bool(faults(name, body))]

    # Keys that the journal's reader does not know are left alone: a newer diag may have written them.
    assert [place for place in differ if name != "journal-line" or place[-1] != "more"] == []


def _reads(name: str, body: dict[str, Any]) -> bool:
    try:
        READERS[name](body)
    except (WrongShapeError, DamagedLineError, PlanFileError):
        return False
    return True


@pytest.mark.slow
def test_a_report_with_everything_beside_it_fits() -> None:
    spans = tuple(CutOffSpan(86_400.0 * day, 100, day % 3) for day in range(40))
    history = CutOffHistory(0.01, 1, spans, (TimeoutChange(86_400.0 * 9, 5, 8),))
    data = with_made_flows(with_backends(make_loops(make_production(in_windows(make_report(CASES))))), 2)
    data = replace(data, histories={action.action_id: history for action in data.analysis.actions})

    body = json.loads(json_text(build_json(data)))

    assert {"figures", "flows", "loops", "campaigns"} <= body.keys() | body["actions"][0].keys()
    assert all(body[name] for name in ("flows", "flow_warnings", "loops", "campaigns", "production"))
    assert faults("report", body) == []


def test_a_key_more_or_less_is_a_fault() -> None:
    body = json.loads(json_text(build_json(words_only(make_report(CASES[:1])))))
    body["actions"][0]["more"] = 1

    del body["actions"][0]["reason"]

    one, another = sorted(fault.partition(": ")[2] for fault in faults("report", body))
    assert '"reason" is a required' in one and "'more'" in another


def test_a_type_that_no_file_can_hold_is_not_drawn() -> None:
    with pytest.raises(TypeError, match="nothing that JSON holds"):
        SchemaMaker().of(bytes)
