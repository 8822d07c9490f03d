"""Every file that diag keeps and reads again, damaged and of another format version, given to its reader.

A reader returns what the file says, or nothing where it may lack it, or raises an error that says which file,
what is wrong, and what to do; it never ends in another way.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analysis_errors import AnalysisError, UnreadableSamplesError
from analysis.flows.flow import ArchitectFlow, FlowStep
from analysis.format.action_facts import ActionFacts
from analysis.format.drafts_file import DraftNote, DraftsFile, read_drafts, write_drafts
from analysis.format.input_file import InputFile
from analysis.format.manifest import Manifest, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled, write_settled
from analysis.inline_toml import inline_toml, toml_key
from analysis.plain_text import json_text
from analysis.samples.actions_file import read_actions_file
from analysis.verdicts.analysis_json import analysis_from_json, analysis_to_json
from diag.campaign.saved import (
    GoneAction,
    Saved,
    TuneQuestion,
    read_gone,
    read_saved,
    read_slot,
    write_gone,
    write_saved,
    write_slot,
)
from diag.campaign.when_next_window import Slot
from diag.changes.journal.backup import Backups
from diag.changes.journal.journal import Journal
from diag.changes.plans.plan import Plan
from diag.changes.plans.plan_file import read_plan, write_plan
from diag.choice.turns_file import Turn, WindowOrder, read_order, write_order
from diag.completion.last_scan import ScannedName, keep_names, kept_names
from diag.definitions.definition import read_definition
from diag.direct.credentials.credentials_file import read_credentials_file
from diag.errors import DiagError
from diag.flows.flow_cache import KeptFlows, cache_path, read_cache, write_cache
from diag.learning.experiments.marked_calls import MarkedCalls, read_marked_calls, write_marked_calls
from diag.learning.lab.lab import MarkedCall
from diag.measuring.unconfirmed_hosts_file import HostToConfirm, read_hosts, write_hosts
from diag.notifying.news import Notified
from diag.notifying.notification_state import NotificationState, read_state, write_state
from diag.platform_facts.facts import Learnt, PlatformFacts
from diag.platform_facts.platform_file import read_platform, write_platform
from diag.sandbox.sandbox_errors import SandboxError
from diag.sandbox.world.scenario import load_scenario, shipped_scenarios
from diag.settings import load_settings
from diag.terraform.state_or_export import read_resources
from diag.workload.read_payloads import read_payloads
from diag.workload.read_workload import read_workload
from tests.support.campaigns import BEGAN_AT, campaign
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.journal_records import record
from tests.support.examples import examples
from tests.support.forged import forged_texts, forged_values
from tests.support.reports.report_factory import CASES, make_report


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file as diag writes it, and its reader. `nothing`: what the reader returns for a file that it may
    lack; without it, it raises."""

    name: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]
    nothing: object = ...


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


def _journal(path: Path) -> object:
    journal = Journal(path)
    if journal.read() or not (damaged := journal.damaged()):
        return journal.read()
    raise UnreadableSamplesError(f"{path}: {damaged[0]}", hint="As its verbs say it.")


def _flow() -> ArchitectFlow:
    step = FlowStep("Look up", "One", "a-1", follows_action=False, own="literal", own_ms=10_000)
    return ArchitectFlow("Main", "INBOUNDCALL", (step,), id="f-1")


SAVED = Saved("c-1", "h", "o", "Acme", True, TuneQuestion("1h", None, (), 7, {"percentile": 0.9}), campaign())
FACTS = PlatformFacts("org", patch_config=Learnt("merge", date(2026, 11, 29), "seen in a test", "seen"))
RUN = Manifest("r1", 1.7e9, "complete", True, "x", "open", (ActionFacts("a-1", "Get", 5, True),))
NOTIFIED = NotificationState("5a", {"d1": {"check": {"k": Notified("m", 1.5)}}})
ORDER = WindowOrder((Turn("a-1", 4, 0.5, True),), BEGAN_AT)
MARKED = MarkedCalls("http://x", "a-1", "platform.toml", (MarkedCall("c-1", 5.0, True),))
RECOMMENDATIONS = json_text(analysis_to_json(make_report(CASES[:1]).analysis))
PLAN = Plan(1.7e9, IDENTITY, (change_for(full_config(), 10),))


