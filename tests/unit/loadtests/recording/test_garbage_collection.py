import gc

import pytest

from loadtests.recording.garbage_collection import run_is_over, take_stalls_now


@pytest.mark.slow
def test_what_is_there_before_the_first_call_is_looked_through_no_more_until_the_run_is_over() -> None:
    take_stalls_now()
    try:
        assert gc.get_freeze_count() > 10_000
    finally:
        run_is_over()

    assert gc.get_freeze_count() == 0
