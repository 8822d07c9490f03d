"""An apply in stages: each is watched as long as was asked, and what it breaks ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.production.cut_off_by_hour import HourCut
from analysis.production.promise_watch import Stretch, WatchState, watch
from diag.apply_dialog.stage_options import StagedPlan, Stages, read_stages
from diag.apply_dialog.staged_apply import BrokenPromiseError, StageWatch, UnwatchedError
from diag.changes.applying.apply import Watch, apply_plan
from diag.changes.applying.apply_context import ApplyOptions, Operator
from diag.changes.journal.journal import Journal
from diag.changes.journal.journal_line import Author
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Plan
from diag.clocks.wall_clock import WallClock
from diag.console import Console
from diag.errors import UsageError
from diag.genesys.api_errors import ApiError, PlatformError
from diag.production.promises.judge_promises import NotWatched, PromiseLook, Watched
from diag.production.promises.what_was_promised import ACCEPTED, Promise, promises_of
from tests.support.changes.fake_org import IDENTITY, FakeOrg, change_for, full_config
from tests.support.changes.journal_records import record
from tests.support.examples import examples

HOUR_S = 3600.0
BEGAN_AT = 1_800_000_000.0


@dataclass
class Production:
    """What is promised, from a real journal; `broken`: actions whose promise breaks after so many looks."""

    journal: Journal
    broken: dict[str, int] = field(default_factory=dict)
    errors: list[ApiError] = field(default_factory=list)
    unread: bool = False
    reverted: bool = False
    hours: tuple[tuple[int, int], ...] = ((250, 0), (250, 0))
    """Executions and those cut off, of each full hour that can be read."""
    seldom: frozenset[str] = frozenset()
    """Actions that production does not call."""
    looks: list[tuple[float, frozenset[str]]] = field(default_factory=list)

    def promises(self) -> tuple[Promise, ...]:
        return promises_of(self.journal.read(), IDENTITY)

    def look(self, promises: Sequence[Promise], now: datetime) -> PromiseLook:
        self.looks.append((now.timestamp(), frozenset(item.line.action_id for item in promises)))
        if self.errors:
            raise self.errors.pop()
        if self.unread:
            return PromiseLook((), tuple(NotWatched(item, "refused", unread=True) for item in promises))
        if self.reverted:
            return PromiseLook((), tuple(NotWatched(item, "someone else changed it") for item in promises))
        return PromiseLook(tuple(Watched(item, self._state(item)) for item in promises))

    def _state(self, promise: Promise) -> WatchState:
        cut = [HourCut(HOUR_S * at, *hour) for at, hour in enumerate(self.hours)]
        state = watch([] if promise.line.action_id in self.seldom else cut, WatchState(ACCEPTED))
        if len(self.looks) < self.broken.get(promise.line.action_id, 10**6):
            return state
        return replace(state, broken_at=1.0, stretch=Stretch(promise.line.at, 500, 40))


@dataclass
class Staged:
    """Applies the same plan of four changes, on a clock that jumps."""

    folder: Path
    share: float = 0.5
    now: float = BEGAN_AT

    def __post_init__(self) -> None:
        fulls = [full_config(name) for name in "abcd"]
        self.org = FakeOrg.with_actions(*fulls)
        self.journal = Journal(self.folder / "journal.jsonl")
        self.plan = Plan(12.5, IDENTITY, tuple(change_for(full, 10) for full in fulls))
        self.production = Production(self.journal)

    def apply(self, org: tuple[str, ...] = ()) -> tuple[list[ChangeResult], StageWatch]:
        clock = WallClock(lambda: self.now, self._sleep)
        plan = StagedPlan(Stages(self.share, 4 * HOUR_S), len(self.plan.changes), "diag apply P", org)
        stages = StageWatch(Console(), self.production, plan, clock)
        results = apply_plan(
            self.plan,
            self.org,
            self.journal,
            Operator(IDENTITY, Author("client", f"apply-{self.now}")),
            options=ApplyOptions(verify=False),
            watch=Watch(why_not_on=stages.why_not_on),
            clock=clock,
        )
        return results, stages

    def _sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    @property
    def changed(self) -> str:
        return "".join(action_id for action_id, _ in self.org.patches)


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return Staged(tmp_path)


def outcomes(results: Sequence[ChangeResult]) -> list[ChangeOutcome]:
    return [result.outcome for result in results]


def test_each_stage_is_watched_for_its_time_before_the_next(
    staged: Staged, capsys: "pytest.CaptureFixture[str]"
) -> None:
    results, stages = staged.apply()

    assert outcomes(results) == [ChangeOutcome.APPLIED] * 4
    assert stages.stopped_by is None
    assert staged.now - BEGAN_AT >= 4 * HOUR_S
    assert {seen for _, seen in staged.production.looks} == {frozenset("ab")}
    gaps = [
        later - one
        for (one, _), (later, _) in zip(staged.production.looks, staged.production.looks[1:], strict=False)
    ]
    assert max(gaps) <= HOUR_S
    shown = capsys.readouterr().err
    assert "Stage 1 is done. Production is watched until" in shown and "to go on: diag apply P" in shown


def test_one_at_a_time_watches_all_that_were_changed_so_far(staged: Staged) -> None:
    staged.share = 0.1
    results, _ = staged.apply()

    assert outcomes(results) == [ChangeOutcome.APPLIED] * 4
    assert {seen for _, seen in staged.production.looks} == {
        frozenset("a"),
        frozenset("ab"),
        frozenset("abc"),
    }


def test_a_broken_promise_ends_it_at_once_and_says_how_to_undo(staged: Staged) -> None:
    staged.production.broken = {"b": 2}
    results, stages = staged.apply()

    assert staged.changed == "ab"
    assert outcomes(results)[2:] == [ChangeOutcome.SKIPPED] * 2
    assert results[2].reason == "not tried: stage 1 did not pass"
    assert staged.now - BEGAN_AT <= 2 * HOUR_S
    error = stages.stopped_by
    assert error is not None and error.category == "threshold"
    assert "8.0 %" in error.message or "8 %" in error.message
    assert error.hint is not None and "diag observe" in error.hint
    assert any("2 changes of the plan were not made" in line for line in error.details)


@pytest.mark.parametrize("failures", [1, 3])
def test_a_look_that_fails_is_made_again_while_there_is_time(staged: Staged, failures: int) -> None:
    staged.production.errors = [PlatformError("no answer", status=503)] * failures
    results, stages = staged.apply()

    assert outcomes(results) == [ChangeOutcome.APPLIED] * 4 and stages.stopped_by is None


def test_production_that_cannot_be_read_at_the_end_of_a_stage_ends_it(staged: Staged) -> None:
    staged.production.errors = [PlatformError("no answer", status=503)] * 99
    results, stages = staged.apply()

    assert staged.changed == "ab" and outcomes(results)[2:] == [ChangeOutcome.SKIPPED] * 2
    assert stages.stopped_by is not None and stages.stopped_by.category == "incomplete"
    assert "no answer" in stages.stopped_by.message


def test_a_query_that_is_refused_for_an_action_ends_it_too(staged: Staged) -> None:
    staged.production.unread = True
    _, stages = staged.apply()

    assert staged.changed == "ab"
    assert stages.stopped_by is not None and "refused" in stages.stopped_by.message


def test_a_change_that_somebody_took_back_has_not_passed(staged: Staged) -> None:
    staged.production.reverted = True
    _, stages = staged.apply()

    assert staged.changed == "ab"
    assert stages.stopped_by is not None and "someone else changed it" in stages.stopped_by.message


def test_another_plan_waits_for_what_was_changed_before_and_does_not_go_past_a_broken_promise(
    staged: Staged,
) -> None:
    staged.production.errors = [PlatformError("no answer", status=503)] * 99
    _, stages = staged.apply()
    staged.production.errors.clear()
    staged.now = BEGAN_AT + HOUR_S
    stages.await_earlier_changes()
    assert staged.now >= BEGAN_AT + 4 * HOUR_S

    staged.production.looks.clear()
    staged.production.broken = {"a": 1}
    with pytest.raises(BrokenPromiseError):
        stages.await_earlier_changes()


def test_after_a_stop_the_same_plan_goes_on_watching_for_the_rest_of_the_time(staged: Staged) -> None:
    staged.production.errors = [PlatformError("no answer", status=503)] * 99
    staged.apply()
    staged.production.errors.clear()
    staged.production.looks.clear()
    staged.now = BEGAN_AT + HOUR_S  # the clock of another command, an hour after the first stage
    results, stages = staged.apply()

    assert staged.changed == "abcd" and stages.stopped_by is None
    assert outcomes(results) == [*[ChangeOutcome.SKIPPED] * 2, *[ChangeOutcome.APPLIED] * 2]
    assert staged.production.looks[0][0] < BEGAN_AT + 2 * HOUR_S < staged.production.looks[-1][0]


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        (((1000, 1000),), "1,000 executions in 1 full hour since the change, 1,000 of them cut off"),
        (((1000, 0),), "1,000 executions in 1 full hour since the change, 0 of them cut off"),
        (((1000, 1000), (0, 0)), "1,000 executions in 1 full hour since the change"),
        (((1, 1), (1, 1)), "2 executions in 2 full hours since the change, 2 of them cut off"),
        ((), "production did not call it in any full hour since the change"),
    ],
)
def test_a_stage_of_which_too_little_was_seen_is_not_known_and_the_same_command_goes_on(
    staged: Staged, hours: tuple[tuple[int, int], ...], says: str
) -> None:
    staged.production.hours = hours
    results, stages = staged.apply()

    assert staged.changed == "ab" and outcomes(results)[2:] == [ChangeOutcome.SKIPPED] * 2
    error = stages.stopped_by
    assert error is not None and error.category == "incomplete"
    assert "not known whether production keeps its promise, so no more was changed: 2 a" in error.message
    assert says in error.message and error.hint is not None and error.hint.endswith(": diag apply P")

    staged.production.hours = ((250, 0), (250, 0))
    results, stages = staged.apply()
    assert stages.stopped_by is None and staged.changed == "abcd"


def test_another_plan_does_not_go_past_a_stage_that_is_not_known(staged: Staged) -> None:
    staged.production.hours = ((1000, 1000),)
    _, stages = staged.apply()

    with pytest.raises(UnwatchedError) as caught:
        stages.await_earlier_changes()
    assert caught.value.details == ("Without --stage nothing is watched first.",)


def test_an_action_that_production_hardly_calls_does_not_hold_up_the_others(
    staged: Staged, capsys: "pytest.CaptureFixture[str]"
) -> None:
    staged.production.seldom = frozenset("b")
    _, stages = staged.apply()

    assert stages.stopped_by is None and staged.changed == "abcd"
    assert "Not judged yet: Action b: production did not call it" in capsys.readouterr().err


@pytest.mark.slow
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(st.one_of(st.integers(0, 3), st.integers(0, 5000)), max_size=6),
    accepted=st.sampled_from([0.0001, 0.001, 0.01, 0.08, 0.3, 0.5]),
)
def test_a_stage_in_which_every_execution_is_cut_off_never_passes(
    staged: Staged, hours: list[int], accepted: float
) -> None:
    promise = Promise(record(promised_share=accepted))
    cut = [HourCut(HOUR_S * at, executions, executions) for at, executions in enumerate(hours)]
    seen = Watched(promise, watch(cut, WatchState(promise.accepted)))
    plan = StagedPlan(Stages(0.5, 4 * HOUR_S), 4, "diag apply P")
    clock = WallClock(lambda: promise.line.at + 5 * HOUR_S, lambda _: None)

    with pytest.raises((BrokenPromiseError, UnwatchedError)):
        StageWatch(Console(quiet=True), _Seen(seen), plan, clock).await_earlier_changes()


@dataclass(frozen=True)
class _Seen:
    """An org with one promise."""

    seen: Watched

    def promises(self) -> tuple[Promise, ...]:
        return (self.seen.promise,)

    def look(self, promises: Sequence[Promise], now: datetime) -> PromiseLook:
        return PromiseLook((self.seen,))


def test_the_commands_of_a_broken_stage_lead_to_the_same_org(staged: Staged) -> None:
    staged.production.broken = {"b": 2}
    _, stages = staged.apply(("--profile", "acme"))

    assert stages.stopped_by is not None
    assert stages.stopped_by.hint is not None and "--profile acme" in stages.stopped_by.hint


def test_a_stage_of_which_nothing_was_changed_is_not_watched(staged: Staged) -> None:
    for name in "abcd":
        staged.org.edit(name, timeout_s=7)
    results, _ = staged.apply()

    assert staged.production.looks == []
    assert ChangeOutcome.APPLIED not in outcomes(results)


@pytest.mark.parametrize(
    ("share", "changes", "size"), [(0.1, 40, 4), (0.1, 5, 1), (0.5, 3, 1), (1.0, 3, 3), (0.3, 10, 3)]
)
def test_a_stage_has_at_least_one_change_and_never_more_than_its_share(
    share: float, changes: int, size: int
) -> None:
    assert Stages(share, 4 * HOUR_S).size(changes) == size


def test_the_flags_as_typed_and_as_said_again() -> None:
    stages = read_stages("12.5 %", "5h")

    assert stages == Stages(0.125, 5 * HOUR_S)
    assert stages.flags == "--stage 12.5% --watch-for 300m"
    assert read_stages(*stages.flags.split()[1::2]) == stages
    assert read_stages(None, None) is None


@pytest.mark.parametrize(
    ("stage", "watch_for"),
    [("0%", None), ("101%", None), ("10", None), ("x", None), ("-5%", None), (None, "4h")]
    + [("10%", text) for text in ("2h", "3h", "3h59m", "169h", "", "soon")],
)
def test_flags_that_cannot_be_are_refused(stage: str | None, watch_for: str | None) -> None:
    with pytest.raises(UsageError):
        read_stages(stage, watch_for)
