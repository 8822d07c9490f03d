"""Backend and platform apart: what is told, and what is not."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis.direct_side.direct_side import DirectSide
from analysis.direct_side.platform_share import MEDIAN, called_together, platform_shares
from analysis.format.action_facts import ActionFacts
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.recommend import recommend
from reports.wording.direct_words import backend_sentences
from tests.support.sample_tables import START, arrays, calls, lognormal

FACTS = {"orders": ActionFacts("orders", "Order lookup", current_timeout_s=5)}
LATER = START + 7200.0


def compared(through: pd.DataFrame, direct: pd.DataFrame) -> DirectSide:
    (found,) = recommend(SampleSet(through, direct=direct), FACTS).actions
    assert found.direct is not None
    return found.direct


def backend(
    n: int, seed: int, *, share_s: float = 0.0, start: float = START, rate: float = 5.0
) -> pd.DataFrame:
    took = 1.5 + 0.3 * lognormal(n, 1.0, seed) + share_s
    return calls(took, rate=rate, start=start, target="direct" if seed > 100 else "published")


def wandering(n: int, seed: int, share_s: float = 0.0, start: float = START) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    level: NDArray[np.float64] = np.repeat(rng.standard_normal(n // 100), 100)
    took = np.exp(0.5 * level + 0.2 * rng.standard_normal(level.size)) + share_s
    return calls(took, rate=5.0, start=start, target="direct" if seed > 100 else "published")


def test_of_the_whole_the_backend_and_what_is_added_are_told_with_an_interval() -> None:
    median, p99 = compared(backend(2000, 1, share_s=0.3), backend(2000, 101)).shares
    assert median.percentile == 0.5
    assert median.whole_ms is not None and median.backend_ms is not None and median.added_ms is not None
    assert median.whole_ms - median.backend_ms == median.added_ms
    assert abs(median.added_ms - 300.0) <= 15.0
    assert median.lower_ms is not None and median.upper_ms is not None
    assert median.lower_ms <= 300.0 <= median.upper_ms
    assert median.sentence.startswith("Of 1.87 s (p50), 1.57 s is your backend; ")
    assert "Genesys and the way there add 300 ms (295 to 304 ms)." in median.sentence
    assert "if nothing changed" not in median.sentence + p99.sentence
    assert p99.percentile == 0.99
    assert p99.lower_ms is not None and p99.upper_ms is not None
    assert p99.lower_ms <= 300.0 <= p99.upper_ms


def test_where_nothing_may_be_added_no_share_is_told() -> None:
    side = compared(backend(300, 1), backend(300, 101))
    assert side.shares[0].lower_ms is not None
    assert side.shares[0].lower_ms <= 0.0
    assert "no share can be told from this many calls" in side.shares[0].sentence
    assert not side.shares[0].told
    assert side.next_command == "diag measure --both --action 'Order lookup' --all-the-time"


def test_a_backend_that_was_slower_when_called_directly_gets_no_share() -> None:
    side = compared(backend(1000, 1), backend(1000, 101, share_s=0.4))
    assert "was slower while it was called directly" in side.shares[0].sentence
    assert side.next_command is None


def test_too_few_calls_give_no_number_and_say_so() -> None:
    median, p99 = compared(backend(120, 1, share_s=0.3), backend(90, 101)).shares
    assert median.told
    assert (p99.whole_ms, p99.backend_ms, p99.added_ms, p99.lower_ms, p99.upper_ms) == (None,) * 5
    assert "too few (it takes 368)" in p99.sentence


def test_what_the_timeout_cuts_off_is_named() -> None:
    hidden = calls(lognormal(800, 20.0, 1), timeout_s=5)
    side = compared(hidden, backend(800, 101))
    assert side.next_command is None
    assert (
        side.shares[1].sentence
        == "At p99 no share can be told, because its timeout cuts off the action before that."
    )


def test_at_different_times_it_is_said_and_a_moving_level_gets_no_interval() -> None:
    still = compared(backend(1000, 1, share_s=0.3), backend(1000, 101, start=LATER))
    assert still.shares[0].told
    assert "ms, if nothing changed between the calls to one and to the other)." in still.shares[0].sentence
    assert any(
        "not called at the same time (Tue 14 Nov 22:13 UTC and Wed 15 Nov 00:13 UTC)" in one
        for one in still.unlike
    )
    assert still.next_command == "diag measure --both --action 'Order lookup'"
    moving = compared(wandering(1000, 1, 0.3), wandering(1000, 101, start=LATER))
    assert [(share.added_ms, share.lower_ms) for share in moving.shares] == [(None, None)] * 2
    assert moving.shares[0].whole_ms is not None
    assert "the level moves, and the two were called at different times" in moving.shares[0].sentence


def test_at_the_same_moments_a_level_that_moves_for_both_cancels() -> None:
    rng = np.random.default_rng(7)
    level = np.repeat(rng.standard_normal(40), 50)

    def side(seed: int, share_s: float, target: str) -> pd.DataFrame:
        noise = 0.1 * np.random.default_rng(seed).standard_normal(level.size)
        return calls(np.exp(0.5 * level + noise) + share_s, rate=5.0, target=target)

    both = compared(side(1, 0.3, "published"), side(2, 0.0, "direct"))
    crossed = compared(
        side(1, 0.3, "published"),
        side(2, 0.0, "direct").assign(latency_ms=lambda rows: rows["latency_ms"].to_numpy()[::-1].copy()),
    )
    widths = []
    for found in (both, crossed):
        share = found.shares[0]
        assert share.lower_ms is not None and share.upper_ms is not None
        widths.append(share.upper_ms - share.lower_ms)
    assert both.shares[0].lower_ms is not None
    assert widths[0] < 0.7 * widths[1]


def test_other_rates_and_inputs_are_said() -> None:
    through, direct = backend(600, 1, share_s=0.3), backend(600, 101, rate=50.0)
    side = compared(through.assign(input_origin="file"), direct.assign(input_origin="invented"))
    assert any("at 5/s, its backend at 50/s" in one for one in side.unlike)
    assert any("invented inputs" in one for one in side.unlike)


def test_a_late_generator_is_said() -> None:
    late = backend(600, 1, share_s=0.3)
    late["started_at"] += 0.4
    (said,) = compared(late, backend(600, 101)).unlike
    assert "the load generator was late" in said


def test_the_level_of_the_same_rate_is_taken_where_there_is_one() -> None:
    slow_at_load = backend(600, 102, rate=50.0, start=LATER, share_s=2.0)
    side = compared(backend(600, 1, share_s=0.3), pd.concat([backend(600, 101), slow_at_load]))
    assert side.rate == 50.0
    share = side.shares[0]
    assert share.added_ms is not None
    assert abs(share.added_ms - 300.0) < 30.0
    assert side.unlike == ()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0.0, 600.0), (0.0, 600.0), True),
        ((0.0, 600.0), (0.2, 600.2), True),
        ((0.0, 300.0), (300.0, 600.0), False),
        ((0.0, 30.0), (30.0, 60.0), False),
        ((0.0, 600.0), (0.0, 200.0), False),
        ((0.0, 600.0), (7200.0, 7800.0), False),
    ],
)
def test_only_calls_among_each_other_were_made_together(
    first: tuple[float, float], second: tuple[float, float], expected: bool
) -> None:
    def side(span: tuple[float, float]) -> pd.DataFrame:
        return calls(np.full(200, 0.1)).assign(started_at=START + np.linspace(*span, 200))

    assert called_together(arrays(side(first)), arrays(side(second))) is expected


@pytest.mark.slow
def test_a_level_is_said_to_move_as_often_as_its_level_promises_and_where_it_does() -> None:
    def refused(side: Callable[[int], pd.DataFrame], pairs: int) -> int:
        count = 0
        for seed in range(10, 10 + 2 * pairs, 2):
            whole, alone = (arrays(side(each)) for each in (seed, seed + 1))
            (share,) = platform_shares(whole, alone, (MEDIAN,), together=False)
            count += "the level moves" in share.sentence
        return count

    assert (
        refused(lambda seed: backend(160, seed), 100) <= 6
    )  # 5 in 100 are wanted; 19 were refused by a test of each side at 10 %
    assert refused(lambda seed: wandering(200, seed), 20) == 20


def test_a_backend_that_refuses_every_call_is_said_beside_the_action() -> None:
    refused = calls(lognormal(80, 0.1), target="direct", outcome="auth_error").assign(error_code="http_401")
    (found,) = recommend(SampleSet(backend(400, 1), direct=refused), FACTS).actions
    assert found.direct is not None
    assert found.direct.next_command == "diag measure --direct --dry-run --compare --action 'Order lookup'"
    (said,) = backend_sentences(found)
    assert said.startswith("Called directly, the backend answered 401 to 80 of 80 calls: ")
    assert said.endswith(found.direct.next_command)
    assert "doctor" not in (found.next_command or "")
    (alone,) = recommend(SampleSet(refused.iloc[:0], direct=refused), FACTS).actions
    assert backend_sentences(alone) == ()  # its verdict's own sentence says so
