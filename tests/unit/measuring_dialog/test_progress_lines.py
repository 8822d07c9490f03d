from dataclasses import replace

from diag.measuring.run_progress import ActionProgress, JobCounts, RunProgress
from diag.measuring_dialog.progress_lines import PlainLines

LONG = ActionProgress("a", "Look Up", 90, 80, 10, more_calls=90, p50_ms=120.0)


def progress(*actions: ActionProgress, elapsed_s: float = 30.0, notes: tuple[str, ...] = ()) -> RunProgress:
    return RunProgress(elapsed_s, 90.0, 120, 100, 10, 10, 3, 4, 20.0, actions, notes)


def test_plain_lines_do_not_flood_a_log_and_tell_at_once_what_the_guard_did() -> None:
    said: list[str] = []
    now = [0.0]
    lines = PlainLines(said.append, now=lambda: now[0])
    for second in range(0, 8 * 3600, 5):
        now[0] = float(second)
        lines.follow(progress(LONG, elapsed_s=second, notes=("slowed down",) if second >= 600 else ()))

    assert said.count("slowed down") == 1
    assert said[0] == "10 s: 120 calls, 10 cut off, 10 failed, 0 of 1 action settled, 80 s left"
    assert len(said) < 6 + 60 + 6 * 8 + 5
    assert said.index("slowed down") < 30


def test_a_log_and_the_status_of_jobs_say_it_too() -> None:
    said: list[str] = []
    now = [0.0]
    lines = PlainLines(said.append, now=lambda: now[0])
    now[0] = 10.0
    jobs = JobCounts(10, 5, invented=4)
    lines.follow(progress(replace(LONG, action_name="Start Export", jobs=jobs, invented_share=0.4)))

    assert "Start Export: 5 jobs done, 5 running, inputs 40 % invented" in said[0]
    assert "0 of 1 action settled, 1 with invented inputs" in said[0]
