"""From one action's calls to the estimate its number comes from: the chain behind every verdict.

Calls, timed on the right clock, split into load levels, each level with its estimate, and the level that
decides. Recommending, stopping, comparing and production all start here (docs/method.md, "Load levels").
"""

from dataclasses import dataclass

from analysis.estimates.estimate import estimate
from analysis.estimates.level_estimates import JudgedLevel, choose_main, judge_level, slowest_proven
from analysis.estimates.load_levels import Levels, split_levels
from analysis.estimates.service_time import Timed, on_the_right_clock
from analysis.recommend_settings import RecommendSettings
from analysis.samples.action_calls import NO_CALLS, Calls


@dataclass(frozen=True, slots=True)
class JudgedAction:
    """Every load level of one action with its estimate; `main` is None where no call of any level counts."""

    timed: Timed
    levels: Levels
    judged: tuple[JudgedLevel, ...]
    """The usable levels, in the order they are asked for a number."""
    main: JudgedLevel | None
    """The level to judge by first."""
    deciding: JudgedLevel
    """The level the number comes from: `main`, or a level proven slower. Without calls where none counts."""

    @property
    def proven_ms(self) -> int | None:
        """What any level proves to be below the quantile; None where nothing is proven."""
        proven = (level.estimate.lower_ms for level in self.judged)
        return max((lower for lower in proven if lower is not None), default=None)


def judge_action(
    calls: Calls, peak_rate: float | None, settings: RecommendSettings, *, many_looks: bool = False
) -> JudgedAction:
    """Return the levels of all first attempts `calls`; `peak_rate` is production's, in calls/s.

    `many_looks` as in `analysis.estimates.level_estimates.judge_level`.
    """
    timed = on_the_right_clock(calls)
    levels = split_levels(timed.calls, peak_rate)
    judged = tuple(judge_level(level, settings, many_looks=many_looks) for level in levels.usable)
    main = choose_main(judged, peak_rate)
    deciding = slowest_proven(main, judged) if main is not None else _no_level(settings)
    return JudgedAction(timed, levels, judged, main, deciding)


def _no_level(settings: RecommendSettings) -> JudgedLevel:
    return JudgedLevel(None, NO_CALLS, NO_CALLS, {}, estimate(NO_CALLS, settings), None)
