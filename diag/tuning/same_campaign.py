"""Going on with a campaign that was begun: only with the same question, in the same org."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analysis.recommend_settings import RecommendSettings, changed
from analysis.typed_command import Asked, is_usual_workload
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved, TuneQuestion
from diag.interaction.shared_options import USUAL_DAYS
from diag.production.production_evidence import Place
from diag.tuning.approved_files import file_sha256, payload_digests
from diag.tuning.tune_context import TuneContext
from diag.tuning.tune_options import TuneOptions


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
        context.asked.cut_off,
    )


def asked_by_campaign(asked: Asked, question: TuneQuestion) -> Asked:
    """Return what next commands repeat, with what was typed when the campaign was begun."""
    file = asked.workload
    if file is None and question.workload is not None and not is_usual_workload(Path(question.workload)):
        file = question.workload
    return replace(asked, workload=file, cut_off=asked.cut_off or question.cut_off)


def begins_anew(options: TuneOptions, folder: CampaignFolder, saved: Saved) -> bool:
    """Return whether a campaign that lacked a workload has one now: then it begins anew.

    It only looked at production; `diag init` is what its own sentence asked for. Not after its plan was
    carried out: another one would set again what somebody has undone since."""
    lacked = saved.campaign is None and saved.question.workload is None and _left_something(saved)
    return lacked and options.workload_file is not None and not folder.applied.exists()


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
    return f"This campaign was begun before {file} was as it is now, and calls nothing. {context.folder.hint}"


def _left_something(saved: Saved) -> bool:
    return any(not one.settled for one in saved.not_called)


def differences(
    options: TuneOptions, rules: RecommendSettings, place: Callable[[], Place | None]
) -> Callable[[CampaignFolder, Saved], tuple[str, ...]]:
    """Return what tells in what the command asks for something else than a campaign was begun for.

    What was not typed agrees with every campaign. `place` is asked only where all else agrees; None where it
    is not known. A campaign that begins anew does so over any span, by any workload."""

    def of(folder: CampaignFolder, saved: Saved) -> tuple[str, ...]:
        question, anew = saved.question, begins_anew(options, folder, saved)
        file, mine = options.workload_file, changed(rules)
        differs = tuple(
            word
            for word, typed, same in (
                ("another --over", options.over is not None and not anew, options.over == question.over),
                ("other --action", bool(options.actions), options.actions == question.actions),
                ("other --days", options.days is not None, options.days == question.days),
                (
                    "another workload",
                    options.workload is not None and not anew,
                    file is not None and str(file.resolve()) == question.workload,
                ),
                ("other rules", bool(mine), mine == question.rules),
            )
            if typed and not same
        )
        here = None if differs else place()
        if here is None or _same_org(here, saved):
            return differs
        return (f"in {saved.org_name or saved.host}, not {here.org_name or here.host or 'the sandbox'}",)

    return of


def _same_org(place: Place, saved: Saved) -> bool:
    if place.org_id and saved.org_id:
        return place.org_id == saved.org_id
    return place.host == saved.host or (place.sandbox and saved.sandbox)
