"""A backend that gives up by itself: no probe would show more, and the calls it answers have a number."""

import numpy as np

from analysis.verdicts.recommendation import Recommendation, Verdict
from tests.support.sample_tables import calls, judge, lognormal, orders


def judged(share: float, outcome: str = "backend_error", timeout_s: int = 60) -> Recommendation:
    rng = np.random.default_rng(5)
    x = lognormal(3000, 2.4)
    ended = rng.random(3000) < share
    x[ended] = rng.uniform(8.0, 10.0, ended.sum())
    kinds = np.where(ended, outcome, "ok")
    table = calls(x, outcome=kinds, timeout_s=timeout_s, rate=5.0)
    probe = calls(x, outcome=kinds, timeout_s=60, rate=5.0, target="draft", run="probe", start=1.7e9 + 3600)
    return judge(table, probe, facts=orders(current_timeout_s=timeout_s))


def test_a_backend_that_ends_calls_by_itself_is_said_to_and_the_others_get_their_number() -> None:
    found = judged(0.018)
    assert (found.verdict, found.recommended_timeout_s) == (Verdict.CENSORED_NEEDS_PROBE, None)
    assert "ended by the backend itself after 8 to 10 s: no longer timeout changes that" in found.reason
    assert "need 3 s" in found.reason and "--backend-errors exclude" in found.reason
    assert (found.answered_timeout_s, found.backend_gives_up_ms) == (3, found.backend_gives_up_ms)
    assert 9_900 <= (found.backend_gives_up_ms or 0) <= 10_000
    assert found.next_command == "diag recommend --only 'Order lookup' --backend-errors exclude"


def test_timeouts_and_errors_of_others_still_ask_for_a_probe_or_a_cause() -> None:
    for other in (judged(0.018, "timeout", 10), judged(0.018, "network_error")):
        assert other.verdict is Verdict.CENSORED_NEEDS_PROBE
        assert other.answered_timeout_s is None and "backend itself" not in other.reason
