"""What to do next: only what makes sense for these verdicts, judged as this report was."""

from dataclasses import replace

from analysis.verdicts.recommendation import Verdict
from reports.pages.next_steps import next_steps
from reports.report_data import ReportData
from tests.support.reports.production_beside import make_production
from tests.support.reports.report_factory import CASES, make_report


def commands(data: ReportData) -> list[str]:
    return [command for _, command in next_steps(data)]


def test_a_change_is_offered_with_the_runs_and_rules_of_this_report() -> None:
    data = replace(make_report(CASES[:1]), source="runs/A --percentile 0.95")

    assert commands(data) == ["diag recommend runs/A --percentile 0.95 --apply", "diag undo", "diag measure"]


def test_where_the_timeout_fits_nothing_is_to_be_applied_or_undone() -> None:
    assert commands(make_report(CASES[8:9])) == ["diag measure"]


def test_a_number_that_needs_force_is_not_offered() -> None:
    assert "--apply" not in " ".join(commands(make_report(CASES[1:2])))


def test_what_is_not_known_is_to_be_found_out() -> None:
    data = make_report(CASES[10:11])

    assert commands(data)[0].startswith("diag measure --action")


def test_production_is_applied_from_a_plan() -> None:
    data = make_production(make_report(CASES[:1]))
    actions = tuple(replace(one, source="production", verdict=Verdict.LOWER) for one in data.analysis.actions)
    alone = replace(data, manifests=(), source=None, analysis=replace(data.analysis, actions=actions))
    asked = replace(alone, source="'Get Balance' --days 14 --rule sum")

    assert commands(alone)[:2] == ["diag observe --out plan.json", "diag apply plan.json"]
    assert commands(asked)[0] == "diag observe 'Get Balance' --days 14 --rule sum --out plan.json"
