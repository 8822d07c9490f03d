"""An action of which only its backend was called: a number, with what it leaves open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.recommend_settings import RecommendSettings
from analysis.samples.sample_set import SampleSet
from analysis.verdicts.evidence_to_set import Hold, held_back, hold_on, will_be_set
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from diag.checks import rules
from diag.checks.rules import CheckOutcome, Rule
from reports.wording.headline import headline
from reports.wording.verdict_words import wording_of
from reports.wording.what_now import what_now
from tests.support.sample_tables import calls, lognormal, sample_set
from tests.unit.diag.test_next_commands import parsed

LONG_ENOUGH = 4000


def judged(direct: pd.DataFrame, timeout_s: int | None = 5, *, configurable: bool = True) -> Recommendation:
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=timeout_s, configurable=configurable)
    (found,) = recommend(SampleSet(direct.iloc[:0], direct=direct), {"orders": facts}).actions
    return found


def seen_for_an_hour(p99_s: float, timeout_s: int = 60) -> pd.DataFrame:
    return calls(lognormal(LONG_ENOUGH, p99_s), rate=1.0, target="direct", timeout_s=timeout_s)


def test_the_number_is_that_of_the_same_calls_and_nothing_is_lowered_by_it() -> None:
    found = judged(seen_for_an_hour(1.2), 20)
    facts = ActionFacts("orders", "Order lookup", current_timeout_s=20)
    (as_action,) = recommend(
        sample_set(seen_for_an_hour(1.2).assign(target="published")), {"orders": facts}
    ).actions
    assert will_be_set(as_action)
    assert found.recommended_timeout_s == as_action.recommended_timeout_s
    assert found.verdict is Verdict.LOWER
    assert hold_on(found) is Hold.BACKEND_ALONE
    assert held_back(found)
    assert not will_be_set(found)
    assert "Genesys' own share" in (objection_to(found) or "")
    assert "Genesys' own share" in found.reason
    assert found.next_command == "diag measure --both --action 'Order lookup'"
    assert any("never that it is too long" in one for one in found.warnings)


def test_a_raise_stands_because_genesys_only_adds_to_it() -> None:
    found = judged(seen_for_an_hour(6.0), 5)
    assert found.verdict is Verdict.RAISE
    assert will_be_set(found)
    assert "raise to at least" in found.reason


def test_a_timeout_that_fits_the_backend_is_not_called_fitting() -> None:
    found = judged(seen_for_an_hour(3.8), 5)
    assert found.verdict is Verdict.OK
    assert "fits the backend alone" in found.reason
    assert found.next_command == "diag measure --both --action 'Order lookup'"


def test_calls_beyond_the_deadline_are_called_again_with_a_longer_one_never_by_a_draft() -> None:
    found = judged(seen_for_an_hour(6.0, timeout_s=2), 2)
    assert found.verdict is Verdict.CENSORED_NEEDS_PROBE
    assert found.next_command == "diag measure --direct --timeout 60 --action 'Order lookup'"
    assert "draft" not in found.reason


def test_too_few_are_measured_directly_again() -> None:
    found = judged(calls(lognormal(100, 1.0), target="direct"))
    assert found.verdict is Verdict.INSUFFICIENT_SAMPLES
    assert found.next_command is not None
    assert found.next_command.startswith("diag measure --direct --action 'Order lookup' --calls ")


def test_the_deadline_of_direct_calls_is_not_taken_for_the_timeout_of_the_action() -> None:
    assert judged(seen_for_an_hour(1.2, timeout_s=7), None).current_timeout_s is None


def test_what_cannot_be_configured_keeps_its_sentence() -> None:
    assert judged(seen_for_an_hour(1.2), configurable=False).reason.startswith("Not configurable: ")


def test_only_the_side_that_is_missing_is_asked_for() -> None:
    direct = seen_for_an_hour(1.2)
    through = direct.assign(target="published", latency_ms=direct["latency_ms"] + 1000.0)
    facts = {"orders": ActionFacts("orders", "Order lookup", current_timeout_s=5)}

    def next_of(samples: SampleSet) -> str | None:
        (found,) = recommend(samples, facts).actions
        return None if found.direct is None else found.direct.next_command

    assert next_of(SampleSet(direct.iloc[:0], direct=direct)) == "diag measure --both --action 'Order lookup'"
    assert next_of(SampleSet(through)) == "diag measure --both --action 'Order lookup'"
    assert next_of(SampleSet(through, direct=direct)) is None


def test_broken_contracts_count_with_their_time_and_are_named() -> None:
    broken = np.arange(LONG_ENOUGH) % 20 == 0
    table = calls(
        lognormal(LONG_ENOUGH, 1.2),
        rate=1.0,
        target="direct",
        outcome=np.where(broken, "contract_error", "ok"),
    )
    told = judged(
        table.assign(
            failed_step=np.where(broken, "$.total", ""),
            error_message=np.where(broken, "type: not number", ""),
        )
    )
    unaffected = judged(table.assign(outcome="ok"))
    assert told.quantile_ms == unaffected.quantile_ms
    assert told.contract_errors == told.ok // 20
    assert told.contract_error_share == told.contract_errors / told.samples
    (place,) = told.broken_contracts
    assert (place.calls, place.path, place.rule) == (told.contract_errors, "$.total", "type: not number")
    (sentence,) = (one for one in told.warnings if "contract" in one)
    assert "(5 %)" in sentence
    assert "at $.total (type: not number)" in sentence
    assert "fix the contract or the backend" in sentence


def test_replies_that_all_break_the_contract_still_show_how_long_it_takes() -> None:
    found = judged(calls(lognormal(400, 1.2), target="direct", outcome="contract_error"))
    assert found.verdict is not Verdict.NO_DATA
    assert found.contract_error_share == 1.0


def test_a_backend_that_fits_is_no_timeout_that_fits() -> None:
    found = judged(seen_for_an_hour(3.8), 5)
    assert wording_of(found).word == "Backend fits"
    assert headline([found]).startswith("Order lookup cannot be judged yet.")
    (finding,) = rules.judge(Analysis(RecommendSettings(), (found,), {}), [Rule.OUTSIDE])
    assert finding.outcome is CheckOutcome.UNDECIDED


def test_what_to_do_now_is_said_of_the_backend() -> None:
    fits, hidden = judged(seen_for_an_hour(3.8), 5), judged(seen_for_an_hour(6.0, timeout_s=2), 2)
    assert [step.what for step in what_now([fits], "diag apply")] == [
        "Measure Order lookup through Genesys Cloud, too"
    ]
    (step,) = what_now([hidden], "diag apply")
    assert step.what.startswith("Give the backend of Order lookup more time to answer")
    few = judged(calls(lognormal(100, 1.0), target="direct"), 5)
    for one, said in ((fits, "Measure Order lookup through"), (few, "Make more calls to Order lookup")):
        repeated = replace(one, next_command=f"{one.next_command} --timeout 2")  # as the run was asked for
        (step,) = what_now([repeated], "diag apply")
        assert step.what.startswith(said)


@pytest.mark.parametrize(
    ("direct", "timeout_s", "wanted"),
    [
        (seen_for_an_hour(3.8), 5, {"both": True}),
        (seen_for_an_hour(6.0, timeout_s=2), 2, {"direct": True, "timeout_s": 60.0}),
        (calls(lognormal(100, 1.0), target="direct"), 5, {"direct": True, "calls": 380}),
    ],
)
def test_the_verb_understands_the_next_command(
    direct: pd.DataFrame, timeout_s: int, wanted: dict[str, object]
) -> None:
    verb, given = parsed(judged(direct, timeout_s).next_command or "")
    assert verb == "measure"
    assert given["actions"] == ("Order lookup",)
    assert {name: given[name] for name in wanted} == wanted


@pytest.mark.parametrize("outcome", ["auth_error", "backend_error"])
def test_of_failing_direct_calls_the_request_is_looked_at_not_the_org(outcome: str) -> None:
    found = judged(calls(lognormal(400, 1.0), target="direct", outcome=outcome))
    assert found.next_command is not None
    assert "doctor" not in found.next_command
    assert found.next_command.startswith("diag measure --direct ")


def test_a_backend_that_answers_nothing_usable_is_told_apart_from_a_login_of_ours() -> None:
    told = {
        ("auth_error", "http_401"): "The backend answered 401 to 80 of 80 calls: it wants other credentials",
        ("auth_error", "custom_auth_http_401"): "its custom authentication action failed (http_401)",
        ("backend_error", "http_503"): "503",
        ("backend_error", "redirect_refused"): "the backend led 80 of 80 calls to another address",
        ("network_error", "econnrefused"): "80 of 80 calls had no answer that could be used (econnrefused)",
    }
    for (outcome, code), words in told.items():
        table = calls(lognormal(80, 0.1), target="direct", outcome=outcome).assign(error_code=code)
        found = judged(table)
        assert words.lower() in found.reason.lower()
        assert found.next_command == "diag measure --direct --dry-run --compare --action 'Order lookup'"
    refused = judged(
        calls(lognormal(80, 0.1), target="direct", outcome="auth_error").assign(error_code="http_401")
    )
    assert "--auth basic" in refused.reason
    (step,) = what_now([refused], "diag recommend --apply")
    assert step.text == (
        "Check how the backend of Order lookup is called, and with which credentials: "
        "diag measure --direct --dry-run --compare --action 'Order lookup'"
    )


def test_only_a_backend_that_has_an_address_is_offered_to_be_called() -> None:
    through = SampleSet(seen_for_an_hour(1.2).assign(target="published"))
    for reachable, offered in ((True, True), (None, True), (False, False)):
        facts = ActionFacts("orders", "Order lookup", current_timeout_s=5, reachable_directly=reachable)
        (found,) = recommend(through, {"orders": facts}).actions
        assert (found.direct is not None) is offered
