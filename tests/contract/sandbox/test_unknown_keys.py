"""What invented inputs do to a number, and what real ones show: the scenario `unknown-keys`."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from analysis.verdicts.evidence_to_set import held_back
from analysis.verdicts.recommendation import Recommendation, Verdict
from diag.workload.fit_to_contract import fit_to_contract
from diag.workload.payload import Payload
from diag.workload.payloads_from_contract import NoInput, from_contract
from diag.workload.read_payloads import read_payloads
from tests.support.sample_tables import calls, judge, orders
from tests.support.sandbox_in_process import InProcessSandbox

NAME = "Get Customer"
CALLS = 400


def measured(sandbox: InProcessSandbox, inputs: Sequence[Payload]) -> Recommendation:
    """The verdict on calls with these inputs, in turn, as the sandbox's own clock saw them."""
    took_s = []
    for number in range(CALLS):
        began_s = sandbox.clock.monotonic_s()
        reply = sandbox.test(NAME, **inputs[number % len(inputs)].values)
        assert (reply.status_code, reply.json()["success"]) == (200, True)
        took_s.append(sandbox.clock.monotonic_s() - began_s)
    table = calls(took_s, timeout_s=10).assign(input_origin=inputs[0].origin)
    return judge(table, facts=orders(current_timeout_s=10))


@pytest.mark.slow
def test_invented_inputs_lead_to_a_timeout_that_real_ones_would_break(tmp_path: Path) -> None:
    with InProcessSandbox("unknown-keys") as sandbox:
        action = sandbox.get(f"/api/v2/integrations/actions/{sandbox.action_id(NAME)}?expand=contract")
        file = tmp_path / "customers.csv"
        file.write_text("customerId\nC-1001\nC-1002\nC-1003\n")
        made = from_contract(action["contract"], 1)
        assert not isinstance(made, NoInput)
        invented = measured(sandbox, made)
        real = measured(sandbox, fit_to_contract(read_payloads(file), action["contract"], NAME))

    assert (invented.verdict, invented.recommended_timeout_s) == (Verdict.LOWER, 1)
    assert held_back(invented) and "all with invented inputs" in invented.reason
    assert real.quantile_ms is not None and real.quantile_ms > 3000
    assert (real.recommended_timeout_s or 0) >= 4
    assert "invented" not in real.reason


def test_not_found_is_a_plain_success_that_says_so_only_in_its_result() -> None:
    with InProcessSandbox("unknown-keys") as sandbox:
        unknown, known = (sandbox.test(NAME, customerId=key).json() for key in ("load-test-1", "C-1001"))

    assert unknown["finalResult"] == {"found": False}
    assert known["finalResult"]["found"]
