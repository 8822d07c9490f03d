"""An analysis as tables and as sentences."""

from collections.abc import Collection
from typing import Final

from analysis.name_lists import reason_lines
from analysis.number_words import invented, percentile_name
from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Analysis, Recommendation
from diag.table import Column, Table
from reports.wording import numbers
from reports.wording.direct_words import all_backends, backend_sentences, said_of_all
from reports.wording.how_long_seen import seen_for
from reports.wording.input_words import inputs_of
from reports.wording.terminal_rule_details import RULE_HEADINGS, rule_details
from reports.wording.verdict_words import cut_off_then, shown_number, wording_of

_ANSWER: Final = (
    Column("action"),
    Column("now", "right"),
    Column("recommended", "right"),
    Column("verdict"),
)


def recommendation_table(analysis: Analysis) -> Table:
    """Return one row per action: present and recommended timeout, verdict, and what it rests on."""
    return Table(
        columns=(
            *_ANSWER,
            Column(percentile_name(analysis.settings.percentile), "right", 2),
            Column("at most", "right", 2),
            Column("calls", "right", 2),
            Column("cut off now", "right", 3),
            Column("cut off then", "right", 3),
            Column("seen for", priority=4),
            Column("inputs", priority=3),
            *(Column(heading, priority=5) for heading in RULE_HEADINGS),
        ),
        rows=tuple(
            (
                *_answer(row),
                numbers.quantile_below(
                    analysis.settings.percentile, row.percentile, row.quantile_ms, row.precision
                ),
                numbers.at_most(row.quantile_upper_ms),
                row.samples,
                numbers.share(row.cut_off_now),
                numbers.share(cut_off_then(row)),
                seen_for(row),
                inputs_of(row),
                *rule_details(row),
            )
            for row in analysis.actions
        ),
    )


def verdict_table(analysis: Analysis) -> Table:
    """Return one row per action: present and recommended timeout and the verdict, nothing of the evidence."""
    return Table(_ANSWER, tuple(_answer(row) for row in analysis.actions))


def _answer(row: Recommendation) -> tuple[str, str | None, str, str]:
    """Return an action's cells below _ANSWER."""
    return (
        row.action_name,
        _timeout(row.current_timeout_s, row.timeout_is_set),
        _recommended(row),
        wording_of(row).word,
    )


def sentences(analysis: Analysis, *, without_command: Collection[str] | None = None) -> list[str]:
    """Return one line per action, name first, in the order of the table; one for all with the same reason.

    A line ends with the action's next command, unless its id is in `without_command` (None: all are).
    """
    return reason_lines((row.action_name, _with_command(row, without_command)) for row in analysis.actions)


def _with_command(row: Recommendation, without: Collection[str] | None) -> str:
    if without is None or row.action_id in without or row.next_command is None:
        return row.reason
    return f"{row.reason} Next: {row.next_command}"


def backend_lines(analysis: Analysis) -> list[str]:
    """Return what calls straight to backends show, name first, where replies broke a contract, and what
    limits all of it."""
    said = said_of_all(analysis.actions)
    each = ((row.action_name, backend_sentences(row, said)) for row in analysis.actions)
    return [*(f"{name}: {' '.join(told)}" for name, told in each if told), *all_backends(analysis.actions)]


def loop_sentences(analysis: Analysis) -> list[str]:
    """Return one line per flow of submitted work, name first."""
    return [f"{loop.action_name}: {loop.reason}" for loop in analysis.loops]


def loops_table(analysis: Analysis) -> Table:
    """Return one row per flow of submitted work: how long its jobs take, how often and how long to look."""
    return Table(
        columns=(
            Column("submitted and polled"),
            Column("poll every", "right"),
            Column("times", "right"),
            Column("half done", "right", 2),
            Column("p99", "right"),
            Column("at most", "right", 2),
            Column("jobs", "right"),
            Column("done", "right", 2),
            Column("unfinished", "right", 3),
            Column("polls each", "right", 3),
            Column("inputs", priority=3),
        ),
        rows=tuple(
            (
                loop.action_name,
                numbers.seconds(loop.interval_s),
                loop.loop_limit,
                *(numbers.seconds(value) for value in (loop.p50_s, loop.p99_s, loop.p99_upper_s)),
                loop.jobs,
                loop.done,
                loop.unfinished,
                loop.polls_per_job,
                invented(loop.invented_share),
            )
            for loop in analysis.loops
        ),
    )


def _timeout(value_s: int | None, is_set: bool | None) -> str | None:
    if value_s is None:
        return None
    return f"{value_s} s" if is_set is not False else f"{value_s} s (unset)"


def _recommended(row: Recommendation) -> str:
    to_s = shown_number(row)
    number = numbers.seconds(to_s)
    return f"({number})" if to_s is not None and held_back(row) else number
