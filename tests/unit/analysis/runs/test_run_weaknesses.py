"""Runs that are weak evidence say so, and sound ones say nothing."""

from dataclasses import replace

from analysis.runs.run_weaknesses import mixed_orgs, run_weaknesses, weaknesses_of
from tests.support.sound_run import SOUND


def test_a_sound_run_has_no_weakness() -> None:
    assert run_weaknesses(SOUND) == ()


def test_a_killed_an_interrupted_and_a_late_run_each_say_what_happened() -> None:
    killed = replace(SOUND, status="running")
    interrupted = replace(SOUND, status="interrupted", status_reason="Ctrl-C.")
    late = replace(SOUND, grade="INVALID", grade_reason="calls left 400 ms late")

    assert run_weaknesses(killed) == ("Run r1 is still running, or was stopped from outside.",)
    assert run_weaknesses(interrupted) == ("Run r1 was interrupted: Ctrl-C.",)
    assert run_weaknesses(late) == (
        "Run r1: the load generator failed its own check: calls left 400 ms late.",
    )


def test_runs_of_two_orgs_are_named_and_two_runs_of_one_are_not() -> None:
    other = replace(SOUND, run_id="r2", org_id="2", org_name="Beta")

    assert mixed_orgs((SOUND, replace(SOUND, run_id="r3"))) == ()
    assert "Acme" in mixed_orgs((SOUND, other))[0]
    assert "Beta" in mixed_orgs((SOUND, other))[0]


def test_what_befell_many_windows_alike_is_said_once() -> None:
    """Of a campaign whose org refused it, 22 sentences were one after the other in one verdict."""
    windows = [
        replace(SOUND, run_id=f"w{number:04}", status="incomplete", status_reason="429")
        for number in range(22)
    ]
    assert weaknesses_of([SOUND, windows[0]]) == ("Run w0000 is incomplete: 429.",)
    assert weaknesses_of(windows) == ("22 runs, the same for each: w0000 is incomplete: 429.",)

    each = [replace(one, status_reason=f"lost {number} calls") for number, one in enumerate(windows)]
    assert weaknesses_of(each[:3]) == tuple(f"Run w000{n} is incomplete: lost {n} calls." for n in range(3))
    assert weaknesses_of(each) == ("22 runs, the first of them: w0000 is incomplete: lost 0 calls.",)
