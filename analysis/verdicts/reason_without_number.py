"""One sentence for people where there is no number: what hides it, and what is missing."""

import math
from typing import Final

from analysis.estimates.findings import Findings
from analysis.estimates.shortfall import NEGLIGIBLE_LEFT, a_probe_sees_further
from analysis.settings import RecommendSettings
from analysis.wording import calls_of, percent, quantile_name, seconds, seconds_down

LEFT_OUT: Final = {
    "auth_error": "refused for credentials or permission",
    "invalid_input": "refused for their input",
    "rate_limited": "refused for too many calls (429)",
    "retry": "retries",
    "warm_up": "of the warm-up",
    "saturated_load_level": "at a saturated load level",
    "other_load_level": "at another load level",
    "load_level_above_peak": "at a load level above the production peak",
    "backend_error": "ended by an error of the backend",
    "platform_error": "ended by an error of the platform",
    "network_error": "ended by an error of the network",
}

NOTABLE_ERRORS: Final = 0.01


def no_data(found: Findings) -> str:
    """Return why no call says how long the action takes."""
    if found.saturated_because is not None:
        why = found.saturated_because
        return (
            f"No call that can be used: {why} at every rate tested. Find out why, or measure at a lower rate."
        )
    reasons = ", ".join(f"{count:,} {LEFT_OUT.get(name, name)}" for name, count in found.left_out.items())
    if not reasons and not found.censored:
        return "No call was recorded."
    errors = f"{found.censored:,} calls failed before they ended" if found.censored else ""
    said = "; ".join(part for part in (errors, reasons) if part)
    return f"No call says how long the action takes ({said})."


def censored(found: Findings, settings: RecommendSettings) -> str:
    """Return what cuts so many calls off that the quantile is hidden."""
    estimate = found.estimate
    share = percent(found.censored / estimate.samples if estimate.samples else 0.0)
    name = quantile_name(settings.percentile)
    above = f"{name} is above {seconds_down(found.lower_ms)} and" if found.lower_ms is not None else f"{name}"
    if found.given_up > found.censored / 2:
        return (
            f"{share} of calls were still running when the run ended, so {above} cannot be known "
            "from this run: measure longer, or let the run wait for its last calls."
        )
    if found.timeouts == 0:
        return (
            f"{share} of calls were ended by errors, so {above} cannot be known "
            "from this run: find out what ends them, then run a probe."
        )
    where = "production" if found.source == "production" else "this run"
    accepted = 1.0 - settings.percentile
    so = "so" if found.censored > accepted * estimate.samples else f"too near to {accepted * 100:g} %:"
    return (
        f"{share} of {calls_of(found.source)} hit {_fired(found)}, {so} {above} "
        f"cannot be known from {where}: run a probe."
    )


def ended_by_errors(found: Findings) -> str:
    """Return ", 10 % of which an error ended", or nothing where they are few."""
    samples = found.estimate.samples
    if found.errors <= NOTABLE_ERRORS * samples:
        return ""
    return f", {percent(found.errors / samples)} of which an error ended"


def _fired(found: Findings) -> str:
    """The timeouts that cut calls off: they need not be the one in force now."""
    if found.fired_s is None:
        return "their timeout"
    shortest, longest = found.fired_s
    return f"the {longest} s timeout" if shortest == longest else f"timeouts of {shortest} to {longest} s"


def insufficient(found: Findings, settings: RecommendSettings) -> str:
    """Return what is missing for a bound, in calls where more calls would do: the first reason that holds."""
    if found.saturated_because is not None and found.estimate.samples == 0:
        return f"{found.saturated_because} at every rate tested: find out why, or measure at a lower rate."
    if found.estimate.upper_ms is not None and found.estimate.quantile_ms is not None:
        return _bound_above_cap(found.estimate.quantile_ms, found.estimate.upper_ms, found, settings)
    if found.shortfall.hidden:
        return _hidden(found)
    if found.shortfall.limited_by_the_timeout and found.shortfall.calls_needed is not None:
        return (
            f"{_calls(found)}, but only {found.shortfall.far_seeing:,} of them could be seen beyond "
            f"{seconds(found.shortfall.reach_ms)}: "
            f"about {found.shortfall.calls_needed:,} more probe calls needed."
        )
    if _still_running_at_the_longest_timeout(found, settings):
        return _too_near(found)
    return _too_few(found, settings)


def _bound_above_cap(
    quantile_ms: float, upper_ms: float, found: Findings, settings: RecommendSettings
) -> str:
    return (
        f"{quantile_name(settings.percentile)} is {seconds(quantile_ms)} but may be up to "
        f"{seconds(upper_ms)}, with the buffer above the cap of {settings.cap_s} s: "
        f"{found.shortfall.calls_needed or 0:,} more calls needed to tell."
    )


def _hidden(found: Findings) -> str:
    cut = percent(found.censored / found.estimate.samples)
    if found.given_up > found.censored / 2:
        return (
            f"{_calls(found)}: {cut} were still running when the run ended; "
            "let the run wait for its last calls."
        )
    return (
        f"{_calls(found)}: {cut} were cut off before they ended, so only calls that may run longer can tell: "
        f"about {found.shortfall.calls_needed or 0:,} probe calls needed."
    )


def _still_running_at_the_longest_timeout(found: Findings, settings: RecommendSettings) -> bool:
    estimate = found.estimate
    near = estimate.table.share_left > NEGLIGIBLE_LEFT * (1.0 - settings.percentile)
    return near and estimate.samples > estimate.ok and not a_probe_sees_further(estimate)


def _too_near(found: Findings) -> str:
    needed = found.shortfall.calls_needed
    more = "" if needed is None else f"; {needed:,} more calls needed to be sure"
    left = percent(found.estimate.table.share_left)
    return f"{_calls(found)}: {left} were still not done after 60 s, too near to the accepted share{more}."


def _too_few(found: Findings, settings: RecommendSettings) -> str:
    reached, needed = found.shortfall.confidence_max_seen, found.shortfall.calls_needed
    # At 95 % there would be a number: what is missing then is not confidence.
    unsure = 0.0 < reached < settings.confidence
    # Rounded down: 94.9 % must not read as the 95 % that was asked for.
    whole = math.floor(reached * 100)
    sure = f"only {whole} % sure; " if unsure and whole else ""
    if needed is None:
        return f"{_calls(found)}: {sure}no number of further calls would settle it at this load."
    return f"{_calls(found)}: {sure}{needed:,} more needed."


def _calls(found: Findings) -> str:
    """How many calls were seen, what they are worth, and how many of them an error ended."""
    estimate, noun = found.estimate, calls_of(found.source)
    worth = (
        f" (worth {estimate.n_eff:,.0f}, because slow calls come in bursts)"
        if estimate.design_effect > 1.05
        else ""
    )
    counted = f"{estimate.samples:,} {noun.removesuffix('s') if estimate.samples == 1 else noun}"
    return f"{counted}{worth}{ended_by_errors(found)}"
