"""How many more calls a run's verdicts ask for."""

from typing import Any

import pytest

from analysis.stopping.calls_to_add import lacking_calls
from analysis.verdicts.recommendation import Verdict
from tests.support.changes.recommendations import analysis_of, recommendation

MORE = "diag measure --action 'Get A' --calls 380"
FEW = Verdict.INSUFFICIENT_SAMPLES


@pytest.mark.parametrize(
    ("verdict", "facts", "calls"),
    [
        (FEW, {"calls_needed": 100, "samples": 200}, 105),
        (FEW, {"calls_needed": 100, "samples": 200, "left_out": 200}, 210),  # half of them count
        (FEW, {"calls_needed": 100, "samples": 10, "left_out": 200}, None),  # hardly any does
        (FEW, {"calls_needed": None, "samples": 200}, None),
        (FEW, {"calls_needed": 9, "next_command": f"{MORE} --probe"}, None),
        (FEW, {"calls_needed": 9, "next_command": "diag observe 'Get A' --days 9"}, None),
        (FEW, {"calls_needed": 9, "next_command": "diag measure 'open"}, None),
        (Verdict.LOWER, {"current_timeout_s": 30, "samples": 600, "n_eff": 600.0}, 420),
        (Verdict.LOWER, {"current_timeout_s": 30, "samples": 600, "n_eff": 300.0}, 1470),
        (Verdict.LOWER, {"current_timeout_s": 30, "samples": 5000, "n_eff": 5000.0}, None),
        (Verdict.UNSTABLE, {"samples": 10}, None),
        (Verdict.OK, {"samples": 10}, None),
    ],
)
def test_only_verdicts_that_lack_calls_ask_for_some(
    verdict: Verdict, facts: dict[str, Any], calls: int | None
) -> None:
    row = recommendation(verdict, **{"next_command": MORE, "left_out": 0, **facts})

    assert lacking_calls(analysis_of(row)) == ({} if calls is None else {row.action_id: calls})
