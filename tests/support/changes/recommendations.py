"""Analyses made by hand."""

from dataclasses import replace
from typing import Any

from analysis.recommend_settings import RecommendSettings
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict


def recommendation(verdict: Verdict = Verdict.RAISE, **values: Any) -> Recommendation:
    made = Recommendation(
        action_id="custom_-_1",
        action_name="Action custom_-_1",
        verdict=verdict,
        reason="99 of 100 calls finish within 7.9 s; raise to 10 s",
        recommended_timeout_s=10,
        current_timeout_s=5,
        samples=5000,
        n_eff=4000.0,
        grade="B",
    )
    return replace(made, **values)


def analysis_of(*items: Recommendation) -> Analysis:
    return Analysis(settings=RecommendSettings(), actions=items, facts={}, run_ids=("run-1",))
