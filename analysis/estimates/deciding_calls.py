"""The calls of each action that its number comes from: the deciding load level, without warm-up."""

from collections.abc import Mapping

from analysis.estimates.judge_action import judge_action
from analysis.format.action_facts import ActionFacts
from analysis.samples.action_calls import Calls, by_action
from analysis.samples.sample_set import SampleSet
from analysis.settings import RecommendSettings


def calls_that_count(
    samples: SampleSet, facts: Mapping[str, ActionFacts], settings: RecommendSettings
) -> dict[str, Calls]:
    """Return them by action id; actions without any are absent. `facts` as `Analysis.facts`."""
    counting: dict[str, Calls] = {}
    for action in by_action(samples.table):
        peak = facts[action.action_id].production_peak_rate if action.action_id in facts else None
        judged = judge_action(action.calls, peak, settings)
        if judged.main is not None:
            counting[action.action_id] = judged.deciding.calls
    return counting
