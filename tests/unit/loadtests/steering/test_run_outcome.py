import pytest

from loadtests.recording.generator_grade import Figures
from loadtests.steering.run_outcome import RunOutcome, held_back


@pytest.mark.parametrize(
    ("calls", "dropped", "said"), [(990, 10, False), (989, 11, True), (0, 5, True), (0, 0, False)]
)
def test_arrivals_that_were_held_back_are_said_where_they_are_many(
    calls: int, dropped: int, said: bool
) -> None:
    found = held_back(RunOutcome(calls, dropped, Figures(), (), ()), 10)

    assert bool(found) == said
    if said:
        assert f"{dropped} of {calls + dropped} arrivals were held back: 10 calls in flight" in found[0]
