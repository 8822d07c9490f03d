"""Which actions of a running load need no more calls: `analysis.stopping.when_settled` over a run folder.

Calls straight to a backend are judged on their own, beside those of the same action through Genesys Cloud.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.direct_side.platform_share import calls_for_a_share
from analysis.format.action_facts import ActionFacts
from analysis.format.sample_schema import ActionVersion, action_of_key, entry_key, is_direct_key
from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from analysis.recommend_settings import RecommendSettings, with_overrides
from analysis.samples.action_calls import ActionCalls
from analysis.samples.calls_of_each_action import by_action
from analysis.samples.read_samples import read_samples
from analysis.stopping.when_settled import Settled, settled
from analysis.verdicts.recommendation import Verdict


def settled_actions(
    run: Path, settings: RecommendSettings, complete_until: Mapping[str, float] | None = None
) -> dict[str, Settled]:
    """Return the state of every action recorded so far, by its key (`analysis.format.sample_schema`).

    `complete_until` gives, per key, the start (Unix seconds) of its oldest call still in flight.
    Where it is not known and the run goes on, the calls of the last timeout in force are ignored: the
    slow ones among them are not recorded yet. Raises UnreadableSamplesError when there is no call.
    """
    samples = read_samples([run])
    facts = samples.facts()
    stated = samples.stated_settings()
    running = any(manifest.status == "running" for manifest in samples.manifests)
    now = max(_latest_end(table) for _, table in samples.sides())
    found = {}
    enough = {}
    for target, table in samples.sides():
        for action in by_action(table):
            key = entry_key(action.action_id, target)
            until = (complete_until or {}).get(key)
            if until is None and running:
                until = now - _longest_wait_s(action)
            fact = facts.get(action.action_id, ActionFacts(action.action_id))
            if target is ActionVersion.DIRECT:  # a backend is measured whether or not a timeout can be set
                fact = replace(fact, configurable=True)
            rule = with_overrides(settings, stated.get(action.action_id, {}))
            found[key] = settled(action, fact, rule, complete_until=until)
            enough[key] = min(calls_for_a_share(rule.percentile), rule.target_calls)
    return {key: _until_both_are(one, found.get(_other_side(key)), enough[key]) for key, one in found.items()}


def _other_side(key: str) -> str:
    return action_of_key(key) if is_direct_key(key) else entry_key(key, ActionVersion.DIRECT)


def _until_both_are(one: Settled, other: Settled | None, enough: int) -> Settled:
    """An action and its backend end together: what is between the two shows where both are called in the same
    minutes, and so often that it can be told (`enough`: calls of each that count). One that no call tells
    anything of is not waited for."""
    if not one.settled or other is None or Verdict.NO_DATA in (one.verdict, other.verdict):
        return one
    if not other.settled:
        return replace(
            one, settled=False, why="until its other side is settled, too", more_calls=other.more_calls
        )
    lacking = enough - min(one.calls, other.calls)
    if lacking <= 0 or one.verdict is not None or other.verdict is not None:
        return one
    why = "until it can be told how much is the backend's"
    return replace(one, settled=False, why=why, more_calls=lacking)


def _latest_end(table: pd.DataFrame) -> float:
    return float((table["started_at"] + table["latency_ms"] / 1e3).max())


def _longest_wait_s(action: ActionCalls) -> float:
    known = action.calls.timeout_s[~pd.isna(action.calls.timeout_s)]
    return float(known.max()) if known.size else float(PLATFORM_MAX_TIMEOUT_S)
