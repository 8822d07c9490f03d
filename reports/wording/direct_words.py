"""What calls straight to the backend show, in sentences: on the terminal, in texts and on the page."""

from collections.abc import Sequence

from analysis.direct_side.contract_words import contract_words
from analysis.verdicts.recommendation import Recommendation


def backend_sentences(item: Recommendation) -> tuple[str, ...]:
    """Return whose the time is, what limits that, and how many replies broke the contract; empty where the
    backend was not called directly and every reply kept its contract."""
    broken = contract_words(item.contract_errors, item.samples, item.broken_contracts)
    own = [] if broken is None else [broken]
    side = item.direct
    if side is None or not side.samples or item.backend_alone:
        return tuple(_sentence(text) for text in own)
    limits = (*side.unlike, *own, *([] if side.contract is None else [side.contract]))
    more = [] if side.next_command is None else [f"To tell more: {side.next_command}"]
    return (*(share.sentence for share in side.shares), *map(_sentence, limits), *more)


def direct_calls(actions: Sequence[Recommendation]) -> int:
    """Return how many calls went straight to backends beside those that the verdicts rest on."""
    beside = (action.direct for action in actions if not action.backend_alone)
    return sum(side.samples + side.left_out for side in beside if side is not None)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
