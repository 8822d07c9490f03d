"""How long a load pauses after a 429. What the guard makes of it: `test_guard.py`."""

from diag.workload.tables.guard_limits import GuardLimits
from loadtests.steering.decisions import Pause
from loadtests.steering.pause_after_429 import LONGEST_PAUSE_S, PausesAfter429


def test_no_reply_makes_a_load_wait_longer_than_the_longest_pause() -> None:
    for asked_s in (LONGEST_PAUSE_S - 1, LONGEST_PAUSE_S + 1):
        pause = PausesAfter429(GuardLimits()).refused("platform.api:token.rate", f"{asked_s:.0f}", 5.0)

        assert isinstance(pause, Pause)
        assert pause.until_s == 5.0 + min(asked_s, LONGEST_PAUSE_S)
