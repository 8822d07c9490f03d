"""`diag measure --into RUN`: what the run lacks, or its verdicts where it lacks nothing."""

from analysis.number_words import plural
from analysis.recommend_settings import RecommendSettings
from diag.console import Console
from diag.errors import UsageError
from diag.interaction.show_analysis import show_analysis
from diag.measuring.continuing.lacking_run import LackingRun, lacking_run
from diag.measuring_dialog.measure_options import MeasureOptions
from diag.settings import Settings


def run_to_top_up(
    console: Console, settings: Settings, options: MeasureOptions, rules: RecommendSettings
) -> LackingRun | None:
    """Return the run to top up; None, with its verdicts shown, where it lacks no calls.

    Raises UsageError for flags that `--into` does not go with, and what `lacking_run` raises.
    """
    stated = {
        "--run-dir": options.run_dir,
        "--rate": options.rate,
        "--calls": options.calls,
        "--mode": options.mode,
        "--model": options.model,
        "--arrivals": options.arrivals,
        "--probe": options.probe or None,
        "--direct or --both": options.direct_calls.direct or options.direct_calls.both or None,
    }
    unfit = [flag for flag, value in stated.items() if value is not None]
    if unfit:
        raise UsageError(f"--into makes calls as the run made them, so {unfit[0]} does not go with it.")
    assert options.into is not None
    lacking = lacking_run(
        options.into, settings.runs, rules, asked=options.asked, zone=settings.zone, only=options.actions
    )
    calls = sum(calls for calls, _ in lacking.more.values())
    if calls:
        console.note(f"{plural(calls, 'call')} to {plural(len(lacking.more), 'action')} are missing.")
        return lacking
    if not options.quiet:
        show_analysis(console, lacking.evidence.analysis, to_set=lacking.evidence.asked.apply)
    named = len(options.actions)
    whose = "this run" if not named else "this action" if named == 1 else "these actions"
    console.note(
        f"No verdict of {whose} lacks calls that more of the same would give it; nothing was called."
    )
    console.result(str(lacking.folder.path))
    return None
