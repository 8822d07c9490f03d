"""The sentences of verdicts without a number because calls are missing: too few of them, or no data at all.

Also what calls were, in words that other sentences share.
"""

from typing import Final

from analysis.estimates.calls_missing import NEGLIGIBLE_LEFT, a_probe_sees_further
from analysis.estimates.findings import Findings
from analysis.number_words import at_most, calls_of, noun, percent, percentile_name, plural, rate
from analysis.recommend_settings import RecommendSettings
from analysis.runs.failed_direct_calls import FailedCalls
from analysis.runs.refusals import RefusedInputs
from analysis.verdicts.sentences.left_out_reasons import why_left_out

REDIRECTS: Final = ("redirect_refused", "too_many_redirects")
"""Error codes of answers that lead elsewhere."""
NOTABLE_ERRORS: Final = 0.01
"""Share of calls ended by an error above which the sentence mentions it."""
NOTABLE_DESIGN_EFFECT: Final = 1.05
"""Design effect above which the sentence gives the effective number of calls."""


def no_data(findings: Findings) -> str:
    """Return why no call shows how long the action takes."""
    if findings.failed is not None and not findings.any_answer:
        return failed_directly(findings.failed)
    why = findings.saturated_because
    if why is not None:
        lowest = _lowest_rate(findings)
        return f"No usable calls: {why}{lowest}. Find out why, or measure at a lower rate."
    refused = findings.left_out.get("invalid_input", 0)
    if refused and refused == sum(findings.left_out.values()) and not findings.censored:
        return _all_refused(refused, findings.refusal)
    parts = [f"{count:,} {why_left_out(name)}" for name, count in findings.left_out.items()]
    causes = [", ".join(parts)] if parts else []
    if findings.censored:
        ends = "it" if findings.censored == 1 else "they"
        causes.insert(0, f"{plural(findings.censored, 'call')} failed before {ends} finished")
    if not causes:
        why = findings.not_called_because
        return "No calls were recorded." if why is None else f"It was not called: {why.rstrip('.')}."
    return f"No call shows how long the action takes ({'; '.join(causes)})."


def failed_directly(failed: FailedCalls) -> str:
    """Return what calls straight to a backend met, and what to do about it."""
    met = f"{failed.calls:,} of {plural(failed.of_all, 'call')}"
    if failed.of_login is not None:
        return (
            f"Its custom authentication action failed ({failed.of_login}), which {met} needed: check the "
            "credentials that it is given."
        )
    if failed.code in REDIRECTS:
        return (
            f"The backend led {met} to another address, where direct calls do not follow: is the URL right?"
        )
    if failed.status is None:
        return f"{met[0].upper()}{met[1:]} had no answer that could be used ({failed.code})."
    answered = f"The backend answered {failed.status} to {met}"
    if failed.wants_credentials:
        return (
            f"{answered}: it wants other credentials. Where no header of the action sends any, its "
            "integration may add them, and --auth basic (or bearer) does so here; else values are wrong."
        )
    return f"{answered}: is the input real, and the URL right?"


def _all_refused(calls: int, refusal: RefusedInputs | None) -> str:
    """Whether the backend or the platform refused the inputs, in words that can be acted on."""
    all_of = "The one call" if calls == 1 else f"All {calls:,} calls"
    was = noun(calls, "was", "were")
    if refusal is None:
        return f"{all_of} {was} refused for {noun(calls, 'its', 'their')} input."
    whom = f"{all_of}" if refusal.calls == calls else f"{refusal.calls:,} of {calls:,} calls"
    if refusal.of_backend is not None:
        answered = f"The backend answered {refusal.of_backend} to {whom[0].lower()}{whom[1:]}"
        return f"{answered}: are these inputs real, and is the URL right?"
    why = f": {refusal.message.rstrip('.')}" if refusal.message else ""
    return (
        f"{whom} {was} refused for {noun(calls, 'its', 'their')} input, before the backend was reached{why}."
    )


def _lowest_rate(findings: Findings) -> str:
    """Return which rate was too high, so that all above it were; nothing where no rate is known."""
    lowest = findings.saturated_rate
    return "" if lowest is None else f" even at {rate(lowest)}, the lowest rate tested"


def insufficient(findings: Findings, settings: RecommendSettings, new_run_calls: int | None = None) -> str:
    """Return what is missing for a bound, in calls where more would help: the first reason that holds.

    `new_run_calls`: how many the next command makes, where it measures. They are more than are missing: a new
    run is judged by its own calls, and those of its warm-up do not count.
    """
    text = _missing(findings, settings)
    if new_run_calls is None:
        return text
    return f"{text.removesuffix('.')} ({new_run_calls:,} in a run of its own, its warm-up included)."


