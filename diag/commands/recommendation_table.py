"""An analysis as a table for people, and as sentences."""

from analysis.recommendation import Analysis, Recommendation, Verdict
from diag.table import Column, Table

NEEDS_CHANGE = (Verdict.RAISE, Verdict.LOWER)
NEEDS_ATTENTION = (Verdict.OVER_CAP_USE_ASYNC, Verdict.CENSORED_NEEDS_PROBE, Verdict.UNSTABLE)


def recommendation_table(analysis: Analysis) -> Table:
    """Return one row per action: present and recommended timeout, verdict, and what it rests on."""
    return Table(
        columns=(
            Column("action"),
            Column("now", "right"),
            Column("recommended", "right"),
            Column("verdict"),
            Column("p99", "right"),
            Column("at most", "right", 2),
            Column("calls", "right", 2),
            Column("cut off now", "right", 3),
            Column("after", "right", 3),
            Column("coverage", priority=4),
        ),
        rows=tuple(
            (
                row.action_name,
                _timeout(row.current_timeout_s, row.timeout_is_set),
                _recommended(row),
                str(row.verdict),
                seconds(row.p99_ms),
                seconds(row.p99_upper_ms),
                row.samples,
                percent(row.cut_off_now),
                percent(row.cut_off_after),
                row.grade,
            )
            for row in analysis.actions
        ),
    )


def sentences(analysis: Analysis) -> list[str]:
    """Return one line per action, name first, in the order of the table."""
    return [f"{row.action_name}: {row.reason}" for row in analysis.actions]


def headline(analysis: Analysis) -> str:
    """Return the result in one sentence."""
    total = len(analysis.actions)
    change = [row for row in analysis.actions if row.verdict in NEEDS_CHANGE]
    attention = [row for row in analysis.actions if row.verdict in NEEDS_ATTENTION]
    text = f"{len(change)} of {total} actions need{'s' if len(change) == 1 else ''} another timeout"
    if attention:
        text += f", {len(attention)} need{'s' if len(attention) == 1 else ''} a decision"
    worst = max((row for row in analysis.actions if row.cut_off_now), key=_cut_off_now, default=None)
    if worst is not None and _cut_off_now(worst) >= 0.005:
        text += f"; {worst.action_name} loses {percent(worst.cut_off_now)} of its calls today"
    return text + "."


def seconds(value_ms: float | None) -> str | None:
    """Return milliseconds as seconds with three significant digits, None for an unknown."""
    if value_ms is None:
        return None
    value_s = value_ms / 1000
    return f"{value_s:.0f} s" if value_s >= 100 else f"{value_s:.3g} s"


def percent(share: float | None) -> str | None:
    """Return a share 0..1 as a percentage with two significant digits, None for an unknown."""
    if share is None:
        return None
    return "0 %" if share == 0 else f"{share * 100:.2g} %" if share < 0.995 else f"{share * 100:.0f} %"


def _timeout(value_s: int | None, is_set: bool | None) -> str | None:
    if value_s is None:
        return None
    return f"{value_s} s" if is_set is not False else f"{value_s} s (unset)"


def _recommended(row: Recommendation) -> str:
    return "–" if row.recommended_timeout_s is None else f"{row.recommended_timeout_s} s"


def _cut_off_now(row: Recommendation) -> float:
    return row.cut_off_now or 0.0
