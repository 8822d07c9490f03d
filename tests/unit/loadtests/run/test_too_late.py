"""A run is not begun for a starter that is gone, nor after the hours in which calls are allowed."""

import os
import time

import pytest

from diag.errors import NotBegunError
from diag.exit_codes import ExitCode, exit_code_of
from loadtests.planning.plan import LoadPlan
from loadtests.run.too_late import refuse_what_is_too_late

PLAN = LoadPlan(())
NO_PROCESS = 1 << 23
"""Above the largest process id that Linux gives."""


def test_a_run_that_is_waited_for_begins() -> None:
    refuse_what_is_too_late(PLAN, None)
    refuse_what_is_too_late(LoadPlan((), may_call_until=time.time() + 60.0), os.getppid())
    with pytest.raises(NotBegunError):  # by the clock of a sandbox whose day is time-lapsed it is later
        refuse_what_is_too_late(LoadPlan((), may_call_until=time.time() + 60.0), None, ahead_s=90.0)


@pytest.mark.parametrize(
    ("plan", "parent_pid", "says"),
    [
        (PLAN, NO_PROCESS, "no longer runs"),
        (LoadPlan((), may_call_until=1.0), None, "The hours in which calls are allowed are over"),
    ],
)
def test_one_that_is_not_does_not_and_may_be_tried_again(
    plan: LoadPlan, parent_pid: int | None, says: str
) -> None:
    with pytest.raises(NotBegunError, match=says) as refused:
        refuse_what_is_too_late(plan, parent_pid)
    assert exit_code_of(refused.value.category) == ExitCode.INCOMPLETE
