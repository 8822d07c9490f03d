"""What the parts of a run that are over have on disk: the arrivals they held back, and their last moment."""

from analysis.format.event_lines import last_seconds
from analysis.format.run_folder import RunFolder


def dropped_so_far(folder: RunFolder) -> int:
    """Return the arrivals held back in the parts of a run that are over, as their last lines say."""
    return sum(counts[-1] for second in last_seconds(folder) for counts in second.actions.values())


def last_moment(folder: RunFolder) -> float | None:
    """Return when a run last recorded anything, Unix seconds; None where it never did."""
    return max((second.at for second in last_seconds(folder)), default=None)
