"""What a run asked to begin and its first calls are together no more than a minute's limit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.workload.share_of_org_limits import OrgLimits
from loadtests.planning.plan import LoadPlan
from loadtests.run.size_of_run import RunSize, asked_of_the_org, wait_before_calls_s
from tests.support.direct_backend import direct_load

LIMITS = OrgLimits(50, 300)


def size(peak: float, *calls: float | None) -> RunSize:
    return RunSize(60.0, calls or (None,), peak, peak, None)


def test_a_few_requests_make_nobody_wait_and_two_hundred_do() -> None:
    assert wait_before_calls_s(29, 1.0, size(4.0), LIMITS) == 0.0
    assert wait_before_calls_s(204, 2.0, size(4.0), LIMITS) == pytest.approx(60 - 2 - 96 / 4)
    assert wait_before_calls_s(204, 50.0, size(4.0), LIMITS) == 0.0
    assert wait_before_calls_s(204, 2.0, size(4.0, 50.0, 40.0), LIMITS) == 0.0  # so few calls fit
    assert wait_before_calls_s(400, 80.0, size(4.0), LIMITS) == 0.0
    assert wait_before_calls_s(204, 2.0, size(0.0), LIMITS) == 0.0


def test_calls_to_backends_themselves_wait_for_no_limit_of_the_org() -> None:
    direct = direct_load("https://api.example.com")
    through = replace(direct, direct=None)
    alone, both = LoadPlan((direct,)), LoadPlan((through, direct))

    assert wait_before_calls_s(204, 2.0, asked_of_the_org(size(4.0), alone), LIMITS) == 0.0
    assert wait_before_calls_s(204, 2.0, asked_of_the_org(size(4.0, 90.0, 90.0), both), LIMITS) == 0.0
    assert wait_before_calls_s(204, 2.0, asked_of_the_org(size(4.0, 99.0, 0.0), both), LIMITS) > 0.0


@given(
    requests=st.integers(0, 300),
    took_s=st.floats(0.0, 90.0),
    peak=st.floats(0.01, 5.0),
    calls=st.none() | st.integers(1, 5000),
)
def test_no_minute_holds_more_than_the_limit(
    requests: int, took_s: float, peak: float, calls: int | None
) -> None:
    wait_s = wait_before_calls_s(requests, took_s, size(peak, calls), LIMITS)
    made = [-took_s * (1 - each / max(1, requests)) for each in range(requests)]
    sent = [wait_s + each / peak for each in range(min(calls or 5000, 400))]
    moments = made + sent
    for begin in made[:1] + made[-1:] + sent[:1]:
        assert sum(begin <= at < begin + 60.0 for at in moments) <= 301
