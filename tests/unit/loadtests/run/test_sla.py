from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.call_record import OUTCOME_CODES, RECORD_SIZE, CallRecord
from analysis.format.manifest import LeftOut
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, Outcome
from analysis.format.whole_records import segment_paths
from diag.errors import UsageError
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.recording.recorder import NO_CORRELATION_ID, Recorder
from loadtests.run.sla import broken_thresholds, check_thresholds, parse_thresholds
from loadtests.sending.caller import RUN_ENDED
from tests.support.sample_tables import write_segment

ACTIONS = (ActionLoad("a-1", "Fast", 10, 1.0, (EMPTY,)), ActionLoad("a-2", "Slow", 2, 1.0, (EMPTY,)))


def record(folder: RunFolder, rows: list[tuple[int, float, Outcome]]) -> None:
    recorder = Recorder(folder, "w-0", ACTIONS)
    recorder.code("error", "no_reply")
    cut_off = recorder.code("error", RUN_ENDED)
    for action, latency_ms, outcome in rows:
        ended = outcome is Outcome.CLIENT_TIMEOUT  # in these tests always by the end of the run
        recorder.write(
            CallRecord(
                seq=recorder.seq + 1,
                action=recorder.action_codes[action],
                scheduled_at=0.0,
                started_at=0.0,
                latency_ms=latency_ms,
                offered_rate=1.0,
                rtt_ms=0.0,
                correlation_id=NO_CORRELATION_ID,
                payload=0,
                error_code=cut_off if ended else 0,
                http_status=200,
                in_flight=1,
                outcome=OUTCOME_CODES[outcome],
                timeout_s=10,
                attempt=1,
                target=1,
                flags=0,
            )
        )
    recorder.close()


@pytest.mark.parametrize(
    ("condition", "broken_by"),
    [
        ("p99<200ms", ["Slow"]),
        ("p50<=100ms", ["Slow"]),
        ("Fast: p99<50ms", ["Fast"]),
        ("timeouts<1%", ["Slow"]),
        ("errors<=1%", ["Fast"]),
        ("calls>=100", []),
        ("calls>=101", ["Fast", "Slow"]),
        ("p90<3s", []),
        ("p98<3s", ["Slow"]),
    ],
)
def test_a_condition_is_judged_per_action(tmp_path: Path, condition: str, broken_by: list[str]) -> None:
    folder = RunFolder(tmp_path)
    fast = [(0, 100.0, Outcome.OK)] * 95 + [(0, 1.0, Outcome.BACKEND_ERROR)] * 5
    slow = [(1, 1500.0, Outcome.OK)] * 97 + [(1, 2000.0, Outcome.TIMEOUT)] * 3
    record(folder, fast + slow)

    broken = broken_thresholds(folder, LoadPlan(ACTIONS, sla=(condition,)))

    assert [line.split(":")[0] for line in broken] == broken_by


def test_a_draft_is_named_as_one(tmp_path: Path) -> None:
    probed = replace(ACTIONS[0], target=ActionVersion.DRAFT)

    broken = broken_thresholds(RunFolder(tmp_path), LoadPlan((probed,), sla=("calls>=1",)))

    assert broken == ("Fast (draft): calls>=1 does not hold (0 calls)",)


@pytest.mark.parametrize(
    ("condition", "broken_by"),
    [
        ("timeouts<1%", []),  # the end of the run is no timeout
        ("errors<1%", []),
        ("p99<2s", []),  # what is known of the calls cut off is less than that
        ("p99<1s", ["Slow"]),  # one of them had already taken longer
        ("Slow: calls>=100", []),
        ("fast: p50<50ms", ["Fast"]),
        ("F*: p50<50ms", ["Fast"]),
    ],
)
def test_calls_cut_off_by_the_end_of_the_run_break_only_what_they_surely_break(
    tmp_path: Path, condition: str, broken_by: list[str]
) -> None:
    folder = RunFolder(tmp_path)
    fast = [(0, 100.0, Outcome.OK)] * 100
    slow = [(1, 300.0, Outcome.OK)] * 90 + [(1, 1500.0, Outcome.CLIENT_TIMEOUT)] * 10
    record(folder, fast + slow)

    broken = broken_thresholds(folder, LoadPlan(ACTIONS, sla=(condition,)))

    assert [line.split(":")[0] for line in broken] == broken_by


@pytest.mark.parametrize(
    ("condition", "said", "hint"),
    [
        ("Fasst: p99<2s", "about no action of this run", "'Fast'"),
        ("Create*: p99<2s", "about no action of this run", "diag scan"),
        ("Ticket: p99<2s", "It is left out: its request is a POST", "diag scan"),
    ],
)
def test_a_condition_that_would_judge_nothing_is_refused(condition: str, said: str, hint: str) -> None:
    plan = LoadPlan(ACTIONS, sla=(condition,), left_out=(LeftOut("Ticket", "its request is a POST"),))
    with pytest.raises(UsageError) as caught:
        check_thresholds(plan)

    assert said in caught.value.message
    assert hint in str(caught.value.hint)
    check_thresholds(LoadPlan(ACTIONS, sla=("slow: p99<2s", "a-1: p50<1s", "*: calls>=1", "p99<1s")))


def test_rows_are_judged_under_the_name_they_were_recorded_with(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    record(folder, [(0, 100.0, Outcome.OK)] * 20 + [(1, 900.0, Outcome.OK)] * 20)  # an earlier part of a soak
    now = (ACTIONS[1], ActionLoad("a-3", "New", 2, 1.0, (EMPTY,)))

    broken = broken_thresholds(folder, LoadPlan(now, sla=("calls>=10", "p50<500ms")))

    assert [line.split(":")[0] for line in broken] == ["New", "Slow", "New"]


@pytest.mark.parametrize("condition", ["", "p99", "p99<2", "errors<2s", "p99<<2s", "p999<2s", "calls>3ms"])
def test_what_is_not_understood_is_refused_with_an_example(condition: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_thresholds([condition])

    assert "p99<2s" in str(caught.value.hint)


def test_a_damaged_record_is_no_call(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    record(folder, [(0, 100.0, Outcome.OK)] * 10)
    (segment,) = segment_paths(folder)
    data = bytearray(segment.read_bytes())
    data[3 * RECORD_SIZE + 30] ^= 0xFF  # in a latency: without the checksum this would be a call
    segment.write_bytes(data)

    assert broken_thresholds(folder, LoadPlan(ACTIONS, sla=("Fast: calls>=9",))) == ()
    assert len(broken_thresholds(folder, LoadPlan(ACTIONS, sla=("Fast: calls>=10",)))) == 1


def test_an_action_and_its_backend_called_directly_are_two(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    write_segment(folder, "w1", [900.0] * 10)
    write_segment(folder, "w2", [100.0] * 10, target=ActionVersion.DIRECT)
    write_segment(folder, "w3", [200.0] * 10, target=ActionVersion.DIRECT, outcome=Outcome.CONTRACT_ERROR)
    through = ActionLoad("orders", "Orders", 10, 1.0, (EMPTY,))
    plan = LoadPlan((through, replace(through, target=ActionVersion.DIRECT)))

    assert broken_thresholds(folder, replace(plan, sla=("p99<500ms",))) == (
        "Orders: p99<500ms does not hold (900 ms)",
    )
    assert broken_thresholds(folder, replace(plan, sla=("p99<150ms", "errors<1%"))) == (
        "Orders: p99<150ms does not hold (900 ms)",
        "Orders (backend): p99<150ms does not hold (200 ms)",
        "Orders (backend): errors<1% does not hold (50.00%)",
    )
