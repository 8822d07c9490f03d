"""The percentile in the words of whoever waits: how many good calls may be cut off.

A bare number is refused: 0.1 could be a tenth of all calls or a tenth of a percent, and guessing wrong would
cut off a hundred times as many callers.
"""

import re
from fractions import Fraction
from typing import Final

from analysis.analysis_errors import BadSettingError
from analysis.recommend_settings import HIGHEST_PERCENTILE, LOWEST_PERCENTILE

_FORMS: Final = "Write it as 0.1% or as '1 in 1,000'."
_PERCENT: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)[ \u00a0\u202f]?%")
_ONE_IN: Final = re.compile(r"([0-9]{1,6}) (?:good calls? )?in ([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})")
_BARE: Final = re.compile(r"[0-9]{0,6}\.?[0-9]{1,9}")
_LONGEST: Final = 40
"""Characters of a refused text that are repeated."""


def percentile_of(cut_off: str) -> float:
    """Return the percentile (0..1) that accepts a share of calls: .999 for "0.1%" or "1 in 1,000".

    Raises BadSettingError for another form, or outside the range of a percentile.
    """
    text = cut_off.strip()
    share = _share(text)
    if share is None and _BARE.fullmatch(text):
        two = f"{float(text):.8g}% or {float(text) * 100:.8g}%"
        raise BadSettingError(f"--cut-off {text} has no % sign: it could mean {two}.", hint=_FORMS)
    if share is None:
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        raise BadSettingError(f"--cut-off {shown!r} is not a share of calls.", hint=_FORMS)
    percentile = float(1 - share)
    if not LOWEST_PERCENTILE <= percentile <= HIGHEST_PERCENTILE:
        ends = f"from {cut_off_of(HIGHEST_PERCENTILE)} to {cut_off_of(LOWEST_PERCENTILE)}"
        raise BadSettingError(f"--cut-off {text} is out of range.", hint=f"Use a share {ends}.")
    return percentile


def cut_off_of(percentile: float) -> str:
    """Return the share that a percentile accepts, as it can be typed: "0.1%" for .999."""
    return f"{(1.0 - percentile) * 100:.8g}%"


def _share(text: str) -> Fraction | None:
    """Return the share of calls, exactly; None for a form that is not known."""
    if found := _PERCENT.fullmatch(text):
        return Fraction(found[1]) / 100
    if (found := _ONE_IN.fullmatch(text)) and (of := int(found[2].replace(",", ""))):
        return Fraction(int(found[1]), of)
    return None
