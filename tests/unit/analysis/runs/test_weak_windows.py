"""A campaign is as sound as its windows, but for a few of them."""

from dataclasses import replace

from analysis.format.manifest import Manifest
from analysis.runs.weak_windows import as_one_measurement
from analysis.runs.run_weaknesses import weaknesses_of
from tests.support.sound_run import SOUND


def windows(many: int) -> list[Manifest]:
    return [replace(SOUND, run_id=f"w{number:04}") for number in range(many)]


def test_one_weak_window_in_ten_weakens_nothing_and_two_weaken_all() -> None:
    found = windows(10)
    found[3] = replace(found[3], status="interrupted", status_reason="Ctrl-C")
    assert weaknesses_of(as_one_measurement(found)) == ()
    assert [one.run_id for one in as_one_measurement(found)] == [one.run_id for one in found]

    found[7] = replace(found[7], grade="INVALID", grade_reason="calls left 400 ms late")
    assert as_one_measurement(found) == tuple(found)
    assert len(weaknesses_of(found)) == 2


def test_a_weak_window_of_a_short_campaign_is_told() -> None:
    found = [replace(one, status="interrupted") if one.run_id == "w0000" else one for one in windows(9)]
    assert as_one_measurement(found) == tuple(found)
