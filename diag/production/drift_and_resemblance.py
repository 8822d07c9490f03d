"""Beside the verdict: does the timeout still fit production, and does a test resemble production?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.estimates.deciding_calls import calls_that_count
from analysis.production.production_and_test_alike import Resemblance, resembles
from analysis.production.timeout_still_fits import Drift, drift
from analysis.recommend_settings import RecommendSettings
from diag.production.observed import Observed

if TYPE_CHECKING:
    from analysis.samples.sample_set import SampleSet


_SAID: Final = {"fits": "no more is cut off than accepted", "drifted": "more is cut off than accepted"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One action's drift, and how a test of it compares (None without a test)."""

    drift: Drift
    resemblance: Resemblance | None = None

    def lines(self, *, changed: bool) -> tuple[str, ...]:
        """Return sentences for the reader: the drift where it matters (`changed`: diag set this timeout)."""
        sentences = []
        if changed or self.drift.verdict == "drifted":
            when = "since it was last changed, " if changed else ""
            said = _SAID.get(self.drift.verdict, self.drift.verdict)
            sentences.append(f"{when}{said}: {self.drift.reason}")
        if self.resemblance is not None:
            sentences.append(
                f"test against production, {self.resemblance.verdict}: {self.resemblance.reason}"
            )
        return tuple(sentences)


def findings_of(
    observed: Mapping[str, Observed], settings: RecommendSettings, test: "SampleSet | None" = None
) -> dict[str, Finding]:
    """Return a finding for every observed action, by id; `test` is compared for the actions it holds."""
    tests: dict[str, Resemblance] = {}
    if test is not None:
        for action_id, calls in calls_that_count(test, test.facts(), settings).items():
            if action_id in observed:
                tests[action_id] = resembles(observed[action_id].counts, calls, settings)
    return {
        action_id: Finding(drift(action.counts, action.timeout_s, settings), tests.get(action_id))
        for action_id, action in observed.items()
    }
