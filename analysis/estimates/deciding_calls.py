"""The calls of each action that its number comes from: the deciding load level, without warm-up."""

from collections.abc import Mapping

from analysis.estimates.level_estimates import choose_main, judge_level, slowest_proven
from analysis.estimates.load_levels import split_levels
from analysis.estimates.service_time import on_the_right_clock
from analysis.format.action_facts import ActionFacts
from analysis.samples.action_calls import Calls, by_action
from analysis.samples.sample_set import SampleSet
from analysis.settings import RecommendSettings


def calls_that_count(
    samples: SampleSet, facts: Mapping[str, ActionFacts], settings: RecommendSettings
) -> dict[str, Calls]:
    """Return them by action id; actions without any are absent. `facts` as `Analysis.facts`."""
    found: dict[str, Calls] = {}
    for action in by_action(samples.table):
        peak = facts[action.action_id].production_peak_rate if action.action_id in facts else None
        levels = split_levels(on_the_right_clock(action.calls).calls, peak)
        judged = [judge_level(level, settings) for level in levels.usable]
        main = choose_main(judged, peak)
        if main is not None:
            found[action.action_id] = slowest_proven(main, judged).calls
    return found
