"""How a run ended: its status, why, and the exit code. Pure; the first reason that holds counts."""

from dataclasses import dataclass

from analysis.format.manifest import Status
from diag.exit_codes import ExitCode
from loadtests.recording.generator_grade import Grade
from loadtests.steering.run_outcome import RunOutcome


@dataclass(frozen=True, slots=True)
class Ending:
    """What the manifest records, and the exit code of the process."""

    status: Status
    reason: str | None
    exit_code: int


def ending_of(
    outcome: RunOutcome,
    *,
    grade: Grade,
    grade_reason: str,
    failure: str | None,
    end_reason: str | None,
    interrupted: bool,
    exit_code: int,
) -> Ending:
    """Return how it ended.

    `failure`: why it had to be stopped, with `exit_code` saying how bad; `end_reason`: why it ended early
    without a fault; `interrupted`: the user or the system sent a signal.
    """
    gaps = "; ".join(outcome.gaps)
    if failure is not None:
        return Ending("incomplete", "; ".join(filter(None, [failure, gaps])), exit_code)
    if gaps:
        return Ending("incomplete", gaps, ExitCode.INCOMPLETE)
    if interrupted:
        return Ending("interrupted", "stopped by a signal", ExitCode.INTERRUPTED)
    if outcome.calls == 0:
        return Ending("incomplete", "not one call was made", ExitCode.INCOMPLETE)
    if grade == "INVALID":
        return Ending("invalid", grade_reason, ExitCode.INCOMPLETE)
    return Ending("complete", end_reason, exit_code)
