"""What `diag recommend` says around the table."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.apply_dialog.plan_text import plan_text
from diag.changes.plans.plan import Evidence, Plan
from diag.interaction.recommendation_table import recommendation_table
from diag.interaction.show_analysis import PlanCommands, next_lines
from diag.table_layout import lay_out
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.recommendations import analysis_of, recommendation


def next_step(*rows: Recommendation, arguments: Sequence[str] = ("recommend",)) -> str:
    return "\n".join(next_lines(analysis_of(*rows), PlanCommands.of_recommend(arguments)))


def test_the_last_line_says_what_can_be_done() -> None:
    fits, over = recommendation(Verdict.OK), recommendation(Verdict.OVER_CAP_USE_ASYNC)
    probe = recommendation(Verdict.CENSORED_NEEDS_PROBE, next_command="diag measure --probe")
    assert next_step(fits) == "Nothing to change."
    assert next_step(fits, over) == "No timeout that diag may set helps: the sentences above say what does."
    assert next_step(over, probe) == "Next: diag measure --probe"
    assert next_step(over, recommendation(), arguments=["recommend", "a b.csv"]) == (
        "Nothing was changed. To set the timeouts: diag recommend 'a b.csv' --apply"
    )
    assert next_step(recommendation(), arguments=["recommend", "--", "-x.csv"]).endswith(
        "diag recommend --apply -- -x.csv"
    )


def test_each_number_held_back_has_the_command_that_helps_it() -> None:
    held = [
        recommendation(
            Verdict.LOWER,
            action_name=f"A{n}",
            current_timeout_s=30,
            grade="C",
            next_command=f"diag measure {n}",
        )
        for n in range(8)
    ]

    assert next_step(*held[:2]) == "Next: diag measure 0\nA1 is held back. Next: diag measure 1"
    first, *others, last = next_step(recommendation(), *held).splitlines()
    assert first == "Nothing was changed. To set the timeouts: diag recommend --apply"
    assert others == [f"A{n} is held back. Next: diag measure {n}" for n in range(5)]
    assert last == "3 more are held back. To see why: diag recommend --apply --dry-run"


def test_verdicts_fit_a_terminal_of_80_columns() -> None:
    row = recommendation(Verdict.CENSORED_NEEDS_PROBE, action_name="Search Knowledge Articles")
    lines = [line.text for line in lay_out(recommendation_table(analysis_of(row)), 80)]

    assert lines[0].split()[:4] == ["action", "now", "recommended", "verdict"]
    assert "censored_needs_probe" in lines[1]
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


def test_the_heading_names_the_percentile_asked_for() -> None:
    analysis = analysis_of(recommendation())
    other = replace(analysis, settings=replace(analysis.settings, percentile=0.999))
    assert "p99" in [column.heading for column in recommendation_table(analysis).columns]
    assert "p99.9" in [column.heading for column in recommendation_table(other).columns]
