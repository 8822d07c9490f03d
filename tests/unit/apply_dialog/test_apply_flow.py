"""What a person reads, and which exit code a script gets."""

from dataclasses import replace
from typing import Any

import pytest

from diag.apply_dialog.apply_exit_code import raise_for
from diag.apply_dialog.plan_text import dry_run_text, plan_text, result_line, results_text
from diag.changes.applying.dry_run import DryRunResult
from diag.changes.plans.change_result import ChangeOutcome, ChangeResult
from diag.changes.plans.plan import Evidence, Plan, SkippedChange, Unchanged
from diag.errors import CredentialsError, DiagError, PartialError, StalePlanError
from tests.support.changes.fake_org import IDENTITY, change_for, full_config

CHANGE = change_for(full_config(), 10)


def ended(outcome: ChangeOutcome, **values: Any) -> ChangeResult:
    return replace(ChangeResult(CHANGE, outcome, "because"), **values)


APPLIED, REFUSED, FAILED = map(ended, (ChangeOutcome.APPLIED, ChangeOutcome.REFUSED, ChangeOutcome.FAILED))
RESTORED, SKIPPED = ended(ChangeOutcome.RESTORED), ended(ChangeOutcome.SKIPPED)


@pytest.mark.parametrize(
    ("results", "error", "category"),
    [
        ([REFUSED, SKIPPED], StalePlanError, "stale"),
        ([APPLIED, REFUSED], PartialError, "partial"),
        ([APPLIED, FAILED, SKIPPED], PartialError, "partial"),
        ([APPLIED, RESTORED], PartialError, "partial"),
        ([ended(ChangeOutcome.FAILED, denied=True)], CredentialsError, "auth"),
        ([FAILED], DiagError, "error"),
        ([RESTORED], DiagError, "error"),
        ([REFUSED, FAILED], DiagError, "error"),
    ],
)
def test_each_kind_of_trouble_has_its_exit_code(
    results: list[ChangeResult], error: type[DiagError], category: str
) -> None:
    with pytest.raises(error) as caught:
        raise_for(results, "diag apply runs/plans/x.json")

    assert caught.value.category == category
    assert any("because" in line for line in caught.value.details)
    assert caught.value.hint


@pytest.mark.parametrize("results", [[], [APPLIED], [SKIPPED], [APPLIED, SKIPPED]])
def test_no_trouble_is_no_error(results: list[ChangeResult]) -> None:
    raise_for(results, "diag apply x")


def test_a_correlation_id_goes_with_the_trouble() -> None:
    with pytest.raises(DiagError) as caught:
        raise_for([ended(ChangeOutcome.FAILED, correlation_ids=("c-1", "c-2"))], "diag apply x")

    assert "correlation id c-2" in caught.value.details


def test_the_text_of_a_plan() -> None:
    evidence = Evidence(
        "over_cap_use_async",
        samples=4210,
        timeouts=88,
        p99_ms=6900.0,
        p99_upper_ms=7411.0,
        grade="A",
        uncapped_timeout_s=41,
        concurrency_share=0.28,
    )
    changes = (
        replace(CHANGE, evidence=evidence, forced=True),
        replace(CHANGE, before_timeout_s=60, before_is_set=False),
        replace(CHANGE, after_timeout_s=60, after_is_set=False),
    )
    plan = Plan(
        0.0, IDENTITY, changes, (SkippedChange("s", "Thin", "too few calls"),), (Unchanged("u", "U", "fits"),)
    )

    assert plan_text(plan) == (
        "  ~ Action custom_-_1: 5 s -> 10 s\n"
        "      why     99 of 100 calls finish within 7.9 s\n"
        "      data    p99 6.9 s (at most 7.42 s), 4,210 calls, 88 timed out, seen for days\n"
        "      capped  without the cap it would be 41 s\n"
        "      risk    if its backend does not answer, it occupies 28 % of the org's concurrent executions\n"
        "      forced  a guard held this back; --force overrules it\n"
        "\n"
        "  ~ Action custom_-_1: 60 s (unset) -> 10 s\n"
        "      why     99 of 100 calls finish within 7.9 s\n"
        "\n"
        "  ~ Action custom_-_1: 5 s -> 60 s (unset)\n"
        "      why     99 of 100 calls finish within 7.9 s\n"
        "\n"
        "  SKIPPED Thin: too few calls\n"
        "\n"
        "Plan: 3 to change, 1 unchanged, 1 skipped."
    )


