"""Going on with a campaign that was begun: only with the same question, in the same org."""

from dataclasses import replace

from analysis.settings import changed
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import OTHER_FOLDER, Saved, TuneQuestion
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.interaction.shared_options import USUAL_DAYS
from diag.production.look import place_of
from diag.tuning.approved_files import file_sha256, payload_digests, refuse_changed_files
from diag.tuning.tune_context import TuneContext


def question_of(context: TuneContext, over: str) -> TuneQuestion:
    """Return what a campaign that this command begins keeps of it: the files as they are now.

    Raises UsageError for one that cannot be read."""
    options = context.options
    file = options.workload_file
    path = None if file is None else file.resolve()  # the windows are called by it, in whatever folder
    return TuneQuestion(
        over,
        None if path is None else str(path),
        options.actions,
        options.days or USUAL_DAYS,
        changed(context.rules),
        None if path is None else file_sha256(path),
        None if path is None else payload_digests(path),
    )


def begins_anew(context: TuneContext, saved: Saved) -> bool:
    """Return whether a campaign that lacked a workload has one now: then it begins anew.

    It only looked at production; `diag init` is what its own sentence asked for. Not after its plan was
    carried out: another one would set again what somebody has undone since."""
    lacked = saved.campaign is None and saved.question.workload is None and _left_something(saved)
    return lacked and context.options.workload_file is not None and not context.folder.applied.exists()


def as_asked_before(context: TuneContext, saved: Saved) -> TuneContext:
    """Return the context of a campaign that begins anew: with the question as it was, but the workload."""
    question = saved.question
    options = replace(context.options, actions=question.actions, days=question.days)
    return replace(context, options=options, rules=question.settings)


def unused_workload(context: TuneContext, saved: Saved) -> str | None:
    """Return what to say where a campaign that calls nothing was begun before the workload was as it is now;
    None where there is nothing to say."""
    file = context.options.workload_file
    if file is None or saved.campaign is not None or not _left_something(saved):
        return None
    if file_sha256(file) == saved.question.workload_sha256:
        return None
    return f"This campaign was begun before {file} was as it is now, and calls nothing. {OTHER_FOLDER}"


def _left_something(saved: Saved) -> bool:
    return any(not one.settled for one in saved.not_called)


def refuse_another_question(context: TuneContext, saved: Saved, *, anew: bool = False) -> None:
    """Raise UsageError where the command asks for something else than the campaign was begun for.

    `anew`: it begins anew, over another span and by a workload."""
    options, question, campaign = context.options, saved.question, saved.campaign
    if campaign is not None and context.clock.now() < campaign.until:  # later nothing is called by it
        refuse_changed_files(question)
    file, rules = options.workload_file, changed(context.rules)
    differs = [
        flag
        for flag, given, mine, its in (
            ("--over", options.over is not None and not anew, options.over, question.over),
            ("--action", bool(options.actions), options.actions, question.actions),
            ("--days", options.days is not None, options.days, question.days),
            (
                "WORKLOAD",
                options.workload is not None and not anew,
                None if file is None else str(file.resolve()),
                question.workload,
            ),
            ("the rules", bool(rules), rules, question.rules),
        )
        if given and mine != its
    ]
    if differs:
        raise UsageError(
            f"{context.folder.path} holds a campaign that was begun otherwise ({', '.join(differs)}).",
            hint=OTHER_FOLDER,
        )


def refuse_another_org(folder: CampaignFolder, saved: Saved, client: GenesysClient) -> None:
    """Raise UsageError where the session talks to another org than the campaign's."""
    place = place_of(client)
    same = place.org_id == saved.org_id if place.org_id and saved.org_id else place.host == saved.host
    if not same:
        raise UsageError(
            f"{folder.path} holds a campaign in {saved.org_name or saved.host}, "
            f"not {place.org_name or place.host}.",
            hint=OTHER_FOLDER,
        )
