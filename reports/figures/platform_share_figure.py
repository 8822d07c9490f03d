"""Backend and platform apart on the page: a bar for each percentile, sentences, and the same as a table."""

from collections.abc import Collection
from dataclasses import dataclass

from analysis.direct_side.direct_side import DirectSide
from analysis.verdicts.recommendation import Recommendation
from reports.charts.sketches.platform_share_bars import share_bars


@dataclass(frozen=True, slots=True)
class PlatformShareFigure:
    """`svg` is None where no percentile is known of both; `notes`: what limits the sentences."""

    side: DirectSide
    svg: str | None
    notes: tuple[str, ...]
    any_interval: bool


def platform_share_figure(action: Recommendation, said: Collection[str] = ()) -> PlatformShareFigure | None:
    """Return what direct calls of an action show beside it (`Recommendation.beside`); None: nothing.

    `said`: what the page says of all actions at once.
    """
    side = action.beside
    if side is None:
        return None
    known = [share for share in side.shares if share.whole_ms is not None and share.backend_ms is not None]
    unlike = [text for text in side.unlike if text not in said]
    notes = (*unlike, *([] if side.contract is None else [side.contract]))
    within = any(share.lower_ms is not None for share in known)
    return PlatformShareFigure(side, share_bars(known) if known else None, notes, within)
