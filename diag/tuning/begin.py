"""The beginning of a campaign: look at production, show what is left to measure and what it costs, ask once,
and save what was decided."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.format.run_folder import new_run_id
from analysis.plain_text import json_text
from diag.apply_dialog.approval import approved_for
from diag.campaign.campaign import Campaign
from diag.campaign.forecast import forecast
from diag.campaign.saved import Saved
from diag.campaign.span import span_s
from diag.campaign.standing import WANTED_TO_LOWER
from diag.campaign.unreached_hours import unreached_hours
from diag.campaign.what_to_measure import Prepared, TuneScope, budget_of, campaign_of, prepare
from diag.campaign.when_next_window import next_slot
from diag.campaign.windows_judged import before_any_call
from diag.changes.journal.journal import Journal
from diag.changes.plans.plan import org_noted_in
from diag.clocks.wall_clock import REAL_TIME
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.interaction.shared_options import USUAL_DAYS
from diag.inventory.named_actions import wanted_actions
from diag.production.drift_and_resemblance import findings_of
from diag.production.look import look, place_of
from diag.production.org_to_ask import OrgToAsk
from diag.production.own_calls_to_subtract import OwnCalls
from diag.production.production_evidence import ProductionEvidence, ProductionQuestion
from diag.production.promises.what_was_promised import SetLately, promises_of, set_lately
from diag.production.reading.time_window import last_days
from diag.production.saved_evidence import to_json
from diag.production.when_production_calls import most_requests
from diag.tuning.campaign_text import Requests, cost_lines, look_lines, to_measure_table, why_lines
from diag.tuning.campaign_warnings import reach_lines, unread_lines
from diag.tuning.same_campaign import question_of
from diag.tuning.tune_context import TuneContext
from diag.tuning.tune_options import DEFAULT_OVER
from diag.workload.read_workload import tuned_by
from diag.workload.share_of_org_limits import read_limits
from diag.workload.workload import Workload

BESIDE: Final = 4
"""Requests with which a window begins beside actions and inputs: a login, the org's name, two of limits."""

BEGIN_BY_HAND: Final = (
    "Begin it once on a terminal: the same command without --yes, and type the name. Then it goes on from "
    "cron, too."
)
"""For a protected profile: the campaign keeps that the name was typed."""


def begin(context: TuneContext, client: GenesysClient) -> Saved | None:
    """Return the campaign as it was saved; None for a dry run, after which nothing is saved.

    Raises UsageError where nothing can be tuned, the span or the hours are too short, or nobody approves.
    """
    options = context.options
    over = options.over or DEFAULT_OVER
    span = span_s(over)
    workload = tuned_by(options.workload_file, as_org=context.target.counts_as_org)
    question = question_of(context, over)  # of the files as they were just read, not after the look
    scope = _scope(context, client, workload)
    listing = client.requests
    production = _look(context, client, scope.actions)
    place, now = place_of(client), context.clock.now()
    looked = client.requests
    runs = (context.settings.runs, context.folder.path.parent)
    org = OrgToAsk(client, place.org_id, context.settings.zone, context.clock.utc(), runs)
    own = org.own_calls()
    with context.console.progress("Reading what may be called"):
        lately = _set_lately(context, scope, production)
        prepared = prepare(client, scope, production, own, lately)
    inputs = client.requests - looked
    saved = Saved(
        campaign_id=new_run_id(now),
        host=place.host,
        org_id=place.org_id,
        org_name=place.org_name,
        sandbox=place.sandbox,
        question=question,
        campaign=_campaign(context, org, scope, prepared, own, (now, now + span)),
        not_called=prepared.not_called,
    )
    requests = Requests(client.requests, listing + inputs + BESIDE + _asked_again(saved.campaign))
    _show_cost(context, saved, prepared, requests, len(scope.actions))
    if options.dry_run:
        return None
    if saved.campaign is not None and context.target.counts_as_org:
        _ask(context, place.org_name or place.host)
    _save_production(context, production)
    context.folder.begin(saved)
    return saved


