"""What a run says of planned calls that were not sent: no place in flight was free when they were due."""

from typing import Final

from loadtests.steering.run_outcome import RunOutcome

HELD_BACK_SHARE: Final = 0.01
"""A smaller share is what the end of a run cuts off, or one slow moment."""


def unsent_note(outcome: RunOutcome, max_in_flight: int) -> tuple[str, ...]:
    """Return one sentence where so many planned calls were not sent that the rate was not reached."""
    due = outcome.calls + outcome.dropped
    if outcome.dropped <= HELD_BACK_SHARE * due:
        return ()
    return (
        f"{outcome.dropped:,} of {due:,} planned calls were not sent: slow calls filled the {max_in_flight} "
        "places in flight that diag allows itself, so the planned rate was not reached",
    )
