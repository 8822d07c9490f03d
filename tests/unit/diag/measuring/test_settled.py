from analysis.recommendation import Recommendation, Verdict
from diag.measuring.settled import CHECKS, Settling


def found(verdict: Verdict, samples: int, timeout_s: int | None = 3) -> dict[str, Recommendation]:
    return {
        "a": Recommendation("a", "A", verdict, "because", recommended_timeout_s=timeout_s, samples=samples)
    }


def test_the_same_answer_from_ever_more_calls_settles() -> None:
    settling = Settling()
    looks = [settling.check(found(Verdict.RAISE, 300 * 2**n)) for n in range(CHECKS + 1)]

    assert looks == [frozenset()] * (CHECKS - 1) + [frozenset({"a"}), frozenset()]
    assert settling.settled == {"a"}


def test_no_new_calls_say_nothing_new() -> None:
    settling = Settling()
    for _ in range(10):
        assert not settling.check(found(Verdict.RAISE, 300))


def test_a_changed_number_or_an_open_verdict_starts_anew() -> None:
    for interruption in (found(Verdict.RAISE, 700, 4), found(Verdict.UNSTABLE, 700)):
        settling = Settling()
        for look in (found(Verdict.RAISE, 300), found(Verdict.RAISE, 400), interruption):
            assert not settling.check(look)
        assert not settling.check(found(Verdict.RAISE, 1000))
        assert not settling.check(found(Verdict.RAISE, 2000))
        assert settling.check(found(Verdict.RAISE, 4000))
