"""Made-up direct calls of backends that stand beside the actions of a report."""

from dataclasses import replace
from itertools import cycle
from typing import Final

from analysis.direct_side.broken_contract_words import contract_words
from analysis.direct_side.direct_side import DirectSide, PlatformShare
from analysis.direct_side.platform_share_words import share_words
from analysis.runs.broken_contract import BrokenContract
from reports.report_data import ReportData

BROKEN: Final = (
    BrokenContract(12, "$.total", "type: not number"),
    BrokenContract(3, "success template"),
)


def side_of(median: PlatformShare, p99: PlatformShare, why_not: str | None = None) -> DirectSide:
    """Return a direct side with these shares, whose sentences are made here."""
    return DirectSide(
        samples=1_432,
        timeouts=3,
        censored=4,
        contract_errors=15,
        broken_contracts=BROKEN,
        contract=f"called directly, {contract_words(15, 1_432, BROKEN)}",
        p50_ms=median.backend_ms,
        p99_ms=p99.backend_ms,
        timeout_s=4,
        rate=10.0,
        shares=(
            share_words(median, None if median.lower_ms else why_not, together=True),
            share_words(p99, why_not, together=True),
        ),
    )


TOLD: Final = side_of(
    PlatformShare(0.5, 787.0, 498.0, 289.0, 261.4, 322.7),
    PlatformShare(0.99, 2264.0, 1951.0, 313.0, 34.2, 680.9),
)
NOT_TOLD: Final = side_of(
    PlatformShare(0.5, 2130.0, 1840.0, 290.0, -41.3, 604.5),
    PlatformShare(0.99),
    "332 calls each way are too few (it takes 368)",
)
MOVED: Final = replace(
    side_of(
        PlatformShare(0.5, 1200.0, 1400.0),
        PlatformShare(0.99, 4100.0, 3800.0),
        "the level moves, and the two were called at different times",
    ),
    unlike=("the action was called at 10/s, its backend at 50/s: load alone changes latency",),
)


def with_backends(data: ReportData) -> ReportData:
    """Return the report with a backend beside each action: told, not told, at other times, and so on."""
    sides = cycle((TOLD, NOT_TOLD, MOVED))
    beside = tuple(replace(action, direct=next(sides)) for action in data.analysis.actions)
    return replace(data, analysis=replace(data.analysis, actions=beside))
