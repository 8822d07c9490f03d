"""Replies that came in time and broke the action's contract, in words."""

from collections.abc import Sequence

from analysis.number_words import percent, plural
from analysis.runs.broken_contract import BrokenContract


def contract_words(broken: int, calls: int, places: Sequence[BrokenContract]) -> str | None:
    """Return how many of these calls broke it, where, and what helps: a sentence without its full stop; None
    where none did."""
    if not broken or not calls:
        return None
    named = "; ".join(dict.fromkeys(text for place in places if (text := _place(place))))
    where = f" at {named}" if named else ""
    return (
        f"{broken:,} of {plural(calls, 'call')} ({percent(broken / calls)}) came back with a reply that "
        f"breaks the action's contract{where}. A timeout does not help: fix the contract or the backend"
    )


def _place(place: BrokenContract) -> str:
    """Return "$.price (type: not number)", or what of it is known."""
    rule = place.rule and f"({place.rule})"
    return " ".join(filter(None, (place.path, rule)))
