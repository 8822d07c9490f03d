"""Backend and platform apart on the page: a bar for each percentile, sentences, and the same as a table."""

from dataclasses import dataclass

from analysis.direct_side.direct_side import DirectSide
from analysis.verdicts.recommendation import Recommendation
from reports.charts.sketches.share_bars import share_bars


@dataclass(frozen=True, slots=True)
class BackendFigure:
    """`svg` is None where no percentile is known of both; `notes`: what limits the sentences."""

    side: DirectSide
    svg: str | None
    notes: tuple[str, ...]
    any_interval: bool


def backend_figure(action: Recommendation) -> BackendFigure | None:
    """Return what direct calls of an action show beside it; None where only one of the two was called."""
    side = action.direct
    if side is None or not side.samples or action.backend_alone:
        return None
    known = [share for share in side.shares if share.whole_ms is not None and share.backend_ms is not None]
    notes = (*side.unlike, *([] if side.contract is None else [side.contract]))
    within = any(share.lower_ms is not None for share in known)
    return BackendFigure(side, share_bars(known) if known else None, notes, within)
