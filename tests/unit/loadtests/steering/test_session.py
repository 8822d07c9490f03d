"""A whole session on virtual time: what it sends, what stops it, and how it ends."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from analysis.format.manifest import LeftOut
from analysis.format.sample_schema import ActionVersion
from diag.choice.turns_file import Turn, WindowOrder
from diag.exit_codes import ExitCode
from diag.genesys.api_errors import LoginError
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Model, Ramp
from loadtests.planning.fill_in_plan import as_a_window
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.sending.arrival_streams import TICK_S
from loadtests.sending.call_budget import CallBudget
from loadtests.steering.director import HOURS_OVER
from tests.support.virtual_time import BEGAN_AT, Answer, Call, FakeLink, VirtualClock, VirtualRun

PLAN = LoadPlan((ActionLoad("a", "Quick", 3, 20.0, (EMPTY,)),), arrivals="constant")
STARVED = json.dumps(
    {"status": 429, "code": "too.many.requests", "limit": {"namespace": "dataactions", "key": "k"}}
).encode()


def refused(retry_after: str) -> Answer:
    return Answer(status=429, body=STARVED, retry_after=retry_after)


@pytest.mark.slow
def test_calls_leave_on_schedule_however_slow_the_replies_are(tmp_path: Path) -> None:
    with VirtualRun(PLAN, tmp_path, reply=lambda call: Answer(at_ms=2900)) as run:
        run.pass_time(60)

    gaps = [after.at_s - before.at_s for before, after in pairwise(run.calls)]
    assert 1190 <= len(run.calls) <= 1200
    assert max(gaps) < 0.051
    assert run.session.calls == len(run.calls)
    assert run.session.not_sent == 0


def test_what_was_planned_ends_with_its_last_reply_and_hardly_a_call_too_many(tmp_path: Path) -> None:
    """Decided once a second only, 33 calls at 40/s became 40, and a window lasted a second longer."""
    fast = replace(PLAN.actions[0], rate=40.0)
    plan = replace(PLAN, actions=(fast,), calls_per_action=33)
    with VirtualRun(plan, tmp_path, reply=lambda call: Answer(at_ms=100)) as run:
        began = run.clock.now()
        run.pass_time(10)
        took_s = run.clock.now() - began

    assert run.link.ended
    assert 33 <= len(run.calls) <= 33 + 2 * TICK_S * 40
    assert took_s <= len(run.calls) / 40 + 0.1 + 2 * TICK_S


def test_what_is_still_in_flight_after_the_drain_is_recorded_at_its_elapsed_time(tmp_path: Path) -> None:
    plan = replace(PLAN, drain_s=2.0)
    with VirtualRun(plan, tmp_path, reply=lambda call: Answer(at_ms=12_000)) as run:
        run.pass_time(5)

    assert run.clock.now() < 8
    (totals,) = run.session.recorder.totals()
    assert (totals.ok, totals.timeouts) == (0, len(run.calls))


def test_a_starved_org_is_spared_at_once_and_the_second_time_for_good(tmp_path: Path) -> None:
    plan = replace(PLAN, guard=GuardLimits(rate_limited_stops=2))

    def reply(call: Call) -> Answer:
        return refused("10") if 5 <= call.at_s < 5.2 or call.at_s > 25 else Answer()

    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(60)

    silent = [(one.at_s, two.at_s) for one, two in pairwise(run.calls) if two.at_s - one.at_s > 1]
    ((stopped, resumed),) = silent
    assert stopped < 5.6 and 15 < resumed < 15.8
    (why, failed, code) = run.link.ended[0]
    assert "stopped to spare production" in why
    assert (failed, code) == (True, ExitCode.INCOMPLETE)
    ((paused, pause_s),) = run.link.pauses
    assert "production is being refused too" in paused and pause_s == 10
    later = [call for call in run.calls if 16 < call.at_s < 25]
    assert 80 <= len(later) <= 92  # at half the rate


@pytest.mark.slow
def test_errors_stop_only_the_action_they_come_from(tmp_path: Path) -> None:
    plan = replace(PLAN, actions=(*PLAN.actions, ActionLoad("b", "Failing", 3, 20.0, (EMPTY,))))

    def reply(call: Call) -> Answer:
        return Answer(status=500, body=b"{}") if call.action_id == "b" else Answer()

    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(20)

    assert run.session.director.left_out == [LeftOut("Failing", "Failing: 100 % of its last 50 calls failed")]
    assert 50 <= sum(call.action_id == "b" for call in run.calls) <= 60
    assert sum(call.action_id == "a" for call in run.calls) >= 395
    assert not run.link.ended


def test_nothing_is_sent_with_a_refused_token_and_all_goes_on_with_the_next(tmp_path: Path) -> None:
    renewals: list[float] = []

    def renew(was_refused: bool) -> str:
        if not was_refused:
            return "token-2" if len(renewals) == 2 else "token-1"
        renewals.append(run.clock.now())
        if len(renewals) == 1:
            raise LoginError("The login is down.")
        return "token-2"

    def reply(call: Call) -> Answer:
        return Answer(status=401, body=b"{}") if call.at_s > 5 and call.token == "token-1" else Answer()

    with VirtualRun(PLAN, tmp_path, reply=reply, link=FakeLink(renew=renew)) as run:
        run.pass_time(20)

    assert len(renewals) == 2
    bad = [call for call in run.calls if call.token == "token-1" and call.at_s > 5]
    good = [call for call in run.calls if call.token == "token-2"]
    assert bad[-1].at_s < 5.5
    assert good[0].at_s > renewals[-1]
    assert {call.token for call in run.calls if call.at_s > bad[-1].at_s} == {"token-2"}
    assert run.session.director.left_out == []
    assert [note.split(":")[0] for note in run.session.director.notes] == [
        "Genesys refuses our token",
        "a good token again after 2 s",
    ]


def test_a_login_that_stays_down_ends_the_run(tmp_path: Path) -> None:
    def down(was_refused: bool) -> str:
        raise LoginError("The login is down.")

    plan = replace(PLAN, guard=GuardLimits(no_token_s=15))
    with VirtualRun(plan, tmp_path, link=FakeLink(renew=down)) as run:
        run.pass_time(60)

    ((why, failed, code),) = run.link.ended
    assert "there was no token that Genesys accepts: The login is down." in why
    assert (failed, code) == (True, ExitCode.AUTH)
    assert run.clock.now() < 20
    assert run.calls[-1].at_s < 1.5


@pytest.mark.slow
def test_a_settled_action_ends_the_run_before_its_time(tmp_path: Path) -> None:
    with VirtualRun(PLAN, tmp_path) as run:
        run.pass_time(30)
        run.folder.settled.write_text('["a"]')
        run.pass_time(30)

    assert run.link.ended == [("every action is settled", False, ExitCode.INCOMPLETE)]
    assert run.clock.now() < 32


@pytest.mark.slow
def test_the_slow_calls_of_a_settled_probe_are_not_cut_off_at_its_end(tmp_path: Path) -> None:
    probe = replace(PLAN.actions[0], timeout_s=60, target=ActionVersion.DRAFT)

    def reply(call: Call) -> Answer:
        return Answer(at_ms=40_000 if 29.9 <= call.at_s < 29.97 else 20)

    with VirtualRun(replace(PLAN, actions=(probe,)), tmp_path, reply=reply) as run:
        run.pass_time(30)
        run.folder.settled.write_text('["a"]')
        run.pass_time(60)

    assert run.link.ended == [("every action is settled", False, ExitCode.INCOMPLETE)]
    assert 69 < run.clock.now() < 72
    totals = run.session.recorder.totals()[0]
    assert totals.calls == totals.ok == run.session.calls
    assert run.calls[-1].at_s < 32  # nothing is sent meanwhile


def test_a_number_of_calls_ends_the_run_when_they_are_made(tmp_path: Path) -> None:
    with VirtualRun(replace(PLAN, calls_per_action=100), tmp_path) as run:
        run.pass_time(60)

    assert run.link.ended == [("no action is left to call", False, ExitCode.INCOMPLETE)]
    assert 100 <= run.session.calls <= 110


def test_in_a_window_each_action_gets_the_calls_of_its_turn_however_slow_it_is(tmp_path: Path) -> None:
    slow, quick = (
        ActionLoad("slow", "Slow", 30, 0.5, (EMPTY,)),
        ActionLoad("quick", "Quick", 3, 1.0, (EMPTY,)),
    )
    turns = (Turn("quick", 8, 1.0, True), Turn("slow", 5, 0.5, True))
    order = WindowOrder(turns, BEGAN_AT + 3600.0)
    plan = as_a_window(replace(PLAN, actions=(slow, quick), arrivals="poisson", calls_per_action=1), order)

    def reply(call: Call) -> Answer:
        return Answer(at_ms=22_000 if call.action_id == "slow" else 200)

    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(120)

    assert [action.action_id for action in plan.actions] == ["quick", "slow"]
    assert run.link.ended == [("no action is left to call", False, ExitCode.INCOMPLETE)]
    sent = [call.action_id for call in run.calls]
    assert 8 <= sent.count("quick") <= 9
    assert 5 <= sent.count("slow") <= 6
    assert run.session.recorder.totals()[1].ok == sent.count("slow")  # none was cut off at the end


@pytest.mark.slow
def test_a_ramp_rises_until_the_backend_bends(tmp_path: Path) -> None:
    ramp = Ramp(step_s=10, growth=2, steps=6)
    plan = replace(PLAN, mode="ramp", ramp=ramp)
    in_second: dict[int, int] = {}

    def reply(call: Call) -> Answer:
        second = int(call.at_s)
        in_second[second] = in_second.get(second, 0) + 1
        return Answer(at_ms=900 if in_second[second] > 30 else 20)

    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(90)

    (note,) = run.session.director.notes
    assert note.startswith("Quick: straight up to 40 calls/s")
    assert run.link.ended[0][0] == "no action is left to call"
    assert 30 <= run.clock.now() <= 32


@pytest.mark.slow
def test_the_same_run_twice_sends_the_same_calls_at_the_same_moments(tmp_path: Path) -> None:
    plan = replace(PLAN, arrivals="poisson")
    sent = []
    for name in ("one", "two"):
        with VirtualRun(plan, tmp_path / name) as run:
            run.pass_time(20)
        sent.append([call.at_s for call in run.calls])

    assert sent[0] == sent[1]


@pytest.mark.parametrize("model", ["open", "closed"])
def test_no_call_leaves_after_the_hours_in_which_calls_are_allowed(tmp_path: Path, model: Model) -> None:
    plan = replace(PLAN, model=model, may_call_until=BEGAN_AT + 10.1, calls_per_action=300)
    with VirtualRun(plan, tmp_path) as run:
        run.pass_time(60)

    ((why, failed, _),) = run.link.ended
    assert why.startswith(f"{HOURS_OVER}; planned calls not sent: ") and not failed
    assert int(why.rsplit(" ", 1)[1]) == 300 - len(run.calls) > 0
    assert 9.9 < max(call.at_s for call in run.calls) < 10.1  # between two ticks of the steering, too
    assert run.session.not_sent == 0  # not held back by slow calls: made up for, and no fault of the run


def test_after_those_hours_there_is_no_room_for_a_poll_either() -> None:
    clock = VirtualClock()
    budget = CallBudget(10, FakeLink(), clock, BEGAN_AT + 60.0)

    assert (budget.has_room(), budget.closed) == (True, False)
    clock.slept_s = 60.0
    assert (budget.has_room(), budget.closed) == (False, True)


def test_the_hours_end_for_a_machine_that_slept_through_their_end(tmp_path: Path) -> None:
    plan = replace(PLAN, may_call_until=BEGAN_AT + 600.0)
    with VirtualRun(plan, tmp_path) as run:
        run.pass_time(5)
        run.clock.slept_s = 3600.0  # the run's own clock stood still
        run.pass_time(60)

    assert max(call.at_s for call in run.calls) <= 5.0
    assert len(run.link.ended) == 1


@pytest.mark.slow
def test_a_slow_call_that_left_in_time_is_waited_for(tmp_path: Path) -> None:
    plan = replace(PLAN, may_call_until=BEGAN_AT + 3.0, drain_s=1.0)
    slow = replace(plan.actions[0], timeout_s=60)
    with VirtualRun(replace(plan, actions=(slow,)), tmp_path, reply=lambda call: Answer(at_ms=30_000)) as run:
        run.pass_time(60)

    (totals,) = run.session.recorder.totals()
    assert totals.ok == len(run.calls) > 50
