"""A run that nobody waits for any more, once the org has been read: it is not begun."""

from analysis.machine.processes import starter_is_gone
from diag.errors import NotBegunError
from loadtests.planning.plan import LoadPlan
from loadtests.recording.run_clock import RunClock
from loadtests.steering.director import HOURS_OVER


def refuse_what_is_too_late(plan: LoadPlan, parent_pid: int | None, *, ahead_s: float = 0.0) -> None:
    """Raise NotBegunError where the starter is gone, or the hours in which calls may leave are over.

    Asked before the run folder is touched: the command that goes on where a killed one was begins the same
    window. Reading a large org takes minutes, in which both may happen. `ahead_s`: how far the clock
    of the hours is ahead of this machine's.
    """
    if parent_pid is not None and starter_is_gone(parent_pid):
        raise NotBegunError("The process that started this run no longer runs.")
    if RunClock(ahead_s).is_past(plan.may_call_until):
        raise NotBegunError(f"{HOURS_OVER.capitalize()}: nothing was called.")
