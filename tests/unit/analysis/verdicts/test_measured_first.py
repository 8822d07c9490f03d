"""Two analyses as one: calls have the first word, production the word on what was not called."""

from analysis.verdicts.measured_first import measured_first
from analysis.verdicts.recommendation import Verdict
from tests.support.changes.recommendations import analysis_of, recommendation


def test_production_has_a_word_only_on_what_was_not_called() -> None:
    called = recommendation(action_id="both", recommended_timeout_s=10)
    measured = analysis_of(called)
    production = analysis_of(
        recommendation(action_id="both", recommended_timeout_s=3),
        recommendation(action_id="never called", verdict=Verdict.OVER_CAP_USE_ASYNC),
    )

    rows = measured_first(measured, production).actions

    assert [row.action_id for row in rows] == ["never called", "both"], "the most severe first"
    assert rows[1] == called