def test_a_plan_says_what_decides_and_leaves_the_rest_to_its_file() -> None:
    evidence = Evidence(
        "lower", samples=9658, cut_off_now=0.0, cut_off_after=0.00052, concurrency_share=0.0049
    )
    twins = (
        replace(CHANGE, action_id="a", action_name="Twin", evidence=evidence),
        replace(CHANGE, action_id="b", action_name="Twin"),
    )
    plan = Plan(0.0, IDENTITY, (*twins, replace(CHANGE, action_name="Odd\x1b[2J", evidence=evidence)))
    text = plan_text(plan)

    assert "  ~ Twin (a): 5 s -> 10 s" in text and "  ~ Twin (b): 5 s -> 10 s" in text  # which of the two?
    assert "Odd\ufffd[2J (custom_-_1): 5 s" in text
    assert text.count("      why     ") == 1  # of the one without figures
    assert "      data    9,658 calls, 0 timed out, cut off 0 % now, 0.052 % then" in text
    assert "risk" not in text


def test_a_dry_run_says_what_would_be_sent_or_why_not() -> None:
    text = dry_run_text(
        [DryRunResult(CHANGE, (), 8), DryRunResult(CHANGE, ("timeout: planned 5 s, present 7 s",))]
    )

    sent, refused, last = text.splitlines()
    assert sent.strip() == (
        "would send PATCH /api/v2/integrations/actions/custom_-_1 at version 8: "
        "config.timeoutSeconds 5 -> 10, all else as it is"
    )
    assert refused.strip() == "REFUSED Action custom_-_1 (custom_-_1): timeout: planned 5 s, present 7 s"
    assert last == "Dry run: nothing was changed."


def test_results_as_lines_and_as_a_count() -> None:
    assert result_line(APPLIED, "Get Orders") == "  APPLIED  Get Orders: because"
    assert results_text([APPLIED, APPLIED, REFUSED]) == "Applied 2, refused 1."
    assert results_text([]) == "Nothing to do."


def test_weak_runs_are_told_above_the_changes_and_warnings_with_the_number() -> None:
    change = replace(CHANGE, evidence=Evidence("raise", samples=10, warnings=("the generator was late",)))
    plan = Plan(0.0, IDENTITY, (change,), weak=("Run a is incomplete: rows lost.",))

    lines = plan_text(plan).splitlines()

    assert lines[0] == "  WEAK EVIDENCE Run a is incomplete: rows lost."
    assert "      warning the generator was late" in lines
    assert lines[-1] == plan.counts


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ([APPLIED, FAILED], "1 of 2 changes was applied, 1 was not (1 failed)."),
        (
            [APPLIED, APPLIED, REFUSED, SKIPPED, SKIPPED],
            "2 of 5 changes were applied, 3 were not (1 refused, 2 skipped).",
        ),
        ([FAILED, SKIPPED], "None of the changes was applied (1 failed, 1 skipped)."),
        (
            [REFUSED, SKIPPED],
            "The org changed since the plan was made (1 refused, 1 skipped). Nothing was changed.",
        ),
    ],
)
def test_everything_that_was_not_applied_is_counted(results: list[ChangeResult], message: str) -> None:
    with pytest.raises(DiagError) as caught:
        raise_for(results, "diag apply x")

    assert caught.value.message == message
