"""Will more calls of this kind ever give a bound? Where the timeout cuts off about 1 % of them, hardly.

Stochastic curtailment by predictive probability (Spiegelhalter, Freedman & Blackburn 1986): from the share
cut off so far (uniform prior) to the chance that the last planned look still finds few enough of them.
"""

from typing import Final

import numpy as np
from scipy import special

from analysis.estimates.calls_missing import a_probe_sees_further
from analysis.estimates.estimate import Estimate
from analysis.statistics.interim_looks import Look

HARDLY: Final = 0.05


def only_a_probe_can_tell(found: Estimate, last: Look) -> bool:
    """Return True where calls up to the last look will hardly give a bound, and a probe would see more."""
    table = found.table
    if found.timeout_s is not None or not table.t_ms.size or not a_probe_sees_further(found):
        return False
    seen = float(table.n_eff[-1]) / found.design_effect
    cut_off = table.share_left * seen
    if cut_off <= 0.0:
        return False
    to_come = round(last.calls / found.design_effect - seen)
    return _chance(seen, cut_off, to_come, last.may_exceed / found.design_effect) < HARDLY


def _chance(seen: float, cut_off: float, to_come: int, may_exceed: float) -> float:
    """Chance that `cut_off` of `seen` calls and those of the calls to come are at most `may_exceed`."""
    if cut_off > may_exceed or to_come <= 0:
        return float(cut_off <= may_exceed)
    k = np.arange(min(int(may_exceed - cut_off), to_come) + 1)
    a, b = cut_off + 1.0, seen - cut_off + 1.0
    ways = special.gammaln(to_come + 1) - special.gammaln(k + 1) - special.gammaln(to_come - k + 1)
    return float(np.exp(ways + special.betaln(k + a, to_come - k + b) - special.betaln(a, b)).sum())
