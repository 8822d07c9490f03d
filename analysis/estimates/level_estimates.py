"""Each load level with its estimate, and the level the number comes from (docs/method.md, "Load levels")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.estimates.enough_at_look import settled_before
from analysis.estimates.estimate import Estimate, counts_of, estimate
from analysis.estimates.load_levels import Level
from analysis.estimates.warmup import without_warm_up
from analysis.number_words import rate
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import Calls, classify
from analysis.statistics.interim_looks import last_look
from analysis.statistics.kaplan_meier import kaplan_meier


@dataclass(frozen=True, slots=True)
class JudgedLevel:
    """A load level with the calls that count (on the right clock, warm-up cut) and their estimate."""

    rate: float | None
    calls: Calls
    warm_up: Calls
    refused: Mapping[str, int]
    estimate: Estimate
    quantile_with_warm_up_ms: int | None


def judge_level(level: Level, settings: RecommendSettings, *, many_looks: bool = False) -> JudgedLevel:
    """Return the level with its estimate, after classification and the warm-up cut.

    `many_looks`: measuring stopped when the answer had settled. The upper bound then has the confidence of
    one more look of the plan that stopped it, so that all looks together keep the confidence of the settings.
    """
    calls, refused = classify(level.calls, settings.backend_errors)
    warm, cut = without_warm_up(calls, settings.warmup_s, settings.warmup_max_share)
    counts = counts_of(warm)
    confidence = _of_the_look(settings, len(warm)) if many_looks else None
    found = estimate(warm, settings, confidence=confidence, counts=counts)
    everything = kaplan_meier(counts + counts_of(cut)) if len(cut) else found.table
    return JudgedLevel(
        rate=level.rate,
        calls=warm,
        warm_up=cut,
        refused=refused,
        estimate=settled_before(warm, cut, found, settings, many_looks=many_looks),
        quantile_with_warm_up_ms=everything.quantile_ms(settings.percentile),
    )


def _of_the_look(settings: RecommendSettings, calls: int) -> float | None:
    look = last_look(settings.percentile, settings.confidence, settings.target_calls, calls)
    return look.confidence if look is not None else None


def choose_main(judged: Sequence[JudgedLevel], peak_rate: float | None) -> JudgedLevel | None:
    """Return the level whose number counts: the first that ran, if it has a bound.

    Without one, a lower level may stand in where that is no loss: a draft probe made at another rate
    (the timeout hid the quantile at the first), or any level when no production peak was declared.
    """
    ran = [level for level in judged if level.estimate.samples]
    if not ran:
        return None
    main = ran[0]
    if main.estimate.timeout_s is not None:
        return main
    cut_off = main.estimate.samples > main.estimate.ok
    for level in ran[1:]:
        probe = cut_off and bool(level.calls.draft.all())
        if level.estimate.timeout_s is not None and (probe or peak_rate is None):
            return level
    return main


def slowest_proven(main: JudgedLevel, judged: Sequence[JudgedLevel]) -> JudgedLevel:
    """Return the level that decides: main, or a guard proven slower than main's p99.

    Without the proof, the largest call of five small guards would set the number by chance. A guard
    proven slower without a bound of its own, whose p99 seems longer than the number of all the others or is
    hidden, decides that there is no number yet.
    """
    seen = main.estimate.quantile_ms
    if main.estimate.timeout_s is None or seen is None:
        return main
    slower = [level for level in judged if (level.estimate.lower_ms or 0) > seen]
    slowest = max([main, *slower], key=lambda level: level.estimate.timeout_s or 0)
    number_ms = (slowest.estimate.timeout_s or 0) * 1000
    unbounded = [
        level
        for level in slower
        if level.estimate.timeout_s is None
        and (level.estimate.quantile_ms is None or level.estimate.quantile_ms > number_ms)
    ]
    return max(unbounded, key=lambda level: level.estimate.lower_ms or 0, default=slowest)


def about_other_levels(
    judged: Sequence[JudgedLevel], main: JudgedLevel | None, deciding: JudgedLevel
) -> list[str]:
    """Return a warning where the number is not that of the first level."""
    if deciding.rate is None:
        return []
    if deciding is not main and deciding.estimate.timeout_s is None:
        return [f"at {rate(deciding.rate)} the action is proven slower; how much slower is not known yet"]
    if deciding is not main:
        return [f"the number comes from {rate(deciding.rate)}, where the action is slowest"]
    first = next((level for level in judged if level.estimate.samples), deciding)
    if deciding is first or first.rate is None:
        return []
    return [f"no number for {rate(first.rate)} from these calls: this one is for {rate(deciding.rate)}"]