RESOURCE = {
    "mode": "managed", "name": "a", "type": "genesyscloud_integration_action",
    "instances": [{"index_key": 1, "attributes": {"id": "x"}}],
}  # fmt: skip
ACTION = {
    "contract": {"input": {"inputSchema": {"type": "object"}}, "output": {"successSchema": {}}},
    "name": "A", "integrationType": "custom-rest-actions",
    "config": {"timeoutSeconds": 5, "request": {"requestUrlTemplate": "https://x/", "requestType": "GET"}},
}  # fmt: skip
BESIDE = {
    "action_id": "a", "current_timeout_s": 10, "cap_s": 30, "configurable": True, "production_peak_rate": 5.0,
    "production_hours": {"when": ["mon 08:00-18:00"], "zone": "UTC"},
}  # fmt: skip
WORKLOAD = """
format_version = 1
[run]
duration = "5m"
[[action]]
name = "A"
payload = [{ label = "x", values = { a = 1 } }]
production_hours = { when = "mon 08:00-18:00", zone = "UTC" }
"""
KEPT = KeptFlows("h", "o", 1.0, (_flow(),))


def _run(path: Path) -> RunFolder:
    return RunFolder(path.parent)


def _backups(path: Path) -> Backups:
    return Backups(path.parent.with_suffix(".jsonl"))


def _drafts(path: Path) -> DraftsFile:
    return replace(read_drafts(path), unread=None)


def _settings(path: Path) -> object:
    return load_settings({"profile": "p"}, environment={}, folder=path.parent, home=path.parent)


def _analysis(path: Path) -> object:
    return analysis_from_json(InputFile(path, UnreadableSamplesError).json())


VERSIONED: Final = (
    OwnFile(
        "manifest.json", lambda path: write_manifest(_run(path), RUN), lambda path: read_manifest(_run(path))
    ),
    OwnFile("recommendations.json", _text(RECOMMENDATIONS), _analysis),
    OwnFile("plan.json", partial(write_plan, PLAN), read_plan),
    OwnFile("journal.jsonl", lambda path: Journal(path).append(record()), _journal),
    OwnFile("campaign.json", lambda path: write_saved(path, SAVED), partial(read_saved, hint="Begin again.")),
    OwnFile("turns.json", lambda path: write_order(path, ORDER), read_order),
    OwnFile("notified.json", lambda path: write_state(path, NOTIFIED), read_state),
    OwnFile(
        cache_path(Path(), "h", "o").name,
        lambda path: write_cache(path.parent, KEPT),
        lambda path: read_cache(path.parent, "h", "o"),
    ),
    OwnFile("platform.toml", lambda path: write_platform(path, FACTS), read_platform),
    OwnFile("workload.toml", _text(WORKLOAD), read_workload),
    OwnFile("gone.json", lambda path: write_gone(path, {"a-1": GoneAction("deleted", 5.0)}), read_gone, {}),
    OwnFile(
        "drafts.json",
        lambda path: write_drafts(path, "http://x", [DraftNote("a-1")]),
        _drafts,
        DraftsFile(None, ()),
    ),
    OwnFile(
        "marked_calls.json", lambda path: write_marked_calls(path.parent, MARKED), read_marked_calls, None
    ),
    OwnFile(
        "last-scan.json",
        lambda path: keep_names(path.parent, "h", [ScannedName("a-1", "Get")]),
        lambda path: kept_names(path.parent),
        (),
    ),
)
OTHERS: Final = (
    OwnFile("slot.json", lambda path: write_slot(path, Slot(1, 5.0, 6.0, 2)), read_slot, None),
    OwnFile(
        "settled.json",
        lambda path: write_settled(_run(path), ["a-1"]),
        lambda path: read_settled(_run(path)),
        (),
    ),
    OwnFile(
        "hosts.json", lambda path: write_hosts(path, [HostToConfirm("h", ("A",), 1.5, None)]), read_hosts
    ),
    OwnFile(
        "journal.unfinished/e1.json",
        lambda path: _backups(path).keep("e1", full_config()),
        lambda path: _backups(path).load("e1"),
        None,
    ),
    OwnFile("actions.json", _text(json.dumps([BESIDE])), read_actions_file),
    OwnFile("action.json", _text(json.dumps(ACTION)), read_definition),
    OwnFile("terraform.tfstate", _text(json.dumps({"version": 4, "resources": [RESOURCE]})), read_resources),
    OwnFile("diag.toml", _text('zone = "UTC"\nprotected = true\n[profile.p]\nregion = "x"\n'), _settings),
    OwnFile("credentials.toml", _text('api_key = "x"\n[crm]\ntoken = "y"\n'), read_credentials_file),
    OwnFile("payloads.jsonl", _text('{"id": "C-1", "n": {"a": [1]}}\n'), read_payloads),
    OwnFile(
        "scenario.toml",
        _text(shipped_scenarios()["outage"].read_text()),
        lambda path: load_scenario(str(path)),
    ),
)
UNKNOWN: Final = (2, 0, True, 1.0, "1", None, 2**63)
"""Versions that no reader knows. A key that is not there, too."""


