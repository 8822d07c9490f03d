"""What calls straight to the backend show, in sentences: on the terminal, in texts and on the page."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from analysis.direct_side.broken_contract_words import contract_words
from analysis.verdicts.recommendation import Recommendation
from reports.wording.one_command import commands_for


def said_of_all(actions: Sequence[Recommendation]) -> tuple[str, ...]:
    """Return what limits the comparison of every action that was called both ways, where there are several:
    sentences without their full stops, to be said once (`backend_sentences`)."""
    compared = [side.unlike for one in actions if (side := one.direct) is not None and side.shares]
    if len(compared) < 2:
        return ()
    return tuple(text for text in compared[0] if all(text in other for other in compared))


def all_backends(actions: Sequence[Recommendation]) -> tuple[str, ...]:
    """Return what follows the sentences of single actions: what limits them all, and what tells more."""
    asked = [
        replace(one, next_command=side.next_command) for one in actions if (side := one.beside) is not None
    ]
    limits = (_sentence(f"of all of them: {text}") for text in said_of_all(actions))
    return (*limits, *(f"To tell more: {group.command}" for group in commands_for(asked)))


def backend_sentences(item: Recommendation, said: Collection[str] = ()) -> tuple[str, ...]:
    """Return whose the time is, what limits that, and how many replies broke the contract; empty where the
    backend was not called directly and every reply kept its contract.

    `said`: what is said of all actions (`said_of_all`), and so not of each.
    """
    broken = contract_words(item.contract_errors, item.samples, item.broken_contracts)
    own = [] if broken is None else [broken]
    side = item.direct
    if side is not None and side.failed is not None and not item.backend_alone:
        return (*(_sentence(text) for text in own), f"{side.failed} Check how: {side.next_command}")
    side = item.beside
    if side is None:
        return tuple(_sentence(text) for text in own)
    unlike = [text for text in side.unlike if text not in said]
    limits = (*unlike, *own, *([] if side.contract is None else [side.contract]))
    return (*(share.sentence for share in side.shares), *map(_sentence, limits))


def direct_calls(actions: Sequence[Recommendation]) -> int:
    """Return how many calls went straight to backends beside those that the verdicts rest on."""
    beside = (action.direct for action in actions if not action.backend_alone)
    return sum(side.samples + side.left_out for side in beside if side is not None)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
