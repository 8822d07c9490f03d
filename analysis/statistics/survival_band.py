"""A survival table as a curve to draw, with its confidence band."""

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.confidence_bounds import lower_share, upper_share
from analysis.statistics.kaplan_meier import SurvivalTable, watched_up_to_ms
from analysis.statistics.survival_curve import SurvivalCurve


def curve_with_band(
    table: SurvivalTable,
    confidence: float,
    *,
    design_effect: float = 1.0,
    step_ms: int = 1,
    points: NDArray[np.int64] | None = None,
) -> SurvivalCurve | None:
    """Return the curve at the positions `points` of the table (all by default); None where no call ended.

    `step_ms`: how long one step of the table is. The band is one-sided on each side, at `confidence`.
    """
    if not table.t_ms.size:
        return None
    picked = slice(None) if points is None else points
    share, n = table.share[picked], table.n_eff[picked] / design_effect
    return SurvivalCurve(
        t_ms=tuple(float(t * step_ms) for t in table.t_ms[picked]),
        share=tuple(float(value) for value in share),
        lower=tuple(float(value) for value in lower_share(share, n, confidence)),
        upper=tuple(float(value) for value in upper_share(share, n, confidence)),
        watched_ms=float(watched_up_to_ms(table.longest_ms * step_ms)),
    )
