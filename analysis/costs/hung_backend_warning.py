"""When it is said that an action with a hung backend would take the org's concurrent executions with it."""

from typing import Final

from analysis.costs.cost import Cost
from analysis.number_words import percent_figure

ALARM_SHARE: Final = 0.5
"""An action that could hold half of the org's concurrent executions deserves a warning."""


def hung_backend_warning(cost: Cost, concurrency_limit: int | None) -> str | None:
    """Return a warning when this action alone could take half of the org's concurrent executions or more."""
    if cost.concurrency_share is None or cost.concurrency_share < ALARM_SHARE:
        return None
    share = percent_figure(cost.concurrency_share)
    could = "could exhaust" if cost.concurrency_share >= 1.0 else f"could take {share} of"
    return (
        f"if the backend stops answering, this action alone {could} the org's {concurrency_limit} concurrent "
        f"executions ({cost.hung_backend_slots:.0f} held); "
        f"the timeout is safe up to {cost.safe_rate:.1f} calls/s"
    )
