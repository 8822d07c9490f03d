"""What to do next on the page: what the terminal says, for this report's runs and rules."""

import re
from dataclasses import replace

import pytest

from analysis.verdicts.recommendation import Verdict
from reports.exports.markdown import build_markdown
from reports.exports.terminal_report import build_terminal
from reports.pages.command_to_apply import next_steps
from reports.pages.report_page import build_json, build_report
from reports.report_data import ReportData
from reports.wording.headline import headline
from tests.support.reports.production_beside import make_production
from tests.support.reports.report_factory import CASES, make_report, words_only


def commands(data: ReportData) -> list[str | None]:
    return [step.command for step in next_steps(data)]


def test_a_change_is_offered_with_the_runs_and_rules_of_this_report() -> None:
    data = replace(make_report(CASES[:1]), source="runs/A --percentile 0.95")

    assert commands(data) == ["diag recommend runs/A --percentile 0.95 --apply"]


def test_where_the_timeout_fits_nothing_is_to_be_done() -> None:
    assert commands(make_report(CASES[8:9])) == []
    assert "What to do now" not in build_report(words_only(make_report(CASES[8:9])))


def test_a_number_that_has_to_wait_is_not_offered() -> None:
    assert "--apply" not in " ".join(map(str, commands(make_report(CASES[1:2]))))


def test_what_is_not_known_is_to_be_found_out() -> None:
    (command,) = commands(make_report(CASES[10:11]))

    assert command is not None and command.startswith("diag measure --action")


def test_production_is_applied_from_a_plan() -> None:
    data = make_production(make_report(CASES[:1]))
    actions = tuple(replace(one, source="production", verdict=Verdict.LOWER) for one in data.analysis.actions)
    alone = replace(data, manifests=(), source=None, analysis=replace(data.analysis, actions=actions))
    asked = replace(alone, source="'Get Balance' --days 14 --rule sum")

    assert commands(alone) == ["diag observe --out plan.json && diag apply plan.json"]
    assert commands(asked) == [
        "diag observe 'Get Balance' --days 14 --rule sum --out plan.json && diag apply plan.json"
    ]


@pytest.mark.slow
def test_page_markdown_and_terminal_say_the_same_under_the_headline() -> None:
    data = words_only(make_report())
    page, steps = build_report(data), next_steps(data)

    assert 1 < len(steps) <= 3
    assert page.index("id=h-now") < page.index("id=recommendations")
    for text in (build_markdown(data), build_terminal(data, width=400)):
        for step in steps:
            assert step.what in text.replace("\\", "")


def test_the_head_counts_with_the_actions_that_were_not_called_and_the_table_shows_those_that_were() -> None:
    called, both = words_only(make_report(CASES[:1])), make_report(CASES[:1] + CASES[3:4]).analysis.actions
    data = replace(called, counted=both, to_set="diag apply plan.json")
    page, body = build_report(data), build_json(data)

    said = "2 of 2 actions can be set now."
    assert body["headline"]["text"] == headline(both) and headline(both).startswith(said)
    assert body["tally"] == {"raise": 2}
    assert body["next"] == [("Set 2 timeouts (you see the plan and are asked first)", "diag apply plan.json")]
    assert len(body["actions"]) == body["called_actions"] == 1
    assert CASES[3][0] not in page
    for text in (build_markdown(data), build_terminal(data, width=400), page):
        plain = re.sub(r"<[^>]+>", "", text)
        assert said in plain and "2 to raise" in plain
        assert "calls to 1 action " in plain and "Set 2 timeouts" in plain


def test_good_news_is_in_no_warning_box() -> None:
    data = replace(
        words_only(make_report(CASES[:1])), results=("Applied and called again.",), notes=("Something else.",)
    )
    page = build_report(data)

    assert '<p class="note good"><span aria-hidden=true>✓</span> Applied and called again.</p>' in page
    assert "<p class=note>Something else.</p>" in page
    assert "**Done:** Applied and called again" in build_markdown(data)
