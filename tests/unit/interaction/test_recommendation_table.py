"""What `diag recommend` says around the table."""

from dataclasses import replace

import pytest

from analysis.costs.chosen_number import MadeBy
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.apply_dialog.plan_text import plan_text
from diag.changes.plans.plan import Evidence, Plan
from diag.console import Console
from diag.interaction.recommendation_table import recommendation_table
from diag.interaction.show_analysis import apply_command, show_analysis
from diag.table_layout import lay_out
from reports.wording.terminal_rule_details import rule_details
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.recommendations import analysis_of, recommendation


def shown(capsys: pytest.CaptureFixture[str], *rows: Recommendation) -> list[str]:
    show_analysis(Console(), analysis_of(*rows), to_set="diag recommend --apply")
    return capsys.readouterr().out.splitlines()


def five_without_data() -> list[Recommendation]:
    """Five actions, each with a next command of its own."""
    return [
        recommendation(
            Verdict.NO_DATA,
            action_id=str(number),
            action_name=f"A{number}",
            recommended_timeout_s=None,
            reason=f"No calls of {number}.",
            next_command=f"diag measure --action A{number} --rate {number}",
        )
        for number in range(1, 6)
    ]


def test_the_last_lines_are_the_verdict_on_all_and_what_to_do_now(capsys: pytest.CaptureFixture[str]) -> None:
    probe = recommendation(
        Verdict.CENSORED_NEEDS_PROBE,
        action_id="p",
        action_name="Get P",
        recommended_timeout_s=None,
        timeouts=50,
        censored=50,
        next_command="diag measure --probe --action 'Get P'",
        next_takes_s=100.0,
    )

    assert shown(capsys, recommendation(), probe)[-3:] == [
        "1 of 2 actions can be set now. 1 cannot be judged yet: about 2 min more of calls at this pace.",
        "  Set 1 timeout (you see the plan and are asked first): diag recommend --apply",
        "  Try Get P with a longer timeout, on a private copy (draft) (about 2 min at this pace): "
        "diag measure --probe --action 'Get P'",
    ]
    assert shown(capsys, recommendation(Verdict.OK))[-1] == "The timeout fits."


def test_in_brief_a_screen_says_what_to_set_and_what_else_to_do_and_leaves_the_evidence_to_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = recommendation(
        Verdict.LOWER, action_id="h", action_name="Get H", reason="Too few calls.", n_eff=300.0
    )
    rows = five_without_data()
    show_analysis(Console(), analysis_of(recommendation(), held, *rows), to_set="diag apply p", brief=True)
    out = capsys.readouterr().out
    lines = out.splitlines()

    assert lines[0].split() == ["action", "now", "recommended", "verdict"]
    assert "  Get H: Too few calls." in out and recommendation().reason not in out
    assert any(line.startswith("  Set 1 timeout ") for line in lines)
    for row in rows:  # each with its command: among the steps, or with its sentence
        assert row.next_command is not None and row.next_command in out


def test_what_has_no_room_among_the_last_lines_stands_with_its_action(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = five_without_data()
    lines = shown(capsys, *rows)

    assert lines[-1] == "  3 more actions: what to do stands with each."
    assert "  A5: No calls of 5. Next: diag measure --action A5 --rate 5" in lines
    assert "  A1: No calls of 1." in lines


def test_the_command_that_sets_is_the_one_that_was_typed() -> None:
    assert apply_command(["recommend", "a b.csv"]) == "diag recommend 'a b.csv' --apply"
    assert apply_command(["recommend", "--", "-x.csv"]) == "diag recommend --apply -- -x.csv"


def test_no_code_of_a_verdict_is_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        recommendation(verdict, action_id=verdict.value, recommended_timeout_s=None, reason="Why.")
        for verdict in Verdict
    ]
    text = "\n".join(shown(capsys, *rows))

    assert "More calls needed" in text and "No own timeout" in text
    assert not [verdict for verdict in Verdict if "_" in verdict and verdict in text]
    assert "--force" not in text and "coverage" not in text


def test_verdicts_fit_a_terminal_of_80_columns() -> None:
    row = recommendation(
        Verdict.CENSORED_NEEDS_PROBE, action_name="Search Knowledge Articles", timeouts=9, censored=9
    )
    lines = [line.text for line in lay_out(recommendation_table(analysis_of(row)), 80)]

    assert lines[0].split()[:4] == ["action", "now", "recommended", "verdict"]
    assert "Try longer timeout" in lines[1]
    assert max(map(len, lines)) <= 80


def test_quantiles_of_production_are_as_exact_as_telemetry() -> None:
    row = recommendation(quantile_ms=3940.0, source="production")
    table = recommendation_table(analysis_of(row))
    measured = recommendation_table(analysis_of(replace(row, source="test")))

    at = [column.heading for column in table.columns].index("p99")
    assert (table.rows[0][at], measured.rows[0][at]) == ("3 to 4 s", "3.94 s")
    evidence = Evidence("raise", p99_ms=999.0, p99_upper_ms=2000.0, source="production")
    change = replace(change_for(full_config(), 10), evidence=evidence)
    plan = Plan(created_at=0.0, org=IDENTITY, changes=(change,))
    assert "p99 under 1 s (at most 2 s)" in plan_text(plan)
    asked = replace(change, evidence=replace(evidence, percentile=0.999))
    assert "p99.9 under 1 s (at most 2 s)" in plan_text(replace(plan, changes=(asked,)))


def test_a_plan_says_once_what_it_warns_of_with_every_change() -> None:
    warnings = ("production counts: unknown", "few hours were seen"), ("production counts: unknown",)
    changes = tuple(
        replace(change_for(full_config(), 10), evidence=Evidence("raise", warnings=each)) for each in warnings
    )
    both = plan_text(Plan(created_at=0.0, org=IDENTITY, changes=changes))
    one = plan_text(Plan(created_at=0.0, org=IDENTITY, changes=changes[:1]))

    assert both.count("production counts: unknown") == 1
    assert "  WARNING for each of them: production counts: unknown" in both
    assert both.count("      warning few hours were seen") == 1
    assert "WARNING" not in one and one.count("      warning ") == 2


def test_the_heading_names_the_percentile_asked_for() -> None:
    analysis = analysis_of(recommendation())
    other = replace(analysis, settings=replace(analysis.settings, percentile=0.999))
    assert "p99" in [column.heading for column in recommendation_table(analysis).columns]
    assert "p99.9" in [column.heading for column in recommendation_table(other).columns]


def test_an_action_with_a_percentile_of_its_own_says_which() -> None:
    """The workload may state one; below the heading of the others it would be taken for theirs."""
    rows = (recommendation(quantile_ms=3940.0), recommendation(quantile_ms=3940.0, percentile=0.999))
    table = recommendation_table(analysis_of(*rows))

    at = [column.heading for column in table.columns].index("p99")
    assert [row[at] for row in table.rows] == ["3.94 s", "p99.9 3.94 s"]


def test_the_cost_of_a_cap_that_is_not_recommended_is_not_shown_as_that_of_an_answer() -> None:
    row = recommendation(
        Verdict.OVER_CAP_USE_ASYNC, recommended_timeout_s=30, current_timeout_s=60, cut_off_after=0.033
    )
    table = recommendation_table(analysis_of(row))

    at = [column.heading for column in table.columns].index("cut off then")
    assert table.rows[0][at] == "–"
    assert rule_details(replace(row, made_by=MadeBy.CAP))[2:] == (None, None)