def _missing(findings: Findings, settings: RecommendSettings) -> str:
    estimate, missing = findings.estimate, findings.shortfall
    if findings.saturated_because is not None and estimate.samples == 0:
        lowest = _lowest_rate(findings)
        return f"{findings.saturated_because}{lowest}: find out why, or measure at a lower rate."
    if estimate.upper_ms is not None and estimate.quantile_ms is not None:
        return _bound_above_cap(estimate.quantile_ms, estimate.upper_ms, findings, settings)
    if missing.hidden:
        return _hidden(findings)
    if missing.limited_by_the_timeout and missing.calls_needed is not None:
        return (
            f"{counted_calls(findings)}, but only {missing.far_seeing:,} of them could be observed beyond "
            f"{at_most(missing.reach_ms)}: about {plural(missing.calls_needed, 'more call')} with the longer "
            f"timeout {noun(missing.calls_needed, 'is', 'are')} needed."
        )
    if _still_running_at_the_longest_timeout(findings, settings):
        return _too_near(findings)
    return _too_few(findings)


def _bound_above_cap(
    quantile_ms: float, upper_ms: float, findings: Findings, settings: RecommendSettings
) -> str:
    return (
        f"{percentile_name(settings.percentile)} is {at_most(quantile_ms)} but may be as high as "
        f"{at_most(upper_ms)}, which with the buffer is above the cap of {settings.cap_s} s: "
        f"{_needed(findings.shortfall.calls_needed or 0)} to decide."
    )


def _hidden(findings: Findings) -> str:
    samples = findings.estimate.samples
    if findings.given_up > findings.censored / 2:
        running = percent(findings.given_up / samples)
        return f"{counted_calls(findings)}: {running} were still running when the run ended; measure longer."
    if not findings.timeouts:
        hidden = "which hide how long calls take: find the cause of the errors first"
        return f"{counted_calls(findings)}, {hidden}."
    cut = percent(findings.timeouts / samples)
    needed = findings.shortfall.calls_needed or 0
    with_one = f"about {plural(needed, 'call')} with one {noun(needed, 'is', 'are')} needed"
    return (
        f"{counted_calls(findings)}: {cut} were cut off by their timeout, so only a longer timeout can "
        f"show how long they take: {with_one}."
    )


def _still_running_at_the_longest_timeout(findings: Findings, settings: RecommendSettings) -> bool:
    estimate = findings.estimate
    near = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile)
    return near and estimate.samples > estimate.ok and not a_probe_sees_further(estimate)


def _too_near(findings: Findings) -> str:
    needed = findings.shortfall.calls_needed
    more = "" if needed is None else f"; {_needed(needed)} to decide"
    left = percent(findings.estimate.table.share_left)
    too_close = f"{left} had not finished after 60 s, too close to the accepted share"
    return f"{counted_calls(findings)}: {too_close}{more}."


def _too_few(findings: Findings) -> str:
    needed, samples = findings.shortfall.calls_needed, findings.estimate.samples
    counted = plural(samples, calls_of(findings.source).removesuffix("s"))
    about = f"{ended_by_errors(findings)}{with_invented_inputs(findings)}"
    if needed is None:
        return f"{counted_calls(findings)}: no number of further calls would settle it at this load."
    more = f"{needed:,} more {noun(needed, 'is', 'are')} needed"
    if findings.estimate.design_effect > NOTABLE_DESIGN_EFFECT:
        worth = f"tell as much as {findings.estimate.n_eff:,.0f} independent ones"
        return f"Slow calls come in bursts here, so {counted}{about and about + ','} {worth}: {more}."
    return f"{counted}{about and about + ','} {noun(samples, 'is', 'are')} too few for a safe number: {more}."


def _needed(calls: int) -> str:
    """Return "1 more call is needed", "2,400 more calls are needed"."""
    return f"{plural(calls, 'more call')} {noun(calls, 'is', 'are')} needed"


def ended_by_errors(findings: Findings) -> str:
    """Return ", 10 % of them ended by an error", or "" where they are few."""
    samples = findings.estimate.samples
    if findings.errors <= NOTABLE_ERRORS * samples:
        return ""
    return f", {percent(findings.errors / samples)} of them ended by an error"


def with_invented_inputs(findings: Findings) -> str:
    """Return ", all with invented inputs", or "" where none was: what a number rests on goes beside it."""
    share = findings.invented_share
    if not share:
        return ""
    return f", {'all' if share == 1.0 else percent(share)} with invented inputs"


def counted_calls(findings: Findings) -> str:
    """How many calls there are, how many independent ones they are worth, and how many ended by an error."""
    estimate = findings.estimate
    worth = ""
    if estimate.design_effect > NOTABLE_DESIGN_EFFECT:
        worth = f" (as good as {estimate.n_eff:,.0f} independent ones, because slow calls come in bursts)"
    counted = plural(estimate.samples, calls_of(findings.source).removesuffix("s"))
    return f"{counted}{worth}{ended_by_errors(findings)}{with_invented_inputs(findings)}"
