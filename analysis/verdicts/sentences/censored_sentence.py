"""The sentence of `censored_needs_probe`: what hides the quantile, and what would show it."""

from analysis.estimates.findings import Findings
from analysis.estimates.given_up import GivenUp
from analysis.number_words import at_least, at_most, calls_of, percent, percentile_name
from analysis.recommend_settings import RecommendSettings


def censored(findings: Findings, settings: RecommendSettings) -> str:
    """Return the sentence about what cuts off so many calls that the quantile is hidden."""
    samples = findings.estimate.samples
    share = _share(findings.censored, findings)
    name = percentile_name(settings.percentile)
    hidden = f"{name} cannot be determined"
    if findings.lower_ms is not None:
        hidden = f"{name} is above {at_least(findings.lower_ms)} and cannot be determined"
    if findings.given_up > findings.censored / 2:
        return (
            f"{share} of calls were still running when the run ended, so {hidden} "
            "from this run: measure longer."
        )
    gives_up = findings.given_up_by_backend
    if gives_up is not None:
        return _ended_by_the_backend(gives_up, share, settings)
    if findings.timeouts == 0 and findings.censored:
        return (
            f"{share} of calls were ended by errors, so {hidden} "
            "from this run: find the cause of the errors first."
        )
    where = "production" if findings.source == "production" else "this run"
    accepted = 1.0 - settings.percentile
    near = 0 < findings.censored <= accepted * samples
    so = f"too close to {accepted * 100:g} %:" if near else "so"
    how = "for these calls" if findings.backend_alone else "on a private copy (draft) of the action"
    return f"{_what_ended_them(findings)}, {so} {hidden} from {where}: try a longer timeout, {how}."


def _share(calls: int, findings: Findings) -> str:
    samples = findings.estimate.samples
    return percent(calls / samples if samples else 0.0)


def _what_ended_them(findings: Findings) -> str:
    """Return "4 % of all calls hit the 2 s timeout and 6 % ended in an error": each for itself.

    Of all calls: what a timeout cuts off elsewhere is a share of the good ones, and larger."""
    if not findings.censored:
        return f"{calls_of(findings.source)} take as long as their timeout allows".capitalize()
    hit = f"{_share(findings.timeouts, findings)} of all {calls_of(findings.source)} hit"
    ended = [f"{hit} {_timeouts_that_fired(findings)}"]
    ended += [f"{_share(findings.errors, findings)} ended in an error"] if findings.errors else []
    ended += [f"{_share(findings.given_up, findings)} were still running"] if findings.given_up else []
    return " and ".join(filter(None, [", ".join(ended[:-1]), ended[-1]]))


def _ended_by_the_backend(gives_up: GivenUp, share: str, settings: RecommendSettings) -> str:
    # To the nearest: a reply that takes some milliseconds more does not make 10 s eleven.
    first, last = round(gives_up.earliest_ms / 1e3), round(gives_up.latest_ms / 1e3)
    after = f"after about {last} s" if last - first <= 1 else f"after {first} to {last} s"
    if last < 1:
        after = "within a second"
    answered = gives_up.answered
    number = "too few calls were answered for a number"
    if answered.timeout_s is not None and answered.quantile_ms is not None:
        needs = f"{answered.timeout_s} s" if answered.timeout_s <= settings.cap_s else "more than the cap"
        number = (
            f"the calls it answers ({percentile_name(settings.percentile)} {at_most(answered.quantile_ms)}) "
            f"need {needs}"
        )
    return (
        f"{share} of calls are ended by the backend itself {after}: no longer timeout changes that, "
        f"and trying one shows no more; {number}. --backend-errors exclude judges those alone: the "
        "others fail anyway."
    )


def _timeouts_that_fired(findings: Findings) -> str:
    """The timeouts that cut calls off; they may differ from the one in force now."""
    if findings.fired_s is None:
        return "their timeout"
    shortest, longest = findings.fired_s
    return f"the {longest} s timeout" if shortest == longest else f"timeouts of {shortest} to {longest} s"
