"""One renewal at a time, nothing sent while a refusal is unanswered, and an end."""

from collections.abc import Callable, Sequence

import gevent
import pytest
from gevent.event import Event

from diag.genesys.api_errors import LoginError
from loadtests.steering.decisions import Decision, Notice, StopRun
from loadtests.steering.token_renewal import TokenRenewal
from tests.support.seconds import second
from tests.support.virtual_time import FakeLink, VirtualClock

ENDS_AFTER_S = 15.0


class Run:
    """A watch with a clock of its own; `renew` is what Genesys does when asked: whether the token changes."""

    def __init__(self, renew: Callable[[bool], bool]) -> None:
        self.at = 0.0
        self.asked: list[bool] = []
        self.new = 0
        self.said: list[str] = []
        self._answers = renew
        self._changes = 0
        clock = VirtualClock()
        clock.now = lambda: self.at
        self.watch = TokenRenewal(FakeLink(renew=self._renew), clock, ends_after_s=ENDS_AFTER_S)

    def _renew(self, refused: bool) -> str:
        self.asked.append(refused)
        self._changes += self._answers(refused)
        return f"token-{1 + self._changes}"

    def lost(self) -> bool:
        return self.watch.lost

    def refused(self) -> None:
        self.watch.refused(self.at)

    def second(self) -> str | None:
        """Let a second pass, and return why the run must end."""
        self.at += 1
        decisions = self.watch.second(second(self.at, latencies_ms=[]))
        gevent.sleep(0)
        self.take(decisions)
        ends = [one.why for one in decisions if isinstance(one, StopRun)]
        return ends[0] if ends else None

    def take(self, decisions: Sequence[Decision] = ()) -> None:
        """Hear what was decided, and whether there is a new token."""
        both = [*decisions, *self.watch.take()]
        self.said += [one.why for one in both if isinstance(one, Notice)]
        self.new += self.watch.take_new_token() is not None


def down(_: bool) -> bool:
    raise LoginError("The login is down.")


def test_a_refusal_stops_calls_until_the_next_token_is_here() -> None:
    run = Run(lambda refused: refused)
    run.second()
    assert not run.lost()

    run.refused()
    assert run.lost()
    assert run.second() is None

    assert not run.lost()
    assert run.asked == [False, True]
    assert run.new == 1
    assert ["nothing is sent" in run.said[0], "good token again" in run.said[1]] == [True, True]
    run.refused()  # of a call that had left with the old token
    assert not run.lost()


def test_a_login_that_is_down_is_asked_ever_less_often_and_ends_the_run() -> None:
    run = Run(down)
    run.refused()
    ends = [run.second() for _ in range(int(ENDS_AFTER_S) + 1)]

    assert ends[:-1] == [None] * int(ENDS_AFTER_S)
    assert "The login is down." in str(ends[-1])
    assert len(run.asked) <= 6
    assert run.lost()


def test_only_one_renewal_is_on_its_way_however_long_it_takes() -> None:
    answered = Event()

    def slow(_: bool) -> bool:
        answered.wait()
        return True

    run = Run(slow)
    run.refused()
    ends = [run.second() for _ in range(int(ENDS_AFTER_S) + 1)]

    assert run.asked == [True]
    assert "the login does not answer" in str(ends[-1])
    answered.set()
    gevent.sleep(0)
    assert not run.lost()


def test_a_renewal_on_its_way_ends_with_the_run() -> None:
    answered = Event()
    run = Run(lambda _: bool(answered.wait()))
    run.refused()
    run.second()
    run.watch.stop()
    answered.set()
    gevent.sleep(0)
    run.take()

    assert len(run.said) == 1  # nothing more: the file it would go into is closed
    assert run.new == 0


def test_new_tokens_that_are_refused_too_end_the_run() -> None:
    run = Run(lambda _: True)
    end = None
    for _ in range(40):
        run.refused()
        end = end or run.second()
        run.at += 2  # beyond the calls that left with the old token

    assert "each new token was refused, too" in str(end)


@pytest.mark.parametrize("good_s", [6, 60])
def test_a_token_that_was_accepted_for_a_while_makes_a_later_refusal_a_new_one(good_s: int) -> None:
    run = Run(lambda refused: refused)
    for _ in range(5):
        run.refused()
        assert run.second() is None
        for _ in range(good_s):
            assert run.second() is None
        assert not run.lost()


def test_a_token_that_ran_out_while_the_login_is_down_stops_calls_as_well() -> None:
    run = Run(down)
    assert run.second() is None
    assert run.lost()
    assert "there is no token any more" in run.said[0]
