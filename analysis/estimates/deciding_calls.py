"""The calls of each action that its number comes from: the deciding load level, without warm-up.

Those of its backend, called directly, are apart.
"""

from collections.abc import Mapping

from analysis.estimates.judge_action import judge_action
from analysis.format.action_facts import ActionFacts
from analysis.format.sample_schema import entry_key
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.sample_set import SampleSet


def calls_that_count(
    samples: SampleSet, facts: Mapping[str, ActionFacts], settings: RecommendSettings
) -> dict[str, Calls]:
    """Return them by key (`analysis.format.sample_schema`); actions without any are absent. `facts` as
    `Analysis.facts`."""
    counting: dict[str, Calls] = {}
    for target, table in samples.sides():
        for action in by_action(table):
            peak = facts[action.action_id].production_peak_rate if action.action_id in facts else None
            judged = judge_action(action.calls, peak, settings)
            if judged.main is not None:
                counting[entry_key(action.action_id, target)] = judged.deciding.calls
    return counting
