"""How many more calls the verdicts of a run ask for: `diag measure --into` makes them."""

import math
from typing import Final

from analysis.machine.command_words import taken_apart
from analysis.verdicts.evidence_to_set import MIN_CALLS_TO_LOWER, Hold, hold_on_lowering
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict

SPARE: Final = 1.05
"""Times the calls that are missing: slow calls that come in bursts count as fewer, and how many is an
estimate."""
FEWEST_THAT_COUNT: Final = 0.2
"""Where fewer of the calls count, more of them are not what helps."""


def lacking_calls(analysis: Analysis) -> dict[str, int]:
    """Return how many more calls each action wants, by id, without those that lack something else."""
    wanted = {row.action_id: _missing(row) for row in analysis.actions}
    return {action_id: calls for action_id, calls in wanted.items() if calls is not None}


def _missing(row: Recommendation) -> int | None:
    counted = row.samples / max(row.samples + row.left_out, 1)
    missing = _that_count(row)
    if missing is None or counted < FEWEST_THAT_COUNT:
        return None
    return math.ceil(SPARE * missing / counted)


def _that_count(row: Recommendation) -> float | None:
    """Calls that count, and are missing."""
    if row.verdict is Verdict.INSUFFICIENT_SAMPLES:
        return row.calls_needed if _more_of_the_same_help(row) else None
    if row.verdict is Verdict.LOWER and hold_on_lowering(row) is Hold.CALLS:
        effective = max(row.n_eff or 1.0, 1.0)
        return max(MIN_CALLS_TO_LOWER * row.samples / effective - row.samples, 1.0)
    return None


def _more_of_the_same_help(row: Recommendation) -> bool:
    """Whether the next command is another such run: not a probe, nor a look for what fails."""
    try:
        words = taken_apart(row.next_command or "")
    except ValueError:
        return False
    return words[:2] == ["diag", "measure"] and "--calls" in words and not {"--probe", "--timeout"} & {*words}
