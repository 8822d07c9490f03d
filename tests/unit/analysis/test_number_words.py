"""How numbers read in a sentence."""

from analysis.number_words import duration, percent, seconds, seconds_down, share_of_calls_text


def test_words_for_people() -> None:
    assert [seconds(ms) for ms in (340, 2100, 33_900)] == ["0.34 s", "2.1 s", "33.9 s"]
    assert [seconds(ms) for ms in (2539, 12_460, 14_123, 34_000)] == ["2.54 s", "12.5 s", "14.2 s", "34 s"]
    assert [seconds_down(ms) for ms in (2539, 14_660, 999, 5000)] == ["2.53 s", "14.6 s", "0.99 s", "5 s"]
    assert [duration(s) for s in (45, 5040, 90_000, 260_000)] == ["45 s", "84 min", "25 h", "3 days"]
    assert duration(0.0) == "under 1 s"
    assert [percent(share) for share in (0.0, 0.00001, 0.0004, 0.058, 0.5)] == [
        "none", "less than 0.01 %", "0.04 %", "5.8 %", "50 %",
    ]  # fmt: skip
    assert [share_of_calls_text(p) for p in (0.99, 0.999, 0.95)] == ["99 of 100", "999 of 1,000", "95 of 100"]
