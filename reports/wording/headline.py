"""The verdict on all actions: what can be set now, what needs more and how long, what fits no timeout."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from analysis.number_words import duration, noun, plural, whole_minutes
from analysis.verdicts.evidence_to_set import held_back, will_be_set
from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording import numbers
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number
from reports.wording.verdict_words import SETTABLE, cap_words

LONGEST_NAME: Final = 60
"""Letters of a name in a sentence."""

NOTABLE_SHARE: Final = 0.001
"""Cut-off shares below one call in a thousand are not worth the headline."""

UNJUDGED: Final = (
    Verdict.CENSORED_NEEDS_PROBE,
    Verdict.INSUFFICIENT_SAMPLES,
    Verdict.UNSTABLE,
    Verdict.NO_DATA,
)

_AT: Final = "headline"


class HeadlineNumbers(TypedDict):
    """The numbers of the headline, each action in one of the counts at most."""

    actions: int
    changes: int
    """What `--apply` sets by itself."""
    too_slow: int
    """No timeout up to `cap_s` fits."""
    cap_s: float | None
    """Null: they have different caps."""
    held_back: int
    """A number that has to wait."""
    judged: int
    """All that have a verdict."""
    unjudged: int
    """No verdict yet."""
    fitting: int
    """Nothing to do."""
    more_s: float | None
    """About how long the next commands of the unjudged call."""
    held_s: float | None
    """The same of those held back."""
    more_s_known: int
    """Of how many that is known."""
    held_s_known: int
    worst_share: float | None
    """The largest share of calls that a timeout in force cuts off."""


def headline(actions: Sequence[Recommendation]) -> TracedText:
    """Return the report in a few sentences, each about one thing: how many need what, and the worst."""
    if not actions:
        return traced("No action was measured.")
    counted: Mapping[str, Any] = headline_numbers(actions)
    sentences = _needs(actions, counted) or [_all_fit(counted)]
    return traced_join(" ", [*(traced("{}.", one) for one in sentences), *_worst(actions)])


def headline_numbers(actions: Sequence[Recommendation]) -> HeadlineNumbers:
    """Return the numbers of the headline."""
    unjudged = [action for action in actions if action.verdict in UNJUDGED or _fits_but_for_genesys(action)]
    waiting = [action for action in actions if action.verdict in SETTABLE and held_back(action)]
    return {
        "actions": len(actions),
        "changes": sum(action.verdict in SETTABLE and will_be_set(action) for action in actions),
        "too_slow": len(_too_slow(actions)),
        "cap_s": cap_words(_too_slow(actions))[1],
        "held_back": len(waiting),
        "judged": len(actions) - len(unjudged),
        "unjudged": len(unjudged),
        "fitting": sum(
            action.verdict is Verdict.OK and not _fits_but_for_genesys(action) for action in actions
        ),
        "more_s": _takes_s(unjudged),
        "held_s": _takes_s(waiting),
        "more_s_known": sum(action.next_takes_s is not None for action in unjudged),
        "held_s_known": sum(action.next_takes_s is not None for action in waiting),
        "worst_share": max((action.cut_off_now or 0.0 for action in actions), default=None),
    }


def _fits_but_for_genesys(action: Recommendation) -> bool:
    """Whether its timeout fits the backend, and how much comes on top was not measured."""
    return action.verdict is Verdict.OK and action.backend_alone


def shortened(name: str) -> str:
    """Return a name that fits into a sentence: its beginning, and `…` where something was left out."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _takes_s(actions: Sequence[Recommendation]) -> float | None:
    """About how long their next commands call, in whole minutes: at once, each at its own pace."""
    known = [action.next_takes_s for action in actions if action.next_takes_s is not None]
    longest = max(known, default=None)
    return longest if longest is None or longest < 60 else whole_minutes(longest)


def _needs(actions: Sequence[Recommendation], counted: Mapping[str, Any]) -> list[TracedText]:
    """Return "3 of 15 actions can be set now", "9 cannot be judged yet: ..." and so on."""
    if not any(counted[name] for name in ("changes", "unjudged", "held_back", "too_slow")):
        return []
    unjudged, waiting = int(counted["unjudged"] or 0), int(counted["held_back"] or 0)
    said = (
        ("changes", "can be set now", "can be set now", traced("")),
        ("unjudged", "cannot be judged yet", "cannot be judged yet", _more(unjudged, counted, "more_s")),
        (
            "held_back",
            "has a number that cannot be set yet",
            "have a number that cannot be set yet",
            _more(waiting, counted, "held_s"),
        ),
        ("too_slow", "fits no timeout up to", "fit no timeout up to", _cap(actions)),
        ("fitting", "fits as it is", "fit as they are", traced("")),
    )
    total = len(actions)
    parts: list[TracedText] = []
    for name, one, many, further in said:
        count = int(counted[name] or 0)
        if not count:
            continue
        who: str = traced_number(str(count), count, f"{_AT}/{name}")
        if not parts:
            of_all = traced_number(plural(total, "action"), total, f"{_AT}/actions")
            who = shortened(actions[0].action_name) if total == 1 else traced("{} of {}", who, of_all)
        parts.append(traced("{} {}{}", who, noun(count, one, many), further))
    return parts


def _cap(actions: Sequence[Recommendation]) -> TracedText:
    words, cap_s = cap_words(_too_slow(actions))
    return traced(" {}", traced_number(words, cap_s, f"{_AT}/cap_s"))


def _too_slow(actions: Sequence[Recommendation]) -> list[Recommendation]:
    return [action for action in actions if action.verdict is Verdict.OVER_CAP_USE_ASYNC]


def _more(actions: int, counted: Mapping[str, Any], name: str) -> TracedText:
    """Return ": about 13 min more of calls at this pace"; where it is known of some only, for how many."""
    takes_s, known = counted[name], int(counted[f"{name}_known"] or 0)
    if takes_s is None:
        return traced("")
    time: str = "under a minute"
    if takes_s >= 60:
        time = traced("about {}", traced_number(duration(takes_s), takes_s, f"{_AT}/{name}"))
    of_them = traced(" for {} of them", traced_number(str(known), known, f"{_AT}/{name}_known"))
    if known == actions:
        of_them = traced("")
    return traced(": {} more of calls at this pace{}", time, of_them)


def _all_fit(counted: Mapping[str, Any]) -> TracedText:
    total, fitting = int(counted["actions"] or 0), int(counted["fitting"] or 0)
    if not fitting:
        return traced("There is no timeout to set: {} built in", "it is" if total == 1 else "they are")
    if total == 1:
        return traced("The timeout fits")
    if fitting == total:
        return traced("All {} timeouts fit", traced_number(str(total), total, f"{_AT}/actions"))
    number = traced_number(plural(fitting, "timeout"), fitting, f"{_AT}/fitting")
    return traced("{} that can be set {}", number, noun(fitting, "fits", "fit"))


def _worst(actions: Sequence[Recommendation]) -> list[TracedText]:
    """The action that loses most calls today, in a sentence of its own."""
    worst = max(actions, key=lambda action: action.cut_off_now or 0.0)
    share = worst.cut_off_now or 0.0
    if share < NOTABLE_SHARE:
        return []
    cut_off = traced_number(numbers.share(share), worst.cut_off_now, f"{_AT}/worst_share")
    who = "Its timeout" if len(actions) == 1 else shortened(worst.action_name)
    return [traced("{} cuts off {} of its good calls now.", who, cut_off)]
