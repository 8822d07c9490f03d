"""`diag tune` as series: how far a campaign is, and where each of its actions stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.openmetrics import Family, Labels
from analysis.verdicts.recommendation import Analysis
from diag.campaign.saved import Saved
from diag.campaign.standing import Standing
from diag.metrics.gathered import Gathered, action_labels
from diag.metrics.series import (
    BEGAN,
    DONE,
    ENDS,
    LAST_RUN,
    MISSING,
    OVER,
    RECOMMENDED,
    SENT,
    TIMEOUT,
    VERDICT,
    WINDOWS,
    WINDOWS_PLANNED,
)


@dataclass(frozen=True, slots=True)
class CampaignState:
    """How far a campaign is: windows begun, where its actions stand; `result` once it is over."""

    windows: int
    reached: Mapping[str, Standing]
    result: Analysis | None = None


def tune_metrics(saved: Saved, state: CampaignState, now: float) -> tuple[Family, ...]:
    """Return the series of a campaign; `now`: Unix seconds, by this machine's clock.

    Verdicts are those of the result, once there is one: it holds production's answers, too.
    """
    gathered = Gathered("tune", saved.host)
    gathered.add(LAST_RUN, now)
    gathered.add(OVER, state.result is not None)
    campaign = saved.campaign
    if campaign is not None:
        gathered.add(BEGAN, campaign.began_at)
        gathered.add(ENDS, campaign.until)
        gathered.add(WINDOWS, state.windows)
        gathered.add(WINDOWS_PLANNED, campaign.windows)
        for action in campaign.actions:
            of = action_labels(action.action_id, action.name)
            one = state.reached.get(action.action_id)
            if one is not None:
                _add_calls(gathered, of, one)
            if state.result is None:
                gathered.add(TIMEOUT, action.timeout_s, of)
                _add_verdict_so_far(gathered, of, one)
    for row in state.result.actions if state.result is not None else ():
        gathered.add_verdict(row)
    return gathered.families()


def _add_calls(gathered: Gathered, of: Labels, one: Standing) -> None:
    gathered.add(SENT, one.sent.calls, of)
    gathered.add(MISSING, one.missing, of)
    gathered.add(DONE, one.done is not None, of)


def _add_verdict_so_far(gathered: Gathered, of: Labels, one: Standing | None) -> None:
    if one is not None and one.verdict is not None:
        gathered.add(RECOMMENDED, one.timeout_s, of)
        gathered.add(VERDICT, 1, (*of, ("verdict", one.verdict.value)))
