"""An org that tells only half of an action: nothing is planned, nothing is written, and it says why."""

from typing import TYPE_CHECKING

import pytest

from diag.changes.applying.apply import apply_plan
from diag.changes.applying.apply_context import Operator
from diag.changes.journal.journal_line import Author
from diag.changes.plans.change_result import ChangeOutcome
from diag.changes.plans.manual_plan import make_manual_plan
from diag.genesys.client import GenesysClient
from diag.genesys.http.pacing import RateBucket
from diag.target import sandbox_connection
from tests.support.genesys.stripping_transport import StrippingTransport

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin


@pytest.mark.parametrize("part", ["config", "version"])
def test_half_an_action_is_neither_planned_nor_written(
    admin: "Admin", quick_sandbox: str, action_id: str, part: str
) -> None:
    before = admin.client.read_config(action_id)
    whole = admin.plan(admin.change(action_id))
    transport = StrippingTransport(part)
    with GenesysClient(
        sandbox_connection(quick_sandbox), transport=transport, bucket=RateBucket(10**6)
    ) as half:
        plan = make_manual_plan([before.action], 10, half.read_config, admin.identity)
        (result,) = apply_plan(
            whole, half, admin.journal, Operator(admin.identity, Author("admin", "apply-1"))
        )

    assert plan.changes == ()
    assert part in plan.skipped[0].reason
    assert result.outcome is ChangeOutcome.FAILED
    assert part in result.reason
    assert "Nothing was changed" in result.reason
    assert "PATCH" not in transport.methods
    assert admin.client.read_config(action_id) == before
