"""A rule's cells: what is not known is said to be, what cannot be set too, and a bound is rounded up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.costs.chosen_number import MadeBy
from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.verdicts.recommendation import Recommendation
from reports.pages.report_page import build_report
from reports.report_data import ReportData
from reports.wording import numbers
from reports.wording.rule_words import HEADS, rule_words
from reports.wording.terminal_rule_details import RULE_HEADINGS, about_the_rules, rule_details
from tests.support.changes.recommendations import analysis_of, recommendation
from tests.support.reports.traceable import complaints

KNOWN = ComparedRule(
    TimeoutRule.THREE_TIMES_P99,
    "3 x p99, Genesys' rule of thumb",
    9,
    9,
    None,
    None,
    0.0021,
    0.00518,
    45.0,
    0.9,
    5.6,
    5,
)


def said(rule: ComparedRule) -> tuple[str, ...]:
    (words,) = rule_words(with_rules(rule))
    assert len(words.cells()) == len(HEADS)
    return tuple(str(cell) for cell in words.cells())


def with_rules(*rules: ComparedRule) -> Recommendation:
    return recommendation(rules=rules, made_how="10 s, because p99 (7.9 s) plus 20 % (1.58 s) is 9.48 s.")


def test_a_rule_says_what_it_cuts_off_and_costs() -> None:
    assert said(KNOWN) == (
        "3 x p99, Genesys' rule of thumb",
        "9 s",
        "0.21 %; at most 0.52 %",
        "each caller waits 9 s; 45 executions held, 90 % of the org's",
        "5 s or more",
    )


def test_a_wait_that_ends_before_any_prompt_is_all_silence() -> None:
    assert said(replace(KNOWN, timeout_s=1, wanted_s=1, silence_s=1))[4] == "1 s"


def test_a_hung_backend_that_takes_all_executions_is_said_to() -> None:
    assert said(replace(KNOWN, hung_backend_slots=120.0, concurrency_share=2.4))[3] == (
        "each caller waits 9 s; 120 executions needed, 240 % of the org's: every action fails"
    )


@pytest.mark.parametrize(
    ("slots", "share", "rate", "text"),
    [
        (None, None, None, "each caller waits 9 s"),
        (None, None, 5.6, "each caller waits 9 s; safe up to 5.6 calls/s"),
        (45.0, None, None, "each caller waits 9 s; 45 executions held"),
    ],
)
def test_unknown_limits_and_rates_are_left_out(
    slots: float | None, share: float | None, rate: float | None, text: str
) -> None:
    rule = replace(KNOWN, hung_backend_slots=slots, concurrency_share=share, safe_rate=rate)

    assert said(rule)[3] == text


def test_what_is_not_known_or_cannot_be_set_is_said() -> None:
    beyond = replace(KNOWN, cut_off=None, timeout_s=60, wanted_s=120)
    hidden = ComparedRule(TimeoutRule.THREE_TIMES_P99, "3 x p99, Genesys' rule of thumb", None)
    production = replace(KNOWN, from_s=7, to_s=9)

    assert said(beyond)[1] == "60 s (the rule asks for 120 s, which cannot be set)"
    assert said(beyond)[2] == "not known: above what these calls were allowed to take; at most 0.52 %"
    assert said(hidden)[1:] == ("not known: these calls do not show it", "–", "–", "–")
    assert said(production)[1] == "9 s (between 7 s and 9 s: production counts whole seconds)"


def test_every_number_of_the_rules_is_traced_to_the_json() -> None:
    rules = (
        replace(KNOWN, from_s=7, to_s=9),
        replace(KNOWN, rule=TimeoutRule.SUCCESSES_AND_BUFFER, cut_off=None, timeout_s=60, wanted_s=120),
        replace(KNOWN, rule=TimeoutRule.RECOMMENDED, concurrency_share=2.4, hung_backend_slots=120.0),
    )
    page = build_report(ReportData(analysis_of(with_rules(*rules)), {}, "0.1.0"))

    assert "each caller waits" in page and complaints(page) == []
    assert complaints(page.replace("0.52 %", "0.51 %"))
    assert complaints(page.replace(">120 s<", ">121 s<"))


def test_the_table_has_the_rules_as_details() -> None:
    row = with_rules(
        KNOWN, replace(KNOWN, rule=TimeoutRule.SUCCESSES_AND_BUFFER, cut_off=None, wanted_s=120, timeout_s=60)
    )
    ours = with_rules(replace(KNOWN, rule=TimeoutRule.RECOMMENDED))

    assert len(rule_details(row)) == len(RULE_HEADINGS)
    assert rule_details(row) == ("9 s, cuts 0.21 %, holds 90 %", "120 s, cannot be set", None, None)
    assert rule_details(ours)[2] == "holds 90 %, silence 5 s"
    assert (
        rule_details(with_rules(replace(KNOWN, from_s=7, to_s=9)))[0]
        == "9 s (7 to 9 s), cuts 0.21 %, holds 90 %"
    )
    assert rule_details(recommendation()) == (None,) * 4


def test_the_buffer_is_said_to_be_that_of_the_percentile_asked_for() -> None:
    made = recommendation(made_by=MadeBy.BUFFER, percentile=0.999)
    assert rule_details(made)[3] == "p99.9 + buffer"
    assert rule_details(replace(made, made_by=MadeBy.FLOOR))[3] == "floor"


def test_what_the_details_mean_is_said_where_there_are_any() -> None:
    unknown = replace(KNOWN, cut_off=None)

    assert about_the_rules(analysis_of(recommendation())) is None
    text = about_the_rules(analysis_of(with_rules(KNOWN))) or ""
    assert text.startswith("Accepted: 1 good call in 100 cut off (--cut-off 1%).") and "Not known" not in text
    assert (about_the_rules(analysis_of(with_rules(unknown))) or "").endswith(
        "Not known: above what these calls were allowed to take."
    )


@given(st.floats(0.0001, 1))
def test_a_bound_of_a_share_is_never_said_lower_than_it_is(share: float) -> None:
    text = numbers.share_at_most(share)

    assert text.endswith(" %")
    value = float(text.removesuffix(" %")) / 100
    assert share * (1 - 1e-9) <= value <= share * 1.1 + 1e-9
