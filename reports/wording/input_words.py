"""What the inputs behind a number were, in a word or two: it goes wherever the number goes."""

from analysis.format.sample_schema import InputOrigin
from analysis.number_words import invented
from analysis.verdicts.recommendation import Recommendation
from reports.wording import numbers


def inputs_of(action: Recommendation) -> str:
    """Return `invented`, `40 % invented`, `real`, `contract`, `none needed`, or a dash where unknown.

    `contract`: the contract lists every value there is.
    """
    if action.source == "production":
        return "real"
    if not action.input_origins:
        return numbers.UNKNOWN
    if set(action.input_origins) == {InputOrigin.NONE}:
        return "none needed"
    if set(action.input_origins) <= {InputOrigin.CONTRACT, InputOrigin.NONE}:
        return "contract"
    return invented(action.invented_share) or "real"
