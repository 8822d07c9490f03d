"""What a run comes to in requests: of a day's, of a longer run's, and until it is stopped."""

from dataclasses import replace

import pytest

from diag.workload.fair_use import FAIR_USE
from diag.workload.payloads_from_contract import EMPTY
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.load_shape import Poll
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.planning.prepare_run import PreparedRun
from loadtests.run.request_sentence import request_sentence
from loadtests.run.size_of_run import size_of_run
from tests.support.direct_backend import direct_load

QUICK = ActionLoad("a-1", "Get Customer", 5, 2.0, (EMPTY,))
USUAL = OrgLimits(50, 300)
POLLED = replace(QUICK, poll=Poll("a-2", "id", "id", "state", ("DONE",), action_name="Get Export"))


def said(action: ActionLoad, run_time_s: float | None, limits: OrgLimits = USUAL) -> str:
    prepared = PreparedRun(LoadPlan((action,)), limits, "id", "Acme", requests=12)
    return request_sentence(prepared, size_of_run(prepared.plan, run_time_s, 1))


@pytest.mark.parametrize(
    ("run_time_s", "text"),
    [
        (600.0, "about 1,212: 1,200 calls and 12 to begin; 0.29 % of the 432,000 {} a day"),
        (259_200.0, "about 518,412: 518,400 calls and 12 to begin; 41 % of the 1,296,000 {} 3 days"),
        (None, "up to 120 a minute until it is stopped; 40 % of the 432,000 {} a day"),
    ],
)
def test_requests_are_counted_and_laid_beside_what_the_token_may_send(
    run_time_s: float | None, text: str
) -> None:
    """The share is rounded up: it must not be exceeded."""
    assert said(QUICK, run_time_s) == f"{text.format('that the token may send in')}. {FAIR_USE}"


def test_the_limit_is_that_of_the_org_and_polls_are_requests_too() -> None:
    text = said(POLLED, 600.0, OrgLimits(50, 600))

    assert "12 to begin, and the polls of its jobs; " in text
    assert " of the 864,000 that the token may send in a day" in text
    assert " of the 432,000 " in said(QUICK, 600.0, OrgLimits(None, None))


def test_calls_to_a_backend_itself_are_no_requests_to_the_org() -> None:
    backend = replace(direct_load("https://h.example"), rate=7.0)
    for both in (LoadPlan((QUICK, backend)), LoadPlan((backend, QUICK), total_rate=8.0)):
        prepared = PreparedRun(both, USUAL, "id", "Acme")

        text = request_sentence(prepared, size_of_run(both, None, 1))

        assert text.startswith("up to 120 a minute until it is stopped; 40 % of the 432,000 ")
