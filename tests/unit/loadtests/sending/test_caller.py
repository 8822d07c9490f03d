"""What a call leaves behind: every field of its record in its place."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.format.call_record import OUTCOME_CODES
from analysis.format.sample_schema import Outcome
from analysis.samples.segment_columns import read_segment
from diag.genesys.timeout_reply import KnownTimeout
from diag.workload.payloads_from_contract import EMPTY
from loadtests.planning.learnt_platform import LearntReplies
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.steering.run_outcome import outcome_of
from tests.support.virtual_time import BEGAN_AT, Answer, Call, ScriptedTransport, VirtualRun

QUICK = ActionLoad("a", "Quick", 7, 20.0, (EMPTY,))
SLOW = ActionLoad("b", "Slow", None, 0.5, (EMPTY,))
CORRELATION_ID = "6b1f0c1e-2f4e-4b0e-9a53-0d1d3a0f9c11"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (CORRELATION_ID, CORRELATION_ID.replace("-", "")),
        (CORRELATION_ID[:-1], "0" * 32),
        (CORRELATION_ID + "00", "0" * 32),
        ("none of ours", "0" * 32),
        ("", "0" * 32),
    ],
)
def test_every_field_of_a_call_is_in_its_place(tmp_path: Path, sent: str, kept: str) -> None:
    def reply(call: Call) -> Answer:
        if call.action_id == "b":
            return Answer(at_ms=1500, status=504, body=b'{"code": "request.timeout"}')
        return Answer(at_ms=30, correlation_id=sent)

    plan = LoadPlan((QUICK, SLOW), arrivals="constant")
    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(6)

    rows = read_segment(run.session.recorder.segment_path).records
    quick, slow = rows[rows["action"] == 1], rows[rows["action"] == 2]
    assert rows["seq"].tolist() == list(range(1, len(rows) + 1))
    assert (len(quick) > 100, 2 <= len(slow) <= 3) == (True, True)
    called_at = [call.at_s for call in run.calls if call.action_id == "a"]
    assert quick["started_at"].tolist() == pytest.approx([BEGAN_AT + at for at in called_at])
    assert quick["scheduled_at"].tolist() == pytest.approx(quick["started_at"].tolist(), abs=1e-6)
    assert quick["latency_ms"].tolist() == pytest.approx([30.0] * len(quick))
    assert set(quick["offered_rate"].tolist()) == {20.0}
    assert set(quick["timeout_s"].tolist()) == {7}
    assert set(quick["http_status"].tolist()) == {200}
    assert set(quick["error_code"].tolist()) == {0}
    assert {value.tobytes().hex() for value in quick["correlation_id"]} == {kept}
    assert set(quick["in_flight"].tolist()) == {1, 2}  # beside itself at most the slow one
    assert quick["flags"].tolist() == [1] + [0] * (len(quick) - 1)
    assert slow["latency_ms"].tolist() == pytest.approx([1500.0] * len(slow))
    assert set(slow["timeout_s"].tolist()) == {0}  # unknown
    assert set(slow["http_status"].tolist()) == {504}
    assert set(slow["error_code"].tolist()) == {1}
    for field in ("attempt", "target", "payload", "version"):
        assert set(rows[field].tolist()) == {1}, field
    assert run.session.recorder.totals()[0].ok == len(quick)
    assert set(quick["outcome"].tolist()) == {1 + list(Outcome).index(Outcome.OK)}
    assert set(slow["outcome"].tolist()) == {1 + list(Outcome).index(Outcome.TIMEOUT)}


@pytest.mark.parametrize(
    ("learnt", "contradicted"),
    [
        (LearntReplies(), {}),
        (LearntReplies(KnownTimeout("504"), retry_after=True), {}),
        (
            LearntReplies(KnownTimeout("504", "other"), retry_after=False),
            {"timeout_form": 4, "retry_after": 1},
        ),
        (LearntReplies(KnownTimeout("success_false")), {"timeout_form": 4}),
    ],
)
def test_replies_that_do_not_fit_what_was_learnt_are_counted_and_none_is_lost(
    tmp_path: Path, learnt: LearntReplies, contradicted: dict[str, int]
) -> None:
    throttled = Answer(at_ms=5, status=429, body=b"{}", retry_after="1")

    def reply(call: Call) -> Answer:
        late = Answer(at_ms=1005, status=504, body=b'{"code": "request.timeout"}')
        return throttled if call.at_s > 8.5 else late

    action = replace(QUICK, timeout_s=1, rate=0.5)
    plan = LoadPlan((action,), arrivals="constant", calls_per_action=5, learnt=learnt)
    with VirtualRun(plan, tmp_path, reply=reply) as run:
        run.pass_time(12)

    assert run.session.recorder.totals()[0].timeouts == 4
    assert outcome_of(run.session).contradicted == contradicted


def test_ten_seconds_without_a_way_to_genesys_are_no_latency(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = LoadPlan((QUICK,), arrivals="constant")
    with VirtualRun(plan, tmp_path) as run:

        def no_way(self: ScriptedTransport) -> tuple[object, bool]:
            run.clock.sleep(10.0)
            raise TimeoutError

        monkeypatch.setattr(ScriptedTransport, "connect", no_way)
        run.pass_time(15)

    rows = read_segment(run.session.recorder.segment_path).records
    lost = rows[rows["outcome"] == OUTCOME_CODES[Outcome.NETWORK_ERROR]]
    assert len(lost) > 5
    assert set(lost["latency_ms"].tolist()) == {0.0}
