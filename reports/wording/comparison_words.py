"""The word and sign of a change between two runs, in the browser and as Markdown."""

from typing import Final

from analysis.views.compare_runs import Change
from reports.wording.verdict_words import Wording

CHANGE_WORDING: Final[dict[Change, Wording]] = {
    "slower": Wording("Slower", "▲", "up", "slower"),
    "faster": Wording("Faster", "▼", "fits", "faster"),
    "same": Wording("Same", "=", "aside", "the same for a timeout"),
    "cannot tell": Wording("Cannot tell", "?", "unknown", "too uncertain to tell"),
}
