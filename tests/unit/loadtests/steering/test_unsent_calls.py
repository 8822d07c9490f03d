import pytest

from loadtests.recording.generator_figures import GeneratorFigures
from loadtests.steering.run_outcome import RunOutcome
from loadtests.steering.unsent_calls import unsent_note


@pytest.mark.parametrize(
    ("calls", "dropped", "reported"), [(990, 10, False), (989, 11, True), (0, 5, True), (0, 0, False)]
)
def test_planned_calls_that_were_not_sent_are_reported_where_they_are_many(
    calls: int, dropped: int, reported: bool
) -> None:
    found = unsent_note(RunOutcome(calls, dropped, GeneratorFigures(), (), ()), 10)

    assert bool(found) == reported
    if reported:
        assert (
            f"{dropped} of {calls + dropped:,} planned calls were not sent: slow calls filled the 10 places"
            in found[0]
        )