def _scope(context: TuneContext, client: GenesysClient, workload: Workload | None) -> TuneScope:
    file = context.options.workload_file
    with context.console.progress("Reading actions") as bar:
        listed = client.list_actions(include_auth_actions=True, on_progress=bar.update)
    asked = wanted_actions(listed, context.options.actions)
    in_scope = tuple(action for action in asked if action.configurable)
    if not in_scope:
        raise UsageError(
            "None of these actions has a timeout that can be set.",
            hint=f"See: {context.asked.command('scan')}",
        )
    as_org = context.target.counts_as_org
    return TuneScope(tuple(listed), in_scope, workload, str(file) if file else None, as_org)


def _look(context: TuneContext, client: GenesysClient, actions: Sequence[Action]) -> ProductionEvidence:
    changes = Journal(context.settings.journal).read()
    days = context.options.days or USUAL_DAYS
    question = ProductionQuestion(
        last_days(days, context.clock.utc()), context.rules, asked=context.asked, zone=context.settings.zone
    )
    with context.console.progress("Reading production telemetry") as bar:
        return look(client, actions, question, changes, on_progress=bar.update)


def _set_lately(
    context: TuneContext, scope: TuneScope, production: ProductionEvidence
) -> Mapping[str, SetLately]:
    """What diag has set since the look's window began, by action id; nothing where actions are named: what is
    asked for by name is called."""
    org = org_noted_in(production.place)
    if org is None or context.options.actions:
        return {}
    promises = promises_of(Journal(context.settings.journal).read(), org)
    counts = {action_id: one.counts for action_id, one in production.observed.items()}
    return set_lately(promises, production.since, scope.percentile_of(context.rules), counts)


def _campaign(
    context: TuneContext,
    org: OrgToAsk,
    scope: TuneScope,
    prepared: Prepared,
    own: OwnCalls,
    span: tuple[float, float],
) -> Campaign | None:
    if not prepared.to_measure:
        return None
    workload = scope.workload or Workload()
    lapsed = context.clock is not REAL_TIME
    budget = budget_of(read_limits(org.client), workload, as_org=scope.as_org, lapsed=lapsed)
    seed = secrets.randbelow(2**31)
    ids = [action.action_id for action in prepared.actions]
    with context.console.progress("Reading when production calls"):
        weeks = org.weeks(ids, prepared.stated_weeks, own)
    return campaign_of(prepared, workload, budget, context.rules, span=span, seed=seed, weeks=weeks)


def _asked_again(campaign: Campaign | None) -> int:
    """Requests with which each window asks when production calls, where the look could not read it."""
    if campaign is None or campaign.production_weeks is not None:
        return 0
    return most_requests(len(campaign.actions) - len(campaign.stated_weeks))


def _show_cost(
    context: TuneContext, saved: Saved, prepared: Prepared, requests: Requests, in_scope: int
) -> None:
    console, zone = context.console, context.settings.zone
    for line in look_lines(saved.not_called, in_scope, context.asked):
        console.sentence(line, indent="")
    campaign = saved.campaign
    if campaign is None:
        console.note("Nothing to measure.")
        return
    before, first = before_any_call(campaign), next_slot(campaign, 0, campaign.began_at)
    number = forecast(campaign, before, first)
    lowering = forecast(campaign, before, first, wanted=round(1000 * WANTED_TO_LOWER))
    console.result("")
    console.table(to_measure_table(prepared, number, zone))
    console.result("")
    unreached = unreached_hours(campaign, before, campaign.began_at)
    to_learn = context.target.known.to_learn(context.asked.command("doctor", before=("--learn",)))
    for line in (
        *why_lines(prepared),
        *cost_lines(campaign, prepared, number, lowering, requests, zone, context.asked),
        *unread_lines(campaign),
        *reach_lines(unreached, len(campaign.actions)),
        *([to_learn] if to_learn is not None and context.target.counts_as_org else ()),
    ):
        console.sentence(line, indent="")


def _ask(context: TuneContext, org: str) -> None:
    """Return when the calls are approved. Raises UsageError otherwise."""
    question = f"Call these actions of {org}?"
    yes, how = context.options.yes, BEGIN_BY_HAND
    if not approved_for(context.console, context.settings, org, question, yes=yes, how=how):
        raise UsageError("Not approved; nothing was called.")


def _save_production(context: TuneContext, production: ProductionEvidence) -> None:
    body = to_json(production, findings_of(production.observed, context.rules))
    write_whole(context.folder.production, json_text(body, indent=1) + "\n")
