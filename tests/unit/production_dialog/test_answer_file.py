"""What `diag observe --against` draws of the test."""

from datetime import UTC, datetime, timedelta

import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import apply_plan
from analysis.verdicts.recommend import recommend
from analysis.views.summarise import summarise
from diag.genesys.analytics.execution_counts import IntervalCounts
from diag.genesys.data_action import Action, ActionConfig
from diag.production.drift_and_resemblance import findings_of
from diag.production.judge_telemetry import evidence_of
from diag.production.production_evidence import Place, ProductionQuestion
from diag.production.reading.read_telemetry import ObservedAction, Production
from diag.production.reading.time_window import Window
from diag.production_dialog.answer import Answer
from diag.production_dialog.answer_file import page_of
from tests.support.sample_tables import calls, lognormal, sample_set

RULES = RecommendSettings()
UNTIL = datetime(2026, 7, 8, tzinfo=UTC)
WINDOW = Window(UNTIL - timedelta(days=7), UNTIL)


@pytest.mark.slow
def test_the_tests_curve_is_the_one_its_own_verdict_rests_on() -> None:
    """Two load levels: the verdict rests on one of them, and a curve of all calls would say otherwise."""
    test = sample_set(
        calls(lognormal(3000, 2.0), timeout_s=5).assign(offered_rate=2.0),
        calls(lognormal(3000, 4.2), timeout_s=5).assign(offered_rate=9.0),
    )
    action = Action("orders", "Orders", "i1", "Web", 3, False, ActionConfig(5, {"requestType": "GET"}, {}))
    hours = tuple(
        IntervalCounts(f"2026-07-02T{hour:02d}:00:00.000Z/later", 100, (10, 60, 20, 8, 2), 4e3)
        for hour in range(24)
    )
    production = Production((ObservedAction(action, 5, WINDOW, hours),), ())
    evidence = evidence_of(
        production, ProductionQuestion(WINDOW, RULES), Place("https://api.example", False), 50
    )
    answer = Answer(evidence, findings_of(evidence.observed, RULES, test), "")

    (drawn,) = (one for one in page_of(answer, test, None).summaries["orders"].series if one.name == "test")

    waiting = recommend(test, settings=RULES).waiting
    assert drawn.survival == summarise(test, RULES, waiting)["orders"].survival
    assert drawn.survival != summarise(test, RULES)["orders"].survival


def test_what_is_set_is_set_in_the_org_that_was_read() -> None:
    """The usual profile may lead to another org, which would refuse the plan."""
    place = Place("https://api.example", False)
    evidence = evidence_of(Production((), ()), ProductionQuestion(WINDOW, RULES), place, 50)
    answer = Answer(evidence, {}, "--days 9 --profile live", ("--profile", "live"))

    assert answer.to_set == (
        "diag observe --days 9 --profile live --out plan.json && diag apply plan.json --profile live"
    )
    assert page_of(answer, None, None).to_set == answer.to_set
    assert apply_plan("-my plan.json", ()) == "diag apply './-my plan.json'"
