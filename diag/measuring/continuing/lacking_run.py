"""`diag measure --into RUN`: a run gets the calls that its verdicts lack, as it got those it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.recommend_settings import RecommendSettings
from analysis.stopping.calls_to_add import lacking_calls
from analysis.typed_command import Asked
from diag.changes.plans.only_and_skip import Scope
from diag.errors import UsageError
from diag.judged_files import RunEvidence, choose_inputs, gather
from diag.measuring.continuing.calls_of_killed_run import ended_from_outside
from diag.measuring.load_process import LoadOptions

SPARE_TIME: Final = 1.5
"""Times what the calls take at their rate, and then some: pauses of the guard, places in flight."""
SPARE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class LackingRun:
    """A run, what it says so far, and the calls it lacks: by action id how many, and at how many calls/s."""

    folder: RunFolder
    manifest: Manifest
    evidence: RunEvidence
    more: Mapping[str, tuple[int, float]]

    def load(self, asked: LoadOptions) -> LoadOptions:
        """Return how these calls are made: in the way and by the workload of those before.

        A workload that was named stays; the load refuses one that is not the run's."""
        workload = self.manifest.workload
        takes_s = max((calls / rate for calls, rate in self.more.values()), default=0.0)
        return replace(
            asked,
            run_dir=self.folder.path,
            actions=tuple(self.more),
            model=self.manifest.model,
            arrivals=self.manifest.arrivals,
            workload=asked.workload if workload is None else asked.workload or Path(workload),
            run_time_s=max(asked.run_time_s or 0.0, SPARE_TIME * takes_s + SPARE_S),
            until_settled=False,  # exactly these calls
            top_up=self.more,
        )


def lacking_run(
    given: Path,
    runs: Path,
    rules: RecommendSettings,
    *,
    asked: Asked,
    zone: str | None,
    only: Sequence[str] = (),
) -> LackingRun:
    """Return the run that is to be topped up; `only`: names or ids of actions, all that lack calls otherwise.

    Raises UsageError for what is no run, UnknownActionError for a name that means none of its actions, and
    AnalysisError for one that cannot be read. A run whose process was stopped is ended first.
    """
    (path,) = choose_inputs([given], runs)
    folder = RunFolder(path)
    manifest = read_manifest(folder) if path.is_dir() else None
    if manifest is None:
        raise UsageError(f"{given} is not the folder of a run.", hint="Runs are kept below runs/.")
    manifest = ended_from_outside(folder, manifest)
    evidence = gather([path], rules, detail=True, asked=asked, zone=zone)
    missing = lacking_calls(evidence.analysis)
    if only:
        known = [(row.action_id, row.action_name) for row in evidence.analysis.actions]
        scope = Scope.of(known, only)
        missing = {each: calls for each, calls in missing.items() if scope.leaves_out(each) is None}
    streams = manifest.streams or 1
    rates = dict(manifest.rates)
    more = {
        action_id: (calls, rates[action_id] * streams)
        for action_id, calls in missing.items()
        if rates.get(action_id)
    }
    return LackingRun(folder, manifest, evidence, more)
