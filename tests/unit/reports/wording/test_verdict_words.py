from dataclasses import replace

import pytest

from analysis.verdicts.recommendation import Recommendation, Verdict
from reports.wording.verdict_words import WORDING, change_text, headline, tally
from tests.support.reports.report_factory import CASES, make_report

BASE = Recommendation(
    "a", "A", Verdict.OK, "fits", current_timeout_s=3, recommended_timeout_s=3, cut_off_now=0.0
)


def test_the_headline_counts_changes_and_names_the_worst() -> None:
    raised = replace(BASE, verdict=Verdict.RAISE, cut_off_now=0.06, recommended_timeout_s=10)

    assert (
        headline([raised, raised, BASE]) == "2 of 3 actions need a change; the worst cuts off 6 % of calls."
    )
    assert headline([raised]) == "1 of 1 action needs a change; it cuts off 6 % of calls."


def test_the_worst_is_named_where_it_is_not_one_that_needs_a_change() -> None:
    raised = replace(BASE, verdict=Verdict.RAISE, cut_off_now=0.01, recommended_timeout_s=4)
    hidden = replace(BASE, action_name="Get B", verdict=Verdict.CENSORED_NEEDS_PROBE, cut_off_now=0.5)

    assert headline([raised, hidden]) == "1 of 2 actions needs a change; Get B cuts off 50 % of calls."


def test_the_headline_when_nothing_needs_a_change() -> None:
    assert headline([BASE]) == "The timeout fits."
    assert headline([BASE, BASE]) == "All 2 timeouts fit."
    assert headline([]) == "No action was measured."


def test_the_headline_when_nothing_can_be_judged() -> None:
    unknown = replace(BASE, verdict=Verdict.INSUFFICIENT_SAMPLES, cut_off_now=None)

    assert headline([unknown, unknown]) == "No timeout can be judged yet."
    assert headline([unknown, BASE]) == "No change needed where it can be judged (1 of 2 actions)."


def test_every_verdict_has_a_sign_and_a_word_of_its_own() -> None:
    assert set(WORDING) == set(Verdict)
    assert len({wording.word for wording in WORDING.values()}) == len(Verdict)
    assert len({wording.sign for wording in WORDING.values()}) == len(Verdict)


def test_the_tally_adds_up() -> None:
    actions = make_report(CASES).analysis.actions

    assert sum(int(part.split()[0]) for part in tally(actions).split(" · ")) == len(actions)


def test_change_text() -> None:
    raised = replace(BASE, verdict=Verdict.RAISE, recommended_timeout_s=10)
    lowered = replace(
        BASE,
        verdict=Verdict.LOWER,
        current_timeout_s=60,
        timeout_is_set=False,
        recommended_timeout_s=3,
        grade="B",
        n_eff=2000.0,
    )
    assert change_text(BASE) == "3 s"
    assert change_text(raised) == "3 s → 10 s"
    assert change_text(lowered) == "unset (60 s) → 3 s"
    assert change_text(replace(lowered, grade="C")) == "unset (60 s) (3 s only with --force)"
    assert change_text(replace(raised, weak_runs=("cut short",))) == "3 s (10 s only with --force)"
    assert change_text(replace(BASE, current_timeout_s=None, recommended_timeout_s=None)) == "–"


@pytest.mark.parametrize("verdict", [Verdict.OVER_CAP_USE_ASYNC, Verdict.UNSTABLE])
def test_a_number_that_needs_force_is_not_shown_as_a_change(verdict: Verdict) -> None:
    held = replace(BASE, verdict=verdict, current_timeout_s=60, recommended_timeout_s=30)

    assert change_text(held) == "60 s (30 s only with --force)"
    assert change_text(replace(held, current_timeout_s=30)) == "30 s"


def test_the_headline_counts_what_apply_sets_and_the_rest_apart() -> None:
    raised = replace(BASE, verdict=Verdict.RAISE, recommended_timeout_s=10)
    thin = replace(BASE, verdict=Verdict.LOWER, current_timeout_s=60, grade="C")
    slow = replace(BASE, verdict=Verdict.OVER_CAP_USE_ASYNC, recommended_timeout_s=30)

    assert headline([raised, thin, slow, slow]) == (
        "1 of 4 actions needs a change, 2 are too slow for any timeout, 1 would change only with --force."
    )
    assert headline([thin]) == "1 of 1 action would change only with --force."
    assert headline([replace(slow, current_timeout_s=30)]) == "1 of 1 action is too slow for any timeout."


def test_a_very_long_name_does_not_fill_the_headline() -> None:
    worst = replace(BASE, action_name="x" * 600, verdict=Verdict.CENSORED_NEEDS_PROBE, cut_off_now=0.2)

    assert headline([worst, BASE]).count("x") == 59


def test_the_headline_of_one_action_names_what_cuts_off() -> None:
    one = replace(BASE, verdict=Verdict.INSUFFICIENT_SAMPLES, cut_off_now=0.012)

    assert headline([one]) == "No timeout can be judged yet; the present timeout cuts off 1.2 % of calls."
