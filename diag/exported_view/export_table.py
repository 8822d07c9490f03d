"""An export's findings as a table for people."""

from collections.abc import Sequence

from diag.exported_view.beside_a_test import ExportedFinding
from diag.table import Column, Table


def export_table(found: Sequence[ExportedFinding]) -> Table:
    """Return the findings as a table for people."""
    compared = any(one.beside is not None for one in found)
    return Table(
        columns=(
            Column("action"),
            Column("95% duration", "right"),
            Column("99% duration", "right"),
            Column("refused: concurrency", "right"),
            Column("refused: volume", "right"),
            *([Column("beside the test")] if compared else []),
        ),
        rows=tuple(
            (
                one.action.name,
                _seconds(one.action.p95_ms),
                _seconds(one.action.p99_ms),
                one.action.concurrency_errors,
                one.action.volume_errors,
                *([one.beside] if compared else []),
            )
            for one in found
        ),
    )


def _seconds(ms: float | None) -> str | None:
    return None if ms is None else f"{ms / 1e3:.3g} s"