def _toml(value: Any) -> str:
    """`inline_toml`, with the dates, infinities and numbers that are none which a file may hold."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value if one is not None)}]"
    if isinstance(value, dict):
        inside = (f"{toml_key(key)} = {_toml(one)}" for key, one in value.items() if one is not None)
        return f"{{ {', '.join(inside)} }}"
    return inline_toml(value)


def _as_toml(body: Mapping[str, Any]) -> str:
    return "".join(f"{toml_key(key)} = {_toml(one)}\n" for key, one in body.items() if one is not None)


def _body(path: Path) -> Any:
    text = path.read_text()
    return tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)


def _made(own: OwnFile, folder: Path) -> tuple[Path, Any]:
    path = folder / own.name
    path.parent.mkdir(exist_ok=True)
    own.write(path)
    assert own.read(path) != own.nothing
    return path, _body(path)


@pytest.fixture(scope="module", params=[*VERSIONED, *OTHERS], ids=lambda one: one.name)
def sound(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OwnFile, Path, Any]:
    """Each file, where it lies and what is in it."""
    return request.param, *_made(request.param, tmp_path_factory.mktemp("own"))


@settings(max_examples=examples(25))
@given(st.data())
def test_a_damaged_file_is_read_or_named(sound: tuple[OwnFile, Path, Any], data: st.DataObject) -> None:
    own, path, body = sound
    if path.suffix == ".toml" and data.draw(st.integers(0, 3)):
        damaged = data.draw(forged_values(body).filter(lambda one: isinstance(one, dict)))
        path.write_text(_as_toml(damaged), encoding="utf-8", errors="surrogatepass")
    else:
        path.write_bytes(data.draw(forged_texts({} if path.suffix == ".toml" else body)) + b"\n")

    try:
        own.read(path)
    except (DiagError, AnalysisError, SandboxError) as error:
        assert path.stem in f"{error.message} {error.hint}" or own.name == "recommendations.json"


@pytest.mark.parametrize("version", [*UNKNOWN, ...])
@pytest.mark.parametrize("own", VERSIONED, ids=lambda one: one.name)
def test_another_format_version_is_said_and_not_read(own: OwnFile, tmp_path: Path, version: object) -> None:
    path, body = _made(own, tmp_path)
    del body["format_version"]
    if version is not ...:
        body["format_version"] = version
    path.write_text(_as_toml(body) if path.suffix == ".toml" else json.dumps(body) + "\n")

    if own.name == "workload.toml" and body.get("format_version") is None:
        own.read(path)  # it may be left out there: people write it
        return
    if own.nothing is not ...:
        assert own.read(path) == own.nothing
        return
    with pytest.raises((DiagError, AnalysisError), match="format_version") as caught:
        own.read(path)
    error: Any = caught.value
    assert error.hint or own.name == "notified.json"  # it is begun anew, and that is said
    if own.name != "recommendations.json":
        assert path.name in error.message
