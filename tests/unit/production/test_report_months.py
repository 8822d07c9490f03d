"""The months that `diag watch` has kept, found for a report: of the same org, or none."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from analysis.production.hourly_counts import HourCounts
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import JournalLine
from diag.production.hour_store import ActionKey, open_store
from diag.production.report_series import MONTHS_UNREAD, with_history
from diag.settings import Settings
from reports.report_data import ReportData
from tests.support.changes.journal_records import record
from tests.support.reports.report_factory import CASES, make_report

DAY_S = 86_400.0
BEGAN = 20_636 * DAY_S
HOST, ORG = "api.example.test", "org-1"


def report() -> ReportData:
    data = make_report(CASES[:2], calls=400, sandbox=False)
    return replace(data, manifests=(replace(data.manifests[0], host=HOST, org_id=ORG),))


def changed(action_id: str, day: float, after_s: int = 3, **values: object) -> JournalLine:
    return record(
        f"e{day * 10:g}", action_id=action_id, phase="result", outcome="applied", org_id=ORG, host=HOST,
        at=BEGAN + day * DAY_S, before_timeout_s=5, after_timeout_s=after_s, **values,
    )  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Thirty days of the report's first action, changed on the second of them and on the tenth."""
    settings = Settings(runs=tmp_path)
    first = report().analysis.actions[0].action_id
    journal = Journal(settings.journal)
    journal.append(changed(first, 1.5))
    journal.append(changed(first, 9.5, after_s=2, promised_share=0.001))
    journal.append(replace(changed(first, 12.0), entry="refused", outcome="refused"))
    with open_store(settings.hours) as store:
        for host in (HOST, "127.0.0.1:8000"):
            hours = [HourCounts(BEGAN + DAY_S * day + 3600.0, 50, (40, 49)) for day in range(30)]
            store.keep(ActionKey(host, ORG, first), hours, BEGAN + 30 * DAY_S)
    return settings


def test_the_months_of_an_action_come_with_its_changes_and_its_promise(settings: Settings) -> None:
    data = report()
    found = with_history(data, settings)
    ((action_id, history),) = found.histories.items()
    assert action_id == data.analysis.actions[0].action_id
    assert (len(history.spans), history.all.executions, history.all.cut_off) == (30, 1500, 30)
    assert [(change.before_s, change.after_s) for change in history.changes] == [(5, 3), (5, 2)]
    assert history.accepted == 0.001
    assert replace(found, histories={}) == data


def test_another_org_and_a_bare_file_show_nothing(settings: Settings) -> None:
    data = report()
    elsewhere = replace(data, manifests=(replace(data.manifests[0], org_id="org-2"),))
    for one in (elsewhere, replace(data, manifests=())):
        assert with_history(one, settings) == one


def test_without_a_store_none_is_made(tmp_path: Path) -> None:
    data = report()
    assert with_history(data, Settings(runs=tmp_path / "runs")) == data
    assert not (tmp_path / "runs").exists()


def test_a_damaged_store_is_said_in_the_report_and_costs_nothing_else(settings: Settings) -> None:
    settings.hours.write_bytes(b"noise" * 500)
    data = report()
    assert with_history(data, settings) == replace(data, notes=(*data.notes, MONTHS_UNREAD))


def test_hours_of_what_diag_did_not_change_are_not_drawn(settings: Settings) -> None:
    lines = [json.loads(line) for line in settings.journal.read_text().splitlines()]
    lines[0]["action_id"] = lines[1]["action_id"] = "another"
    settings.journal.write_text("".join(json.dumps(line) + "\n" for line in lines[:2]))
    assert asdict(with_history(report(), settings))["histories"] == {}


def test_only_the_most_urgent_actions_of_a_large_report_are_looked_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.production.report_series.MOST_ACTIONS", 0)
    assert with_history(report(), settings).histories == {}
