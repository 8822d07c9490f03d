"""A session that calls a backend itself: rows, audit lines and metrics, and nothing secret in any of them."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gevent
import numpy as np
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from analysis.format.call_record import FLAG_NEW_CONNECTION, OUTCOME_CODES, TARGET_CODES
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import ActionVersion, InputOrigin, Outcome
from analysis.samples.segment_columns import read_segment
from diag.errors import CredentialsError, DiagError
from diag.workload.payload import Payload
from loadtests.planning.plan import LoadPlan
from loadtests.sending.watching.chosen_watchers import WatchOrder
from loadtests.steering.session import Assignment, Session
from tests.support.direct_backend import OK_REPLY, Answer, backend, direct_load, direct_plan
from tests.support.virtual_time import FakeLink
from tests.support.waiting import wait_until

CANARY = "canary-0f3a"
PAYLOADS = tuple(
    Payload.of(label, {"name": f"{CANARY}-{label}"}, InputOrigin.FILE) for label in ("one", "two")
)


class NoLogin(FakeLink):
    """Where every call goes to a backend there may be no token at all."""

    def token(self) -> str:
        raise AssertionError("asked for a token that nothing needs")


def run(
    plan: LoadPlan,
    folder: Path,
    until: Callable[[Session], bool],
    order: WatchOrder,
    link: FakeLink | None = None,
) -> Session:
    """Run until something holds, or the run asks for its end."""
    link = link or NoLogin()
    session = Session(Assignment(plan, RunFolder(folder), "w-0", "http://127.0.0.1", watch=order), link)
    stream = gevent.spawn(session.stream)
    wait_until(lambda: until(session) or link.ended, "the run", within_s=30.0, sleep=gevent.sleep)
    stream.kill()
    session.finish()
    return session


def calling(answer: Answer, folder: Path, monkeypatch: pytest.MonkeyPatch, calls: int = 20) -> Session:
    monkeypatch.setenv("DIAG_CREDENTIAL_KEY", f"{CANARY}-key")
    with backend(answer) as running:
        load = direct_load(
            running.base, path="/by/${input.name}", headers={"X-Key": "${credentials.key}"}, deadline_s=2.5
        )
        load = replace(load, rate=200.0, payloads=PAYLOADS, target=ActionVersion.DIRECT)
        order = WatchOrder("audit-key", folder / "metrics.txt")
        return run(direct_plan(load, running.base), folder, lambda session: session.calls >= calls, order)


def test_rows_lines_and_metrics_say_the_same_and_hold_nothing_that_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: bytes) -> bytes:
        body = f'{{"id": "{CANARY}-out"}}'.encode()
        broken = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        return broken if b"two" in request else OK_REPLY

    session = calling(answer, tmp_path, monkeypatch)

    rows = read_segment(session.recorder.segment_path).records
    assert set(rows["target"].tolist()) == {TARGET_CODES[ActionVersion.DIRECT]}
    assert set(rows["timeout_s"].tolist()) == {0}  # 2.5 s is no whole second
    lines = [json.loads(line) for line in (tmp_path / "segments" / "w-0.audit").read_text().splitlines()]
    assert [line["trace_id"] for line in lines] == [each.tobytes().hex() for each in rows["correlation_id"]]
    assert [OUTCOME_CODES[line["outcome"]] for line in lines] == rows["outcome"].tolist()
    assert [line["latency_ms"] for line in lines] == pytest.approx(rows["latency_ms"].tolist(), abs=0.001)
    assert len({line["input"] for line in lines}) == 2
    text = (tmp_path / "metrics.txt").read_text()
    families = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    counted = {
        (sample.labels["diag_outcome"], sample.labels.get("error_type")): sample.value
        for family in families
        for sample in family.samples
        if sample.name.endswith("_count")
    }
    ok = int(np.count_nonzero(rows["outcome"] == OUTCOME_CODES[Outcome.OK]))
    assert counted == {("ok", None): ok, ("contract_error", "contract"): len(rows) - ok}
    assert int(np.count_nonzero(rows["flags"] & FLAG_NEW_CONNECTION)) < len(rows)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert CANARY.encode() not in written


@pytest.mark.slow
def test_a_backend_that_does_not_answer_is_a_timeout_at_the_deadline(tmp_path: Path) -> None:
    stuck = gevent.event.Event()

    def answer(_: bytes) -> bytes | None:
        return None if stuck.is_set() else b""

    with backend(answer) as running:
        load = replace(direct_load(running.base, deadline_s=1.0), rate=20.0, target=ActionVersion.DIRECT)
        session = run(direct_plan(load, running.base), tmp_path, lambda each: each.calls >= 3, WatchOrder())

    rows = read_segment(session.recorder.segment_path).records
    timed_out = rows[rows["outcome"] == OUTCOME_CODES[Outcome.TIMEOUT]]
    assert len(timed_out) >= 3
    assert set(timed_out["timeout_s"].tolist()) == {1}
    assert timed_out["latency_ms"].min() >= 1000
    assert np.median(timed_out["latency_ms"]) < 1050


def test_credentials_that_are_missing_keep_a_run_from_beginning_and_are_all_named(tmp_path: Path) -> None:
    load = direct_load("https://127.0.0.1", headers={"A": "${credentials.one}", "B": "${credentials.two}"})

    with pytest.raises(CredentialsError, match="one; two"):
        run(direct_plan(load, "https://127.0.0.1"), tmp_path, lambda _: True, WatchOrder())


def test_metrics_that_cannot_be_written_are_said_before_the_first_call(tmp_path: Path) -> None:
    with backend(lambda _: OK_REPLY) as running:
        plan = direct_plan(direct_load(running.base), running.base)
        order = WatchOrder(metrics_file=tmp_path / "nowhere" / "metrics.txt")
        with pytest.raises(DiagError, match="metrics cannot be written"):
            run(plan, tmp_path, lambda _: True, order)
    assert running.received == []


@pytest.mark.parametrize("status", [429, 401])
def test_what_a_backend_refuses_is_its_own_and_ends_the_calls_to_it_alone(
    tmp_path: Path, status: int
) -> None:
    reply = f"HTTP/1.1 {status} X\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n".encode()
    with backend(lambda _: reply) as running:
        load = replace(direct_load(running.base), rate=300.0, target=ActionVersion.DIRECT)
        plan = direct_plan(load, running.base)
        assert plan.guard.error_share < 1
        link = NoLogin()
        session = run(plan, tmp_path, lambda _: False, WatchOrder(), link)

    assert (link.pauses, [why for why, *_ in link.ended]) == ([], ["no action is left to call"])
    (left_out,) = session.director.left_out
    assert left_out.what == "Look Up (backend)"
    assert "100 % of its last 50 calls failed" in left_out.why


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_disk_that_takes_no_audit_line_ends_the_run_as_one_that_takes_no_row(tmp_path: Path) -> None:
    with backend(lambda _: OK_REPLY) as running:
        plan = direct_plan(replace(direct_load(running.base), rate=100.0), running.base)
        link = NoLogin()

        def is_full(session: Session) -> bool:
            assert session.watch._audit is not None
            with open("/dev/full", "wb") as full:
                os.dup2(full.fileno(), session.watch._audit._fd)
            return False

        run(plan, tmp_path, is_full, WatchOrder("key"), link)

    assert link.ended[0][:2] == ("rows could not be written: No space left on device", True)
