"""What unsets a timeout is learnt as the sandbox does it, whatever timeout the draft had before."""

from typing import TYPE_CHECKING

import pytest

from diag.learning.lab.request_budget import MOST_REQUESTS
from tests.support.learning import facts_of

if TYPE_CHECKING:
    from tests.contract.learning.conftest import MakeOrg

pytestmark = pytest.mark.slow

NO_CALLS = 'without_permissions = ["integrations:action:execute"]'
"""The test call that shortens the draft's timeout is left out then."""


@pytest.mark.parametrize("may_call", [True, False])
@pytest.mark.parametrize("timeout_s", [None, 60, 5])
@pytest.mark.parametrize("clears", ["omit", "null", "neither"])
def test_what_unsets_a_timeout_is_learnt_from_any_timeout(
    make_org: "MakeOrg", clears: str, timeout_s: int | None, may_call: bool
) -> None:
    org = make_org(
        switches=f'clear_timeout = "{clears}"', extra="" if may_call else NO_CALLS, timeout_s=timeout_s
    )
    before, began = org.published(), len(org.transport.seen)

    learned = org.learn()

    assert facts_of(learned)["clear_timeout"] == clears
    assert len(org.transport.seen) - began <= MOST_REQUESTS
    assert org.published() == before
    assert learned.left == () and not org.has_draft("Slow")
