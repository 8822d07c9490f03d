"""Going on with a campaign that was begun: only with the same question, in the same org."""

import hashlib
from pathlib import Path

from analysis.format.input_file import InputFile
from analysis.settings import changed
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import OTHER_FOLDER, Saved, TuneQuestion
from diag.errors import UsageError
from diag.genesys.client import GenesysClient
from diag.interaction.shared_options import USUAL_DAYS
from diag.production.look import place_of
from diag.tuning.tune_context import TuneContext


def question_of(context: TuneContext, over: str) -> TuneQuestion:
    """Return what a campaign that this command begins keeps of it."""
    options = context.options
    file = options.workload_file
    return TuneQuestion(
        over,
        None if file is None else str(file.resolve()),
        options.actions,
        options.days or USUAL_DAYS,
        changed(context.rules),
        None if file is None else workload_sha256(file),
    )


def workload_sha256(file: Path) -> str:
    """Return the digest of a workload file. Raises UsageError for one that cannot be read."""
    return hashlib.sha256(InputFile(file, UsageError).read()).hexdigest()


def refuse_a_changed_workload(question: TuneQuestion) -> None:
    """Raise UsageError where the workload is not what was approved: other hours, side effects, inputs."""
    if question.workload is None or question.workload_sha256 is None:
        return
    file = Path(question.workload)
    if workload_sha256(file) != question.workload_sha256:
        raise UsageError(
            f"{file} was changed since the campaign began; what was approved was the file as it was.",
            hint=f"Put it back, or approve the new one: {OTHER_FOLDER[0].lower()}{OTHER_FOLDER[1:]}",
        )


def may_call_now(context: TuneContext, saved: Saved) -> bool:
    """Return whether a campaign that had nothing to call has another workload now: then it begins anew.

    Begun without one, it only looked at production; `diag init` is what its own sentence asked for."""
    asked = question_of(context, saved.question.over)
    return saved.campaign is None and asked.workload_sha256 != saved.question.workload_sha256


def refuse_another_question(context: TuneContext, saved: Saved) -> None:
    """Raise UsageError where the command asks for something else than the campaign was begun for."""
    options = context.options
    campaign = saved.campaign
    if campaign is not None and context.clock.now() < campaign.until:  # later nothing is called by it
        refuse_a_changed_workload(saved.question)
    asked = question_of(context, options.over or saved.question.over)
    differs = [
        flag
        for flag, given, mine, its in (
            ("--over", options.over is not None, asked.over, saved.question.over),
            ("--action", bool(options.actions), asked.actions, saved.question.actions),
            ("--days", options.days is not None, asked.days, saved.question.days),
            ("WORKLOAD", options.workload is not None, asked.workload, saved.question.workload),
            ("the rules", bool(asked.rules), asked.rules, saved.question.rules),
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
