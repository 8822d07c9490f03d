from dataclasses import replace

import pytest

from analysis.verdicts.recommendation import Recommendation, Verdict
from diag import console
from reports.wording.verdict_words import NUANCES, WORDING, change_text, tally, tally_numbers, wording_of
from tests.support.reports.report_factory import CASES, make_report

BASE = Recommendation(
    "a", "A", Verdict.OK, "fits", current_timeout_s=3, recommended_timeout_s=3, cut_off_now=0.0
)
HIDDEN = replace(
    BASE, verdict=Verdict.CENSORED_NEEDS_PROBE, recommended_timeout_s=None, timeouts=20, censored=20
)


def test_every_verdict_has_a_sign_and_a_word_of_its_own() -> None:
    every = [*WORDING.values(), *NUANCES.values()]

    assert set(WORDING) == set(Verdict)
    assert len({wording.word for wording in every}) == len({wording.sign for wording in every}) == len(every)


def test_raise_and_lower_share_no_colour_and_no_code_is_a_word() -> None:
    assert WORDING[Verdict.RAISE].tone != WORDING[Verdict.LOWER].tone
    assert not any("_" in wording.word or wording.word in set(Verdict) for wording in WORDING.values())


def test_a_terminal_colours_words_that_exist() -> None:
    words = {wording.word for wording in (*WORDING.values(), *NUANCES.values())}

    assert set(console._STYLES) - {"SANDBOX"} <= words
    assert console._STYLES["Raise"] != console._STYLES["Lower"]


def test_what_hides_the_answer_has_its_own_word() -> None:
    """A longer timeout shows no more where the run ended first, or the backend gives up by itself."""
    assert wording_of(HIDDEN).word == "Try longer timeout"
    assert wording_of(replace(HIDDEN, still_running=15, timeouts=5)).word == "Measure longer"
    assert wording_of(replace(HIDDEN, backend_gives_up_ms=10_000.0)).word == "Backend gives up"
    assert wording_of(replace(HIDDEN, timeouts=0)).word == "Errors first"


def test_a_number_that_has_to_wait_is_not_shown_as_a_change() -> None:
    thin = replace(BASE, verdict=Verdict.LOWER, current_timeout_s=60, grade="C")
    weak = replace(BASE, verdict=Verdict.RAISE, recommended_timeout_s=10, weak_runs=("cut short",))

    assert [wording_of(row).word for row in (thin, weak)] == ["Lower later", "Raise later"]
    assert tally([thin, weak]) == "2 to raise or lower later"


def test_the_tally_adds_up() -> None:
    actions = make_report(CASES).analysis.actions

    assert sum(tally_numbers(actions).values()) == len(actions)
    counted = [int(part.split()[0]) for part in tally(actions).split(" · ")]
    assert counted == list(tally_numbers(actions).values())


def test_what_is_built_in_reads_right_for_one_and_for_several() -> None:
    built_in = replace(BASE, verdict=Verdict.NOT_CONFIGURABLE)

    assert tally([built_in]) == "1 built in (no timeout of its own)"
    assert tally([built_in, built_in]) == "2 built in (no timeout of their own)"


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
    assert change_text(replace(lowered, grade="C")) == "unset (60 s) (3 s later)"
    assert change_text(replace(raised, weak_runs=("cut short",))) == "3 s (10 s later)"
    assert change_text(replace(BASE, current_timeout_s=None, recommended_timeout_s=None)) == "–"


def test_the_cap_is_no_number_where_no_timeout_fits() -> None:
    slow = replace(BASE, verdict=Verdict.OVER_CAP_USE_ASYNC, current_timeout_s=60, recommended_timeout_s=30)

    assert change_text(slow) == "60 s"
    assert change_text(replace(slow, verdict=Verdict.UNSTABLE)) == "60 s (30 s later)"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_word_needs_a_flag_to_be_understood(verdict: Verdict) -> None:
    assert "--" not in WORDING[verdict].word + WORDING[verdict].counted
