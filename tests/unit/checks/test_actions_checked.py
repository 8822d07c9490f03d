from analysis.format.action_facts import ActionFacts
from analysis.verdicts.recommendation import Verdict
from diag.checks.actions_checked import in_scope
from diag.checks.rules import CheckOutcome, Rule, judge
from tests.support.changes.recommendations import analysis_of, recommendation

MEASURED = analysis_of(
    recommendation(action_id="a", action_name="Get A"), recommendation(action_id="b", action_name="Get B")
)


def test_only_and_skip_by_name_id_or_pattern() -> None:
    assert [item.action_id for item in in_scope(MEASURED, only=["Get *"], skip=["b"]).actions] == ["a"]
    assert in_scope(MEASURED) == MEASURED


def test_actions_of_the_org_that_were_not_measured_are_judged_by_what_is_set() -> None:
    org = {
        "a": ActionFacts("a", timeout_is_set=True),
        "c": ActionFacts("c", action_name="C", current_timeout_s=60, timeout_is_set=False),
        "static_1": ActionFacts("static_1", timeout_is_set=False, configurable=False),
    }

    scope = in_scope(MEASURED, org=org)
    findings = judge(scope, [Rule.UNSET, Rule.OUTSIDE])

    assert [item.action_id for item in scope.actions] == ["a", "b", "c", "static_1"]
    assert scope.actions[3].verdict is Verdict.NOT_CONFIGURABLE
    of_c = {item.rule: item.outcome for item in findings if item.action_id == "c"}
    assert of_c == {Rule.UNSET: CheckOutcome.FAILED, Rule.OUTSIDE: CheckOutcome.UNDECIDED}
    assert not [item for item in findings if item.action_id == "static_1"]
