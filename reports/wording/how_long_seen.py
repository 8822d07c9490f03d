"""For how long an action was seen, in words: the one name for what the JSON calls `grade`."""

from typing import Final

from analysis.number_words import duration
from analysis.verdicts.evidence_to_set import GRADES_TO_LOWER
from analysis.verdicts.recommendation import Recommendation
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_number

OF_GRADE: Final = {
    "A": "seen for days",
    "B": "seen for an hour or more",
    "C": "not seen for long enough, or not in the hours that matter, to lower",
}
"""For where only the grade is kept, such as a plan."""


def seen_for(action: Recommendation) -> TracedText:
    """Return "84 min", "8 min spread over 24 h", "33 s: too short to lower", or a dash where unknown."""
    if action.grade is None or action.span_s is None:
        return traced("{}", numbers.UNKNOWN)
    enough = "" if action.grade in GRADES_TO_LOWER else ": too short to lower"
    if action.hours is not None and action.hours.grade == "C":
        enough = ": not the hours production calls"
    span = traced_number(duration(action.span_s), action.span_s, "span_s")
    measured_s = action.measured_s
    if measured_s is None or measured_s >= action.span_s / 2:
        return traced("{}{}", span, enough)
    measured = traced_number(duration(measured_s), measured_s, "measured_s") if measured_s >= 1 else "moments"
    return traced("{} spread over {}{}", measured, span, enough)
