import json
from pathlib import Path

from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import InputOrigin
from diag.measuring.run_progress import JobCounts, ProgressReader
from tests.support.sample_tables import write_segment


def second(elapsed_s: float, calls: int, worker: str = "w") -> str:
    return json.dumps(
        {
            "kind": "second",
            "elapsed_s": elapsed_s,
            "in_flight": 2,
            "actions": {"a-1": [calls, calls - 2, 1, 1, 3]},
        }
    )


def test_progress_sums_processes_and_reads_on_where_it_stopped(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.segments.mkdir()
    reader = ProgressReader(folder, planned_s=60.0)

    assert reader.read().calls == 0

    (folder.segments / "w-0.names").write_text(
        json.dumps({"kind": "action", "code": 1, "text": "a-1", "name": "Look Up"}) + "\n"
    )
    first = folder.segments / "w-0.events"
    first.write_text(second(1.0, 10) + "\n" + second(2.0, 20)[:12])
    assert reader.read().calls == 10

    first.write_text(second(1.0, 10) + "\n" + second(2.0, 20) + "\n")
    (folder.segments / "w-1.events").write_text(
        second(3.0, 7) + "\n" + json.dumps({"kind": "guard", "why": "slowed down"}) + "\n"
    )
    progress = reader.read()

    assert (progress.calls, progress.timeouts, progress.errors, progress.dropped) == (27, 2, 2, 6)
    assert (progress.elapsed_s, progress.planned_s, progress.in_flight) == (3.0, 60.0, 4)
    assert [action.action_name for action in progress.actions] == ["Look Up"]
    assert progress.notes == ("slowed down",)


def test_jobs_are_counted_once_however_often_they_were_looked_at(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.segments.mkdir()
    (folder.segments / "w-0.events").write_text(second(1.0, 10) + "\n")

    def look(job: int, state: str, throttled: int = 0) -> dict[str, object]:
        return {
            "kind": "look",
            "job": job,
            "state": state,
            "throttled": throttled,
            "seconds": 1.0,
            "polls": 1,
        }

    begun = [
        {"kind": "job", "job": job, "action_id": "a-1", "at": 1.0, "input_origin": origin}
        for job, origin in enumerate(("invented", "file", "invented", None), start=1)
    ]
    looks = [
        look(1, "running"),
        look(1, "running", 2),
        look(1, "done", 2),
        look(2, "failed"),
        look(3, "running", 1),
    ]
    text = "".join(json.dumps(line) + "\n" for line in [*begun, *looks])
    reader, steps = ProgressReader(folder), []
    for end in (100, 101, len(text)):
        (folder.segments / "w-0.jobs").write_text(text[:end])
        progress = reader.read(lambda: steps.append(1))

    (action,) = progress.actions
    assert action.jobs == JobCounts(started=4, done=1, ended=1, throttled=3, invented=2)
    assert action.jobs.running == 2


def test_the_times_say_how_many_of_their_calls_had_an_invented_input(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_segment(folder, "old")
    write_segment(folder, "made-up", origin=InputOrigin.INVENTED)
    write_segment(folder, "real", (100.0, 200.0, 300.0), origin=InputOrigin.FILE)
    for worker in ("old", "made-up", "real"):
        (folder.segments / f"{worker}.events").write_text(second(1.0, 2).replace("a-1", "orders") + "\n")

    (action,) = ProgressReader(folder).read().actions

    assert (action.p50_ms is not None, action.invented_share) == (True, 2 / 7)
