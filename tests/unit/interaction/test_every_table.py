"""Every table and every plan on terminals of 60, 80 and 100 columns: each number and verdict is whole."""

import io
import os
import re
import shutil
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console as RichConsole

from analysis.verdicts.recommendation import Recommendation, Verdict
from analysis.wrapped_text import columns_of
from diag.apply_dialog.plan_text import plan_text
from diag.changes.journal.journal_line import JournalLine
from diag.changes.plans.plan import Change, Evidence, OrgIdentity, Plan, SkippedChange
from diag.checks.rules import DEFAULT_RULES, judge
from diag.commands.check import findings_table
from diag.commands.compare import comparison_table
from diag.commands.history import history_table
from diag.console import Console
from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.flows import Consumer
from diag.genesys.integrations import Integration
from diag.interaction.recommendation_table import loops_table, recommendation_table
from diag.inventory.row import InventoryRow
from diag.inventory.view import inventory_table
from diag.measuring.run_progress import ActionProgress, RunProgress
from diag.measuring_dialog.progress_table import live_table
from diag.table import Table, to_text
from diag.table_layout import UNKNOWN
from tests.support.changes.fake_org import change_for, full_config
from tests.support.changes.journal_records import record
from tests.support.changes.recommendations import analysis_of, recommendation
from tests.support.reports.production_beside import make_loops
from tests.support.reports.report_factory import CASES, make_report
from tests.unit.reports.pages.test_compare_page import make_comparison

WIDTHS: Final = (60, 80, 100)
NAMES: Final = (
    "Get Loyalty Points",
    "Search Knowledge Articles By Customer And Language And Region",
    "顧客検索" * 6,
)
FIGURE: Final = re.compile(
    r"(?<![\w.])[<+-]?\d[\d,.]*\d(?: (?:ms|s|%|calls?|min|h)(?!\w))?|\d(?: (?:ms|s|%|calls?)(?!\w))"
)

ROWS: Final = tuple(
    recommendation(
        verdict,
        action_name=NAMES[place % len(NAMES)],
        quantile_ms=1784.0,
        quantile_upper_ms=23_940.0,
        samples=123_456,
        current_timeout_s=60,
        timeout_is_set=place % 2 == 0,
        cut_off_now=0.0123,
        cut_off_after=0.00004,
    )
    for place, verdict in enumerate(Verdict)
)


def journal_line(name: str) -> JournalLine:
    return record(
        "20261128T125742Z-1a2b3c",
        phase="result",
        at=1.8e9,
        apply_id="20261128T125742Z-4d5e6f",
        origin="set",
        sandbox=True,
        action_name=name,
        before_timeout_s=60,
        after_timeout_s=12,
        version_before=3,
        version_after=4,
        outcome="RESTORED",
        reason="the test call took 12.3 s, which is over 12 s, so it was put back",
    )


def inventory_row(name: str) -> InventoryRow:
    config = ActionConfig(12, {"requestType": "GET"}, {})
    action = Action("custom_-_0f2c9d1e-0000-4000-8000-0123456789ab", name, "i1", "Web", 17, False, config)
    flow = Consumer("f1", "Main inbound flow", "INBOUNDCALL", "3.0")
    return InventoryRow(action, Integration("i1", "CRM", None, None), draft=True, consumers=(flow,))


@cache
def tables() -> dict[str, Table]:
    analysis = analysis_of(*ROWS)
    return {
        "recommend": recommendation_table(analysis),
        "loops": loops_table(make_loops(make_report(CASES[:1], calls=100)).analysis),
        "check": findings_table(judge(analysis, DEFAULT_RULES)),
        "compare": comparison_table(make_comparison(2)),
        "compare three": comparison_table(make_comparison(3)),
        "history": history_table([journal_line(name) for name in NAMES]),
        "scan": inventory_table([inventory_row(name) for name in NAMES]),
    }


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda fallback=(0, 0): os.terminal_size((width, 24)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")


def assert_whole(texts: list[str], shown: list[str], width: int) -> None:
    assert max(map(columns_of, shown)) <= width
    for text in texts:
        for figure in FIGURE.findall(text):
            assert any(figure in line for line in shown), (figure, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_table_shows_every_number_and_verdict_whole(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch, width)
    for name, table in tables().items():
        Console().table(table)
        shown = capsys.readouterr().out.splitlines()
        cells = [to_text(cell) for row in table.rows for cell in row if cell != UNKNOWN]
        assert_whole(cells, shown, width)
        for cell in cells:
            short = columns_of(cell) <= 20
            assert not short or any(cell in line for line in shown), (name, cell)
        together = " ".join(" ".join(shown).split())
        assert all(word in together for cell in cells for word in cell.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_of_a_plan_keeps_its_numbers_whole(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch, width)
    text = plan_text(PLAN)
    Console().block(text)
    shown = capsys.readouterr().err.splitlines()

    assert_whole([text], shown, width)
    assert " ".join(" ".join(shown).split()) == " ".join(text.split())
    assert any("60 s -> 12 s" in line for line in shown)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_live_table_shows_every_figure_whole(width: int) -> None:
    actions = tuple(
        ActionProgress(name, name, 123_456, 120_000, 1_784, 1_672, p50_ms=1784.0, p99_ms=23_940.0)
        for name in NAMES
    )
    progress = RunProgress(30.0, 90.0, 123_456, 120_000, 1784, 1672, 4, 302, 20.0, actions)
    console = RichConsole(width=width, file=io.StringIO(), record=True, force_terminal=False)
    console.print(live_table(progress, rows=24, width=width))
    shown = [line.rstrip() for line in console.export_text().splitlines()]

    assert_whole(["123456", "120000", "1784", "1672", "1784 ms", "23.9 s", "302 in flight"], shown, width)
    assert sum("23.9 s" in line for line in shown) == len(NAMES)


def test_no_table_is_drawn_in_another_way() -> None:
    files = Path(__file__).resolve().parents[3].joinpath("diag").rglob("*.py")

    assert [file for file in files if "rich.table" in file.read_text(encoding="utf-8")] == []


def _change(row: Recommendation) -> Change:
    evidence = Evidence(
        "raise", samples=123_456, timeouts=1784, p99_ms=1784.0, p99_upper_ms=23_940.0, grade="B",
        concurrency_share=0.23, invented_share=0.5, uncapped_timeout_s=42,
        warnings=("The generator was 12.3 ms late in 99 of 100 calls, so latencies may read 2 ms high.",),
    )  # fmt: skip
    reason = "99 of 100 calls finish within 7.94 s (at most 8.12 s with 95 % confidence); raise to 12 s"
    change = change_for(full_config(row.action_id, 60), 12)
    return replace(change, action_name=row.action_name, reason=reason, evidence=evidence, forced=True)


PLAN: Final = Plan(
    created_at=1.8e9,
    org=OrgIdentity("o", "An org", "api.mypurecloud.de", sandbox=True),
    changes=tuple(_change(row) for row in ROWS[:3]),
    skipped=tuple(
        SkippedChange(row.action_id, row.action_name, "the timeout would drop from 30 s to 2 s on 500 calls")
        for row in ROWS[3:5]
    ),
    weak=("Run 20261128-125742 was cut short after 12 s of 60 s; 1,234 calls are missing.",),
)
