"""The longest a caller can wait for actions along a flow's steps: the longest path over its wiring.

Each step counts once. A loop is named and its rounds are not multiplied, so a caller may wait longer there.
What cannot be followed is said in `ArchitectFlow.not_followed`. Waiting for anything but an action (a queue,
an input) is not counted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from analysis.flows.flow import MOST_MS, ArchitectFlow, FlowStep
from analysis.flows.which_timeout_ends import StepWait, longest_wait_of_step

STEPS_NAMED: Final = 12


@dataclass(frozen=True, slots=True)
class LongestWait:
    """The longest wait of one flow, once through. Unless it is `certain`, less may be true.

    `steps` are places in `ArchitectFlow.steps` along that path, the first dozen. `repeats` names the loops in
    which actions are called; `unreached` the tasks that no step leads to as far as diag can follow, with
    their wait.
    """

    ms: int
    certain: bool
    steps: tuple[int, ...] = ()
    repeats: tuple[str, ...] = ()
    unreached: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Best:
    """The longest way from one place on: its wait, the sequence it runs first and the place it goes on to."""

    ms: int
    certain: bool
    callee: int | None = None
    then: int | None = None


def longest_wait(flow: ArchitectFlow, timeout_of: Callable[[FlowStep], int | None]) -> LongestWait:
    """Return the longest wait; `timeout_of` gives the timeout (s) of a step's action, None if unknown."""
    waits = [longest_wait_of_step(step, timeout_of(step)) for step in flow.steps]
    begins = range(len(flow.sequences)) if flow.begins_in is None else (flow.begins_in,)
    first = len(flow.nodes)
    roots = [first + one for one in begins]
    places = (
        *roots,
        *range(first + len(flow.sequences)),
    )  # from where it begins first: a circle is cut there
    order, circles = _post_order(places, lambda at: _next_places(flow, at))
    best: dict[int, _Best] = {}
    for at in order:
        best[at] = _best(flow, at, waits, best)
    begin = max(roots, key=lambda at: best[at].ms, default=None)
    if begin is None:
        return LongestWait(sum(wait.ms for wait in waits), False, tuple(range(len(waits)))[:STEPS_NAMED])
    reached = _reached(flow, roots)
    unreached = (
        (one.name, best[first + at].ms) for at, one in enumerate(flow.sequences) if first + at not in reached
    )
    return LongestWait(
        ms=best[begin].ms,
        certain=best[begin].certain and not flow.not_followed,
        steps=tuple(islice(_steps_along(flow, begin, best), STEPS_NAMED)),
        repeats=tuple(dict.fromkeys(_repeats(flow, reached, circles, best))),
        unreached=tuple((name, ms) for name, ms in unreached if ms),
    )


def _best(flow: ArchitectFlow, at: int, waits: Sequence[StepWait], best: dict[int, _Best]) -> _Best:
    """Return the longest way on from a place, whose next places are known already unless it is a circle."""
    if at >= len(flow.nodes):
        then, known = _longest(flow.sequences[at - len(flow.nodes)].starts, best)
        return _Best(0, True, then=then) if known is None else _Best(known.ms, known.certain, then=then)
    node = flow.nodes[at]
    callee, inside = _longest((len(flow.nodes) + one for one in node.calls), best)
    then, onward = _longest(node.after, best)
    parts = [part for part in (inside, onward) if part is not None]
    if node.step is not None:
        parts.append(_Best(waits[node.step].ms, waits[node.step].certain))
    return _Best(
        min(sum(part.ms for part in parts), MOST_MS), all(part.certain for part in parts), callee, then
    )


def _longest(places: Iterable[int], best: dict[int, _Best]) -> tuple[int | None, _Best | None]:
    known = [(at, best[at]) for at in places if at in best]
    if not known:
        return None, None
    at, one = max(known, key=lambda pair: pair[1].ms)
    certain = all(other.certain for _, other in known)
    return at, _Best(one.ms, certain, one.callee, one.then)


def _next_places(flow: ArchitectFlow, at: int) -> list[int]:
    if at >= len(flow.nodes):
        return list(flow.sequences[at - len(flow.nodes)].starts)
    node = flow.nodes[at]
    return [*(len(flow.nodes) + one for one in node.calls), *node.after]


def _post_order(places: Iterable[int], following: Callable[[int], list[int]]) -> tuple[list[int], set[int]]:
    """Return all places, each after those that follow it, and the places that a circle leads back to."""
    order: list[int] = []
    open_, done, circles = set[int](), set[int](), set[int]()
    for root in places:
        if root in done:
            continue
        open_.add(root)
        stack = [(root, iter(following(root)))]
        while stack:
            at, left = stack[-1]
            for one in left:
                if one in open_:
                    circles.add(one)
                elif one not in done:
                    open_.add(one)
                    stack.append((one, iter(following(one))))
                    break
            else:
                stack.pop()
                open_.discard(at)
                done.add(at)
                order.append(at)
    return order, circles


def _reached(flow: ArchitectFlow, roots: Iterable[int]) -> set[int]:
    found, left = set(roots), list(roots)
    while left:
        for one in _next_places(flow, left.pop()):
            if one not in found:
                found.add(one)
                left.append(one)
    return found


def _repeats(
    flow: ArchitectFlow, reached: set[int], circles: set[int], best: dict[int, _Best]
) -> Iterator[str]:
    """Name what may run more than once and waits for actions."""
    first = len(flow.nodes)
    for at in sorted(reached):
        name = flow.sequences[at - first].name if at >= first else flow.nodes[at].repeats
        again = at in circles or (flow.sequences[at - first].repeats if at >= first else name is not None)
        if again and best[at].ms:
            yield name or "a step that is gone back to"


def _steps_along(flow: ArchitectFlow, begin: int, best: dict[int, _Best]) -> Iterator[int]:
    left = [begin]
    while left:
        at = left.pop()
        one = best[at]
        if at < len(flow.nodes):
            step = flow.nodes[at].step
            if step is not None:
                yield step
        left += [place for place in (one.then, one.callee) if place is not None and best[place].ms]
