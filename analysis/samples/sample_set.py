"""What reading hands to every later step: the table, what was left out, the manifests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest
from analysis.format.sample_schema import ActionVersion
from analysis.skipped_input import SkippedInput


@dataclass(frozen=True, slots=True)
class OtherTools:
    """Which other tools made calls, by their names for people, and what their files leave open: sentences
    without their full stops."""

    titles: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleSet:
    """`table`: the calls through Genesys Cloud, in the sample schema (analysis.format.sample_schema); only
    the required columns are always there."""

    table: pd.DataFrame
    skipped: tuple[SkippedInput, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    settled: frozenset[str] = frozenset()
    """Actions that were measured no further because their answer had settled (analysis.stopping)."""
    other_tools: Mapping[str, OtherTools] = field(default_factory=dict)
    """By action id: the other tools that made calls of it, where any did."""
    direct: pd.DataFrame | None = None
    """The calls that went straight to a backend, in the same schema; None where there was none. They are
    never counted together with those of `table`."""
    settled_directly: frozenset[str] = frozenset()
    """As `settled`, of the actions whose backends were called directly."""
    detailed: bool = False
    """Whether everything that the files say of each call was read, what only a report needs included."""

    @property
    def calls(self) -> int:
        """Number of calls in both tables."""
        return len(self.table) + (0 if self.direct is None else len(self.direct))

    def sides(self) -> Iterator[tuple[ActionVersion, pd.DataFrame]]:
        """Yield each table that has calls with what stands for it in keys (`entry_key`): PUBLISHED for the
        calls through Genesys Cloud, those of drafts among them, then DIRECT."""
        if len(self.table):
            yield ActionVersion.PUBLISHED, self.table
        if self.direct is not None:
            yield ActionVersion.DIRECT, self.direct

    def every_call(self) -> pd.DataFrame:
        """Return the calls of both tables: to say what was done, never how long an action takes."""
        return self.table if self.direct is None else pd.concat([self.table, self.direct], ignore_index=True)

    def action_ids(self) -> frozenset[str]:
        """Return the ids of the actions that `table` has calls of."""
        return frozenset(map(str, self.table["action_id"].unique()))

    def direct_side(self) -> "SampleSet | None":
        """Return the direct calls as a set of their own; None where there was none."""
        if self.direct is None:
            return None
        return SampleSet(self.direct, manifests=self.manifests, settled=self.settled_directly)

    def facts(self) -> Mapping[str, ActionFacts]:
        """Return the facts of every action in the manifests; the newest run wins.

        When production calls is kept from the newest run that knew: one in between that could not read it
        takes nothing away.
        """
        known: dict[str, ActionFacts] = {}
        for manifest in sorted(self.manifests, key=lambda one: one.created_at):
            for facts in manifest.actions:
                before = known.get(facts.action_id)
                known[facts.action_id] = facts if before is None else _with_week_of(before, facts)
        return known

    def stated_settings(self) -> Mapping[str, Mapping[str, object]]:
        """Return the `recommend` tables of the runs' workloads by action id; the newest run wins."""
        stated: dict[str, Mapping[str, object]] = {}
        for manifest in sorted(self.manifests, key=lambda one: one.created_at):
            stated.update(manifest.recommend)
        return stated


def _with_week_of(before: ActionFacts, newest: ActionFacts) -> ActionFacts:
    """The newest facts, with what was known before of production's hours where the newest knows nothing."""
    knows = newest.production_week is not None or newest.production_read
    if knows or (before.production_week is None and not before.production_read):
        return newest
    return replace(newest, production_week=before.production_week, production_read=before.production_read)
