"""Which durations to count executions below, in as few questions as it takes.

Every threshold that is asked for is one of those wanted, so no more questions are needed than all of them
take; and what lies between two thresholds with the same count is known without asking.
"""

from collections.abc import Hashable, Mapping, Sequence

CountsBelow = Mapping[int, Mapping[Hashable, int]]
"""Threshold (ms) -> how many executions took less, in each row."""


def next_thresholds(wanted: Sequence[int], known: CountsBelow, most: int) -> list[int]:
    """Return up to `most` thresholds to ask about next, in order; none when all `wanted` are known.

    At first the shortest ones and the longest: most executions are quick, and where nothing lies between
    them and the timeout, the first question is the last.
    """
    if not known and len(wanted) > most:
        return [*wanted[: most - 1], wanted[-1]]
    left = [threshold for threshold in wanted if not _is_known(threshold, known)]
    if len(left) <= most:
        return left
    return [left[at * len(left) // most] for at in range(most)]


def below_each(wanted: Sequence[int], known: CountsBelow, row: Hashable) -> dict[int, int]:
    """Return how many executions of a row took less than each wanted threshold; those between are filled."""
    counts: dict[int, int] = {}
    newest = 0
    for threshold in wanted:
        if threshold in known:
            newest = known[threshold].get(row, 0)
        counts[threshold] = newest
    return counts


def _is_known(threshold: int, known: CountsBelow) -> bool:
    """Whether it was asked for, or lies between two that have the same count in every row."""
    if threshold in known:
        return True
    under = max((other for other in known if other < threshold), default=None)
    over = min((other for other in known if other > threshold), default=None)
    if over is None:
        return False
    fewer: Mapping[Hashable, int] = {} if under is None else known[under]
    return all(count <= fewer.get(row, 0) for row, count in known[over].items())
