import pytest

from analysis.flows.caller_silence import silence_ms


@pytest.mark.parametrize(
    ("wait_ms", "silent_ms"),
    [
        (0, 0),
        (500, 500),
        (1_000, 1_000),
        (2_000, 1_000),
        (3_000, 1_000),
        (4_000, 1_000),
        (5_000, 1_000),
        (5_500, 1_500),
        (6_000, 2_000),
        (30_000, 26_000),
        (60_000, 56_000),
    ],
)
def test_silence_is_what_the_longest_prompt_leaves_and_never_less_than_is_before_it(
    wait_ms: int, silent_ms: int
) -> None:
    assert silence_ms(wait_ms) == silent_ms


def test_no_prompt_leaves_less_silence() -> None:
    for wait_ms in range(0, 60_001, 250):
        stretches = []
        for prompt_ms in range(0, 3_001, 250):
            begins_ms = min(wait_ms, 1_000)
            ends_ms = min(wait_ms, begins_ms + prompt_ms)
            stretches.append(max(begins_ms, wait_ms - ends_ms))
        assert silence_ms(wait_ms) == min(stretches)
