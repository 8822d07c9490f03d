"""A campaign as text: what it will cost, how far it is, what is still open. Computes times and counts, never
prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.moment_words import at
from analysis.name_lists import by_reason, first_names, reason_lines
from analysis.number_words import duration, noun, percent, plural
from analysis.typed_command import Asked, path_to_type
from analysis.verdicts.next_command import name_to_type
from diag.campaign.campaign import Campaign, allowed_s
from diag.campaign.forecast import CampaignForecast
from diag.campaign.saved import NotCalled, Saved
from diag.campaign.standing import Standing
from diag.campaign.what_to_measure import NO_WORKLOAD, Prepared
from diag.campaign.when_next_window import Slot
from diag.table import Column, Table
from diag.tuning.which_campaign import BesideCampaign
from diag.workload.fair_use import FAIR_USE, share_of_a_day
from reports.wording.verdict_words import WORDING

MOST_NAMED: Final = 8
MOST_WITH_A_REASON: Final = 3
"""Actions named with why they are measured; more with one reason are "the others"."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests to the org beside the calls: those of the look before the first call, and those with which
    each window begins, at most."""

    look: int
    each_window: int


def look_lines(not_called: tuple[NotCalled, ...], in_scope: int, asked: Asked) -> list[str]:
    """Return what production settled, what diag has set lately, and what is not called for another reason;
    `asked`: what the commands in it repeat."""
    settled = [one.name for one in not_called if one.settled and not one.set_by_diag]
    lines = []
    if settled:
        lines.append(
            f"Production has the answer for {len(settled)} of {plural(in_scope, 'action')}: "
            f"{first_names(settled, MOST_NAMED)}."
        )
    else:
        lines.append(f"Production has no answer yet for any of {plural(in_scope, 'action')}.")
    return [*lines, *not_called_lines(not_called, asked)]


def not_called_lines(not_called: tuple[NotCalled, ...], asked: Asked) -> list[str]:
    """Return why actions are not called that production did not settle, and the command that helps."""
    lines = set_lately_lines(not_called, asked)
    unsettled = [(one.name, one.why) for one in not_called if not one.settled]
    lines += [f"Not called: {line}" for line in reason_lines(unsettled)]
    if any(why == NO_WORKLOAD for _, why in unsettled):
        lines.append(f"To call them: {asked.command('init')}, then {asked.same_campaign()}")
    return lines


def set_lately_lines(not_called: tuple[NotCalled, ...], asked: Asked) -> list[str]:
    """Return which actions are not called because diag has set them, and how to call them all the same."""
    lately = [one for one in not_called if one.set_by_diag]
    if not lately:
        return []
    names = first_names([f"{one.name} ({one.why})" for one in lately], MOST_NAMED)
    typed = [name_to_type(one.action_id, one.name) for one in lately]
    command = asked.command("tune", typed if len(typed) <= MOST_WITH_A_REASON else ["NAME"])
    return [
        f"Not called, because diag set {noun(len(lately), 'it', 'them')} in the days looked at and nothing "
        f"since speaks against it: {names}. `diag watch` goes on looking. To call "
        f"{noun(len(lately), 'it', 'one')} all the same: {command}"
    ]


def to_measure_table(prepared: Prepared, number: CampaignForecast, zone: str | None) -> Table:
    """Return one row for each action to call: how often, until when, with what."""
    return Table(
        (
            Column("to measure"),
            Column("calls", "right"),
            Column("number by"),
            Column("request"),
            Column("inputs", priority=2),
        ),
        tuple(
            (
                one.action.name,
                number.calls.get(one.action.action_id),
                _by(number.done_at.get(one.action.action_id), zone),
                "CHANGES" if one.action.side_effects else "reads",
                "invented" if one.action.invented else "yours",
            )
            for one in prepared.to_measure
        ),
    )


def why_lines(prepared: Prepared) -> list[str]:
    """Return why these are measured, one line for each reason; the one that most share stands last, for the
    others."""
    groups = by_reason((one.action.name, one.why.rstrip(".")) for one in prepared.to_measure)
    groups = sorted(groups, key=lambda group: len(group[0]) > MOST_WITH_A_REASON)
    lines = [f"Why {', '.join(names)}: {why}." for names, why in groups[:-1]]
    for names, why in groups[-1:]:
        which = " all" if not lines else " the others" if len(names) > 1 else f" {names[0]}"
        alone = not prepared.to_measure[1:]
        lines.append(f"Why{'' if alone else which}: {why}.")
    return lines


def cost_lines(
    campaign: Campaign,
    prepared: Prepared,
    number: CampaignForecast,
    lowering: CampaignForecast,
    requests: Requests,
    zone: str | None,
    asked: Asked,
) -> list[str]:
    """Return what the campaign costs: calls, time, requests, share of the limits, side effects."""
    allowed = allowed_s(campaign.stretches(campaign.began_at))
    calls, most = sum(number.calls.values()), sum(lowering.calls.values())
    beginnings = lowering.windows * requests.each_window
    lines = [
        f"{plural(campaign.windows, 'window')} of at most {duration(campaign.window_s)}, one in every "
        f"{duration(allowed / campaign.windows)} of {duration(allowed)}, each at a random moment; "
        f"until {at(campaign.until, zone)}.",
        f"About {plural(calls, 'call')} for a number for each action, up to {most:,} where timeouts will be "
        f"lowered (that needs 1,000 each): {duration(number.busy_s)} to {duration(lowering.busy_s)} in all, "
        "where a call takes about a second.",
        f"This look took {plural(requests.look, 'request')}; each window begins with at most "
        f"{requests.each_window} more. That is up to {most + beginnings:,} in all: {most:,} calls, and "
        f"{beginnings:,} with which {plural(lowering.windows, 'window')} "
        f"{noun(lowering.windows, 'begins', 'begin')}.",
    ]
    budget = campaign.budget
    if budget.token_per_minute is not None or budget.concurrent_executions is not None:
        span_s = campaign.until - campaign.began_at
        share = share_of_a_day(most + beginnings, budget.token_per_minute, span_s)
        lines.append(f"They are {share}. {FAIR_USE}")
        token, concurrent = budget.token_per_minute or "?", budget.concurrent_executions or "?"
        on_average = (most + beginnings) / allowed * 60.0 / (budget.token_per_minute or 300)
        a_minute = requests.each_window + max(number.a_minute, lowering.a_minute)
        if budget.token_per_minute is not None:  # then calls wait for the rest of the minute
            a_minute = min(a_minute, budget.token_per_minute)
        lines.append(
            f"At most {a_minute:,} requests a minute of the token's {token}, a window's beginning included "
            f"(on average {percent(on_average)}), and {budget.in_flight} of the org's "
            f"{concurrent} concurrent executions, {budget.places_each} of them for one action."
        )
    changing = [one.action.name for one in prepared.to_measure if one.action.side_effects]
    if changing:
        lines.append(f"Side effects: {', '.join(changing)} may change real data with every call.")
    invented = sum(one.action.invented for one in prepared.to_measure)
    if invented:
        lines.append(
            f"Inputs are invented for {plural(invented, 'action')}: no timeout is lowered on them. Real ones "
            f"go into the workload ({asked.command('measure', before=('--dry-run',))} shows the lines)."
        )
    late = [one.action.name for one in prepared.to_measure if one.action.action_id in number.unfinished]
    if late:
        lines.append(
            f"Too short for {', '.join(late)}: production calls them so rarely, or there are so many, that a "
            "number needs a longer --over."
        )
    return lines


def window_line(standings: Mapping[str, Standing], begun: int) -> str:
    """Return one line after a window."""
    done = sum(one.done is not None for one in standings.values())
    calls = sum(one.sent.calls for one in standings.values())
    of = plural(len(standings), "action")
    return f"Window {begun}: {plural(calls, 'call')} so far, {done} of {of} done"


def status_table(
    campaign: Campaign, standings: Mapping[str, Standing], coming: CampaignForecast, zone: str | None
) -> Table:
    """Return one row per action: how far it is, its verdict so far, when it is done."""
    rows = []
    for action in campaign.actions:
        one = standings[action.action_id]
        verdict = "-" if one.verdict is None else WORDING[one.verdict].word
        number = "-" if one.timeout_s is None else f"{one.timeout_s} s"
        over = "done" if one.gone is None else "gone"
        by = coming.done_at.get(action.action_id)
        done = over if one.done is not None or (one.answered and by is None) else _by(by, zone)
        wanted = one.sent.calls if one.done is not None else max(one.wanted, one.sent.calls + 1)
        rows.append(
            (action.name, f"{one.sent.calls} of {wanted}", verdict, number, f"{action.timeout_s} s", done)
        )
    return Table(
        (
            Column("action"),
            Column("calls", "right"),
            Column("verdict so far"),
            Column("number", "right"),
            Column("now", "right", 2),
            Column("done by"),
        ),
        tuple(rows),
    )


def status_lines(
    saved: Saved,
    standings: Mapping[str, Standing],
    slot: Slot | None,
    now: float,
    zone: str | None,
    same: str,
) -> list[str]:
    """Return where the campaign, which there is, stands, in sentences.

    `slot`: of the window to come, None where none is; `same`: the command that goes on with it."""
    campaign = saved.campaign
    assert campaign is not None
    over = now >= campaign.until
    still_open = sum(one.done is None and not (over and one.answered) for one in standings.values())
    lost = sum(one.gone is not None for one in standings.values())
    gone = f", {lost} gone" if lost else ""
    lately = sum(one.set_by_diag for one in saved.not_called)
    settled = sum(one.settled for one in saved.not_called) - lately
    had_set = f", diag had set {lately}" if lately else ""
    done = len(standings) - still_open - lost
    lines = [
        f"{done} of {plural(len(standings), 'action')} done, {still_open} open{gone}; "
        f"production settled {settled} more{had_set}. Began {at(campaign.began_at, zone)}, "
        f"ends {at(campaign.until, zone)}."
    ]
    if not still_open:
        lines.append(f"No action is open. For the result: {same}")
    elif over:
        lines.append(f"The span is over. For the result: {same}")
    elif slot is not None:
        late = " (missed: it is made up for)" if slot.due_at < now else ""
        lines.append(f"Next window: {at(slot.due_at, zone)}{late}.")
    else:
        lines.append(f"No window fits into what is left of the span. For the result: {same}")
    return lines


def open_lines(standings: Mapping[str, Standing], names: Mapping[str, str]) -> list[str]:
    """Return what stayed open at the end, and what each still wants."""
    still = [one for one in standings.values() if one.done is None and not one.answered]
    return reason_lines(
        (
            names[one.action_id],
            f"open at the end of the span: {_why_open(one)}",
        )
        for one in still
    )


def _why_open(one: Standing) -> str:
    if one.lacks is not None:
        return f"its answer is settled, but {one.lacks}"
    return "its answer is not settled yet" if one.sent.calls else "it was never called"


def _by(moment: float | None, zone: str | None) -> str:
    return "not in this span" if moment is None else at(moment, zone)


def beside_lines(others: Sequence[BesideCampaign], zone: str | None, now: float) -> list[str]:
    """Return a line for each other campaign: what it is about, until when it goes, how to see it."""
    return [f"Also in {path_to_type(one.path)}: {_beside(one, zone, now)}. See: {one.show}" for one in others]


def _beside(one: BesideCampaign, zone: str | None, now: float) -> str:
    if one.saved is None:
        return "a campaign that cannot be read"
    question, campaign = one.saved.question, one.saved.campaign
    about = [f"{question.over} of {one.saved.org_name or one.saved.host}"]
    if question.actions:
        about.append(f"only {first_names(question.actions, MOST_WITH_A_REASON)}")
    if campaign is None:
        return f"{', '.join(about)}, nothing to measure"
    ends = "ended" if now >= campaign.until else "ends"
    return f"{', '.join(about)}, {ends} {at(campaign.until, zone)}"
