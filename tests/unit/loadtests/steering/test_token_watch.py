"""One renewal at a time, nothing sent while a refusal is unanswered, and an end."""

from collections.abc import Callable

import gevent
import pytest
from gevent.event import Event

from diag.genesys.errors import LoginError
from loadtests.steering.token_watch import TokenWatch

ENDS_AFTER_S = 15.0


class Run:
    """A watch with a clock of its own; `renew` is what Genesys does when asked."""

    def __init__(self, renew: Callable[[bool], bool]) -> None:
        self.at = 0.0
        self.asked: list[bool] = []
        self.new = 0
        self.said: list[str] = []

        def asked(refused: bool) -> bool:
            self.asked.append(refused)
            return renew(refused)

        self.watch = TokenWatch(
            asked,
            ends_after_s=ENDS_AFTER_S,
            now=lambda: self.at,
            on_new=self._on_new,
            say=self.said.append,
        )

    def _on_new(self) -> None:
        self.new += 1

    def second(self) -> str | None:
        self.at += 1
        end = self.watch.look()
        gevent.sleep(0)
        return end


def down(_: bool) -> bool:
    raise LoginError("The login is down.")


def test_a_refusal_stops_calls_until_the_next_token_is_here() -> None:
    run = Run(lambda refused: refused)
    run.second()
    assert not run.watch.lost

    run.watch.refused()
    assert run.watch.lost
    assert run.second() is None

    assert not run.watch.lost
    assert run.asked == [False, True]
    assert run.new == 1
    assert ["nothing is sent" in run.said[0], "good token again" in run.said[1]] == [True, True]
    run.watch.refused()  # of a call that had left with the old token
    assert not run.watch.lost


def test_a_login_that_is_down_is_asked_ever_less_often_and_ends_the_run() -> None:
    run = Run(down)
    run.watch.refused()
    ends = [run.second() for _ in range(int(ENDS_AFTER_S) + 1)]

    assert ends[:-1] == [None] * int(ENDS_AFTER_S)
    assert "The login is down." in str(ends[-1])
    assert len(run.asked) <= 6
    assert run.watch.lost


def test_only_one_renewal_is_on_its_way_however_long_it_takes() -> None:
    answered = Event()

    def slow(_: bool) -> bool:
        answered.wait()
        return True

    run = Run(slow)
    run.watch.refused()
    ends = [run.second() for _ in range(int(ENDS_AFTER_S) + 1)]

    assert run.asked == [True]
    assert "the login does not answer" in str(ends[-1])
    answered.set()
    gevent.sleep(0)
    assert not run.watch.lost


def test_a_renewal_on_its_way_ends_with_the_run() -> None:
    answered = Event()
    run = Run(lambda _: answered.wait())
    run.watch.refused()
    run.second()
    run.watch.stop()
    answered.set()
    gevent.sleep(0)

    assert len(run.said) == 1  # nothing more: the file it would go into is closed
    assert run.new == 0


def test_new_tokens_that_are_refused_too_end_the_run() -> None:
    run = Run(lambda _: True)
    end = None
    for _ in range(40):
        run.watch.refused()
        end = end or run.second()
        run.at += 2  # beyond the calls that left with the old token

    assert "each new token was refused, too" in str(end)


@pytest.mark.parametrize("good_s", [6, 60])
def test_a_token_that_was_accepted_for_a_while_makes_a_later_refusal_a_new_one(good_s: int) -> None:
    run = Run(lambda refused: refused)
    for _ in range(5):
        run.watch.refused()
        assert run.second() is None
        for _ in range(good_s):
            assert run.second() is None
        assert not run.watch.lost


def test_a_token_that_ran_out_while_the_login_is_down_stops_calls_as_well() -> None:
    run = Run(down)
    assert run.second() is None
    assert run.watch.lost
    assert "there is no token any more" in run.said[0]
