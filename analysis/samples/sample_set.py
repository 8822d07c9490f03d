"""What reading hands to every later step: the table, what was left out, the manifests."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.format.action_facts import ActionFacts
from analysis.format.run_folder import Manifest
from analysis.format.skipped_input import SkippedInput


@dataclass(frozen=True, slots=True)
class SampleSet:
    """`table` is in the sample schema (analysis.format.sample_schema); only the required columns are always
    there."""

    table: pd.DataFrame
    skipped: tuple[SkippedInput, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    settled: frozenset[str] = frozenset()
    """Actions that were measured no further because their answer had settled (analysis.stopping)."""

    def facts(self) -> Mapping[str, ActionFacts]:
        """Return the facts of every action in the manifests; the newest run wins."""
        known: dict[str, ActionFacts] = {}
        for manifest in sorted(self.manifests, key=lambda one: one.created_at):
            known.update((facts.action_id, facts) for facts in manifest.actions)
        return known

    def stated_settings(self) -> Mapping[str, Mapping[str, object]]:
        """Return the `recommend` tables of the runs' workloads by action id; the newest run wins."""
        stated: dict[str, Mapping[str, object]] = {}
        for manifest in sorted(self.manifests, key=lambda one: one.created_at):
            stated.update(manifest.recommend)
        return stated
