"""From the steps of a flow as they name each other to the nodes of its wiring.

A branch that ends without a step goes on with the step that follows the one it belongs to: exports are
written so (`nextAction` beside `paths`). That makes the longest wait longer than it may be, never shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analysis.flows.flow import FlowNode, FlowSequence

MOST_PLACES: Final = 50_000
"""Steps of one flow, of any kind; far above what Architect shows on a screen."""
_LOST: Final = "a step leads to one that is not in the flow"
_TANGLED: Final = "its steps are wired in a way that cannot be followed"


@dataclass(slots=True)
class PlaceInFlow:
    """One step as it was read. `heads` begin its branches, `open_branch`: one is empty, or it has none.

    `next` follows it. `ends`: nothing follows, for example it disconnects. `calls` are names of sequences.
    """

    step: int | None = None
    next: str | None = None
    heads: list[str] = field(default_factory=list)
    open_branch: bool = True
    calls: list[str] = field(default_factory=list)
    ends: bool = False
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A sequence as it was read: `starts` are names of places, `calls` names of other sequences."""

    name: str
    starts: tuple[str, ...]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Wired:
    """Nodes and sequences of a flow, and what could not be followed."""

    nodes: tuple[FlowNode, ...]
    sequences: tuple[FlowSequence, ...]
    not_followed: tuple[str, ...]


def wire(places: Mapping[str, PlaceInFlow], openings: Mapping[str, Opening]) -> Wired:
    """Return the wiring of all places that some opening leads to, and of all others beside it."""
    number = {name: at for at, name in enumerate(places)}
    numbered = {name: at for at, name in enumerate(openings)}
    lost: dict[str, None] = {}
    follows = _what_follows(places, openings, lost)
    nodes = []
    for name, place in places.items():
        after = [*place.heads]
        if not place.ends and (place.open_branch or not place.heads):
            after += follows.get(name, () if place.next is None else (place.next,))
        known = [number[one] for one in after if one in number]
        if len(known) < len(after):
            lost.setdefault(_LOST)
        calls = tuple(dict.fromkeys(numbered[one] for one in place.calls if one in numbered))
        nodes.append(FlowNode(place.step, tuple(dict.fromkeys(known)), calls, place.repeats))
    sequences = []
    for opening in openings.values():
        starts = [number[one] for one in opening.starts if one in number]
        if len(starts) < len(opening.starts):
            lost.setdefault(_LOST)
        sequences.append(FlowSequence(opening.name, tuple(dict.fromkeys(starts)), opening.repeats))
    return Wired(tuple(nodes), tuple(sequences), tuple(lost))


def _what_follows(
    places: Mapping[str, PlaceInFlow], openings: Mapping[str, Opening], lost: dict[str, None]
) -> dict[str, dict[str, None]]:
    """Return for each place what comes once it and its branches are over: one place in a sound flow."""
    follows: dict[str, dict[str, None]] = {}
    seen = set[tuple[str, str | None]]()
    left: list[tuple[str, str | None]] = [
        (start, None) for opening in openings.values() for start in opening.starts
    ]
    while left:
        name, inherited = left.pop()
        place = places.get(name)
        if place is None or (name, inherited) in seen:
            continue
        seen.add((name, inherited))
        if len(seen) > 2 * len(places):  # in a tree, each place is come to once
            lost.setdefault(_TANGLED)
            break
        then = inherited if place.next is None else place.next
        if then is not None:
            follows.setdefault(name, {})[then] = None
        if place.next is not None:
            left.append((place.next, inherited))
        left += [(head, then) for head in place.heads]
    return follows
