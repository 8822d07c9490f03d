"""What the windows of a campaign show together: their calls, and the verdicts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.run_folder import RunFolder
from analysis.format.whole_records import holds_records
from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import Asked

if TYPE_CHECKING:
    from analysis.samples.sample_set import SampleSet
    from diag.judged_files import RunEvidence


def judged_together(
    windows: Sequence[RunFolder],
    settings: RecommendSettings,
    *,
    detail: bool = False,
    asked: Asked | None = None,
    zone: str | None = None,
) -> "RunEvidence | None":
    """Return the windows judged as one measurement; None before the first call. `detail`, `asked` and `zone`
    as in `diag.judged_files.gather`."""
    from analysis.runs.weak_windows import as_one_measurement
    from diag.judged_files import judged

    called = with_calls(windows)
    samples = read_windows(called, detail=detail)
    if samples is None:
        return None
    whole = replace(samples, manifests=as_one_measurement(samples.manifests))
    return judged(whole, [window.path for window in called], settings, asked=asked, zone=zone)


def with_calls(windows: Sequence[RunFolder]) -> tuple[RunFolder, ...]:
    """Return the windows that hold a call: one that was killed before its first, or paused, is no finding."""
    return tuple(window for window in windows if window.samples.exists() or holds_records(window))


def read_windows(windows: Sequence[RunFolder], *, detail: bool = False) -> "SampleSet | None":
    """Return the calls of windows that hold some; None where there is not one. `detail` as in
    `analysis.samples.read_samples`."""
    from analysis.samples.read_samples import read_samples

    if not windows:
        return None
    try:
        return read_samples([window.path for window in windows], detail=detail)
    except UnreadableSamplesError:
        return None  # not one call so far
