"""Which calls count, and as what."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.samples.action_calls import classify
from analysis.samples.calls_of_each_action import by_action
from tests.support.sample_tables import arrays, calls


@pytest.mark.parametrize(
    ("outcome", "kept", "events"),
    [
        ("ok", 1, 1), ("timeout", 1, 0), ("client_timeout", 1, 0), ("backend_error", 1, 0),
        ("platform_error", 1, 0), ("network_error", 1, 0), ("rate_limited", 0, 0), ("auth_error", 0, 0),
        ("invalid_input", 0, 0),
    ],
)  # fmt: skip
def test_each_outcome_is_an_event_a_censoring_or_nothing(outcome: str, kept: int, events: int) -> None:
    found, dropped = classify(arrays(calls([0.2], outcome=outcome)), "censor")
    assert (len(found), int(found.event.sum())) == (kept, events)
    assert dropped == ({} if kept else {outcome: 1})


def test_backend_errors_can_be_excluded_instead() -> None:
    found, dropped = classify(arrays(calls([0.2], outcome="backend_error")), "exclude")
    assert (len(found), dropped) == (0, {"backend_error": 1})


@pytest.mark.parametrize("setting", ["censor", "exclude"])
def test_what_was_never_sent_shows_no_latency(setting: str) -> None:
    made = arrays(calls([0.2, 0.0, 0.0], outcome=["ok", "network_error", "network_error"]))
    found, dropped = classify(made, setting)
    assert (len(found), len(made.ran()), dropped) == (1, 1, {"network_error": 2})


def test_retries_are_left_out() -> None:
    (action,) = by_action(pd.concat([calls([0.1] * 3), calls([0.1] * 2, attempt=2)], ignore_index=True))
    assert (len(action.calls), action.retries) == (3, 2)


@given(st.lists(st.booleans(), max_size=6))
def test_a_mask_selects_the_same_calls_as_a_slice_or_as_a_copy(kept: list[bool]) -> None:
    mask = np.array(kept, dtype=np.bool_)
    made = arrays(calls([0.1 * (at + 1) for at in range(6)]))
    whole = made.where(np.arange(len(kept)))
    assert whole.where(mask).latency_ms.tolist() == whole.latency_ms[mask].tolist()
    assert len(whole.where(mask)) == sum(kept)


def test_one_stretch_of_calls_is_not_copied() -> None:
    made = arrays(calls([0.1, 0.2, 0.3]))
    assert np.shares_memory(made.where(np.array([False, True, True])).started_at, made.started_at)
    assert not np.shares_memory(made.where(np.array([True, False, True])).started_at, made.started_at)
