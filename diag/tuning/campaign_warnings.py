"""What a campaign cannot answer, as text, and what would: hours it does not reach, answers that only a probe
sees, actions that are gone."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.name_lists import by_reason, first_names, reason_lines
from analysis.number_words import duration, noun, percent_at_most, plural
from analysis.verdicts.hours_words import left_out_words
from diag.campaign.campaign import LONGEST_S, Campaign, allowed_s, gap_s
from diag.campaign.standing import Standing
from diag.campaign.unreached_hours import UnreachedHours
from diag.campaign.when_next_window import RARE

MOST_SHOWN: Final = 3
DAY_S: Final = 86_400.0


def reach_lines(unreached: Sequence[UnreachedHours], of: int, another: str | None = None) -> list[str]:
    """Return which actions this campaign can never see enough of to lower them, why, and what would.

    Counted where they are many; `of`: the actions to measure; `another`: the command that begins another
    campaign, where only that helps."""
    if not unreached:
        return []
    many = len(unreached)
    who = unreached[0].name if many == 1 else f"{many} of {plural(of, 'action')}"
    groups = list(by_reason((one.name, _when(one)) for one in unreached))
    whys = [f"{first_names(names, MOST_SHOWN)}: {why}" for names, why in groups[:MOST_SHOWN]]
    rest = sum(len(names) for names, _ in groups[MOST_SHOWN:])
    more = [f"and {rest} more"] if rest else []
    return [
        f"{who} cannot be lowered by this campaign, and {noun(many, 'stays', 'stay')} open to its end: no "
        f"window comes in the hours of {_left_out(unreached)} of production's calls, and at most a third may "
        f"be missing. {'; '.join((*whys, *more))}. {_way_out(unreached, another)}"
    ]


def rare_lines(
    campaign: Campaign, standings: Mapping[str, Standing], visits_apart_s: float | None
) -> list[str]:
    """Return that windows come too rarely for the span, what that means and what would do.

    `visits_apart_s`: how far apart the newest began, None where that is not known."""
    apart_s = allowed_s(campaign.stretches(campaign.began_at)) / campaign.windows
    if visits_apart_s is None or visits_apart_s <= RARE * apart_s:
        return []
    held_up = [
        one
        for action in campaign.actions
        if (one := standings[action.action_id]).done is None
        and not action.warm
        and gap_s(action, campaign.budget, one.sent.first_s) <= apart_s
    ]
    if not held_up:
        return []
    calls = math.ceil(max(one.wanted for one in held_up) * visits_apart_s / (campaign.windows * apart_s))
    return [
        f"Windows come every {duration(visits_apart_s)}, planned is one every {duration(apart_s)}: about "
        f"{plural(calls, 'call')} to an action in each, which show less of the span than calls of different "
        f"windows. Let --once run every {duration(apart_s)}, or leave the command running without it."
    ]


def unread_lines(campaign: Campaign) -> list[str]:
    """Return of which actions it could not be read when production calls them, and what that means."""
    if campaign.production_weeks is not None:
        return []
    unread = [one.name for one in campaign.actions if one.action_id not in campaign.stated_weeks]
    if not unread:
        return []
    return [
        f"When production calls {first_names(unread, MOST_SHOWN)} could not be read; each window asks again. "
        "Until one is answered, no hour counts more than another: a timeout may be lowered though the hours "
        "of production were not seen."
    ]


def changed_lines(standings: Mapping[str, Standing], names: Mapping[str, str]) -> list[str]:
    """Return which actions changed while they were measured: what, and when."""
    return [f"{names[one.action_id]}: {one.changed}" for one in standings.values() if one.changed is not None]


def gone_lines(standings: Mapping[str, Standing], names: Mapping[str, str]) -> list[str]:
    """Return which actions could be called no more, and why."""
    gone = [one for one in standings.values() if one.gone is not None]
    return reason_lines((names[one.action_id], f"called no more: {one.done}") for one in gone)


def back_lines(names: Sequence[str]) -> list[str]:
    """Return which actions were gone and are called again."""
    return reason_lines((name, "it is there again, and is called again") for name in names)


def put_off_line(why: str, *, made_up_for: bool) -> str:
    """Return that a window could not begin, why (a sentence), and whether there is time for it later."""
    later = "It is made up for." if made_up_for else "No time is left in this span to make up for it."
    return f"This window could not begin: {why} {later}"


def probe_lines(standings: Mapping[str, Standing], names: Mapping[str, str]) -> list[str]:
    """Return which actions' timeouts hide the answer from every window, and the command that shows it.

    A campaign makes no probe by itself: it would open and delete a draft of the action in every window."""
    return [
        f"{names[one.action_id]}: its timeout hides the answer from every window. To see it: {one.probe}"
        for one in standings.values()
        if one.probe is not None
    ]


def _when(one: UnreachedHours) -> str:
    return f"{left_out_words(one.hours, one.week)} ({one.week.zone})"


def _left_out(unreached: Sequence[UnreachedHours]) -> str:
    """The shares that are missing: "40 %", or "40 to 100 %" where actions differ; rounded up."""
    shares = sorted(1.0 - (one.hours.share or 0.0) for one in unreached)
    least, most = percent_at_most(shares[0]), percent_at_most(shares[-1])
    return most if least == most else f"{least.removesuffix(' %')} to {most}"


def _as_flag(span_s: float) -> str:
    return f"{span_s / DAY_S:.0f}d" if span_s % DAY_S == 0 else f"{span_s / 3600.0:g}h"


def _way_out(unreached: Sequence[UnreachedHours], another: str | None) -> str:
    """The longest of the spans that would do, and the hours where only they would."""
    where = f", in another campaign ({another})" if another is not None else ""
    spans = [one.reached_in_s for one in unreached if one.reached_in_s is not None]
    hours = any(one.only_by_hours for one in unreached)
    over = f"--over {_as_flag(max(spans))}" if spans else ""
    allow = "allow some of those hours in [hours] of the workload" if hours else ""
    what = " and ".join(filter(None, [allow, over]))
    if not what:
        return f"No span up to {duration(LONGEST_S)} reaches them."
    return f"What would do{where}: {what}."
