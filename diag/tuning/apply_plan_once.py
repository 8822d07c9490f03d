"""The plan of a campaign: made from its verdicts, and with `--apply` carried out once.

Once, because the same command is run again and again, from cron say: carried out anew, it would set again
what somebody has undone since. The journal knows whether it was, however that ended: each line of it names
the plan, and is on the disk before anything is sent. So a kill at any moment repeats nothing.
"""

from enum import StrEnum
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.typed_command import apply_plan, path_to_type
from analysis.verdicts.recommendation import Analysis
from diag.apply_dialog.apply_exit_code import raise_for
from diag.apply_dialog.apply_flow import build_plan, carry_out
from diag.apply_dialog.apply_options import ApplyFlags
from diag.campaign.folder import CampaignFolder
from diag.changes.change_errors import PlanFileError
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import latest_by_entry
from diag.changes.plans.plan import Plan
from diag.changes.plans.plan_file import plan_digest, read_plan, write_plan
from diag.errors import PartialError, UsageError
from diag.genesys.client import GenesysClient
from diag.tuning.notifying.campaign_news import CARRIED_OUT
from diag.tuning.tune_context import TuneContext

NOTHING_CHANGED: Final = "Nothing was changed."


class CarriedOut(StrEnum):
    """How far the plan in a campaign's folder was carried out, by whichever command."""

    NOT = "not"
    IN_PART = "in part"
    """It was stopped; the same plan goes on where it was."""
    ENDED = "ended"


def how_far(folder: CampaignFolder, journal: Journal) -> CarriedOut:
    """Return how far the plan in the folder was carried out. Raises JournalError."""
    if folder.applied.exists():
        return CarriedOut.ENDED
    try:
        plan = read_plan(folder.plan)
    except (FileNotFoundError, PlanFileError):  # there is none, or none that could be carried out
        return CarriedOut.NOT
    digest = plan_digest(plan)
    ours = [line for line in journal.read() if line.plan_digest == digest]
    if not ours:
        return CarriedOut.NOT
    ended = {line.action_id for line in latest_by_entry(ours).values() if line.finished}
    all_ended = all(change.action_id in ended for change in plan.changes)
    return CarriedOut.ENDED if all_ended else CarriedOut.IN_PART


def give_plan(context: TuneContext, analysis: Analysis) -> str:
    """Write the plan and say where; with `--apply` carry it out, unless that was done before. Return what
    became of it, as a sentence.

    Raises what carrying a plan out raises, PartialError where it was stopped before, and DiagError for an
    action that could not be read."""
    console, folder, options = context.console, context.folder, context.options
    to_apply = apply_plan(str(folder.plan), context.asked.org)
    match how_far(folder, Journal(context.settings.journal)):
        case CarriedOut.ENDED:
            console.note(f"This campaign's plan was carried out before. To do so again: {to_apply}")
            console.result(str(folder.path))
            return CARRIED_OUT
        case CarriedOut.IN_PART:
            stopped = "Carrying out this campaign's plan was stopped before its end."
            staged = "" if options.stages is None else f" {options.stages.flags}"
            if options.do_apply:
                raise PartialError(
                    stopped, hint=f"diag history lists what was done. To finish: {to_apply}{staged}"
                )
            console.note(f"{stopped} To finish: {to_apply}")
            console.result(str(folder.path))
            return f"{stopped} To finish: {to_apply}"
    with GenesysClient(context.target.connection) as client:
        plan = build_plan(console, client, analysis, context.settings.runs)
    write_plan(plan, folder.plan)  # before it is carried out: by its digest the journal's lines are known
    console.note(f"{plan.counts} Plan: {path_to_type(folder.plan)}")
    if options.do_apply:
        _carry_out(context, plan)
        return CARRIED_OUT
    raise_for((), "", plan.unread)
    console.note(NOTHING_CHANGED)
    console.result(str(folder.path))
    return f"{NOTHING_CHANGED} To set what can be set: {to_apply}" if plan.changes else NOTHING_CHANGED


def _carry_out(context: TuneContext, plan: Plan) -> None:
    """Carry the plan out; once that came to its end, however, it is not tried again by itself."""
    flags = ApplyFlags(yes=context.options.yes, stages=context.options.stages)
    try:
        carry_out(context.console, context.target, context.settings, plan, flags)
    except UsageError:  # not approved
        raise
    except Exception:
        _mark_if_begun(context)
        raise
    _mark_if_begun(context)


def _mark_if_begun(context: TuneContext) -> None:
    """What the journal does not know of (a network that was lost before the first change) is tried again."""
    if how_far(context.folder, Journal(context.settings.journal)) is not CarriedOut.NOT:
        write_whole(context.folder.applied, "")
