import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.format.call_record import RECORD_SIZE
from analysis.format.input_file import NotRegularError
from analysis.format.run_folder import WORKER_SUFFIXES, RunFolder
from analysis.format.sample_schema import ActionVersion, InputOrigin
from diag.direct.direct_action import DirectAction
from diag.direct.direct_load import DirectLoad, DirectRules
from diag.errors import UsageError
from diag.workload.payload import Payload
from diag.workload.tables.load_shape import Poll, Stage
from loadtests.planning.plan import ActionLoad, LoadPlan
from loadtests.workers.messages import Acknowledged, Chunk, MalformedMessageError
from loadtests.workers.plan_message import WorkerOrder, from_wire, to_wire
from loadtests.workers.row_transfer import RESEND_AFTER_S, Receiver, Shipper
from tests.support.examples import examples
from tests.support.forged import forged_texts


class Channel:
    """A connection that loses, repeats and delays what `luck` says."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.luck: list[str] = []
        self.shipper: Shipper | None = None
        self.late: list[Chunk] = []

    def send(self, chunk: Chunk) -> None:
        fate = self.luck.pop() if self.luck else "fine"
        if fate == "lost":
            return
        if fate == "late":
            self.late.append(chunk)
            return
        for _ in range(2 if fate == "twice" else 1):
            self.deliver(chunk, answered=fate != "unanswered")

    def deliver(self, chunk: Chunk, *, answered: bool = True) -> None:
        answer = self.receiver.append(chunk)
        assert self.shipper is not None
        if answered:
            self.shipper.acknowledge(answer)


fates = st.lists(st.sampled_from(["fine", "lost", "twice", "late", "unanswered"]), max_size=30)


@settings(deadline=None, max_examples=examples(60))
@given(luck=fates, growth=st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_every_byte_arrives_once_and_in_order_over_a_bad_connection(
    luck: list[str], growth: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        worker, master = RunFolder(Path(folder, "worker")), RunFolder(Path(folder, "master"))
        worker.segments.mkdir(parents=True)
        channel = Channel(Receiver(master))
        shipper = channel.shipper = Shipper(worker, "w-0", channel.send)
        channel.luck = luck
        written = 0
        for rows in growth:
            for suffix in WORKER_SUFFIXES:
                with (worker.segments / ("w-0" + suffix)).open("ab") as file:
                    file.write(b"".join(bytes([written % 251]) * RECORD_SIZE for _ in range(rows)))
            written += rows
            shipper.ship(1.0)
            while channel.late:
                channel.deliver(channel.late.pop())
        channel.luck = []
        for _ in range(len(luck) + 2):
            shipper.ship(RESEND_AFTER_S)
            if shipper.delivered:
                break

        assert shipper.delivered
        assert channel.receiver.rows("w-0") == written
        for suffix in WORKER_SUFFIXES:
            name = "w-0" + suffix
            assert (master.segments / name).read_bytes() == (worker.segments / name).read_bytes()


def test_a_message_with_a_path_in_it_is_refused(tmp_path: Path) -> None:
    receiver = Receiver(RunFolder(tmp_path / "run"))
    good = {"worker": "w-0", "suffix": ".seg", "offset": 0, "data": b"x"}

    for change in ({"worker": "../w"}, {"worker": ""}, {"suffix": "/../x"}, {"offset": "0"}, {"data": "x"}):
        with pytest.raises(MalformedMessageError):
            Chunk.from_wire({**good, **change})
    assert receiver.append(Chunk.from_wire(good)) == Acknowledged(".seg", 1)
    assert receiver.append(Chunk.from_wire({**good, "offset": 5})) == Acknowledged(".seg", 1)


def test_an_order_crosses_the_wire_unchanged() -> None:
    poll = Poll("Get Job", "a.b", "id", "c.d", ("DONE",), ("FAILED",))
    action = ActionLoad(
        "a-1",
        "Näme",
        3,
        0.5,
        (Payload("one", b'{"x":"\xc3\xa9"}', InputOrigin.FILE),),
        ActionVersion.DRAFT,
        True,
        poll,
    )
    plan = LoadPlan((action,), mode="ramp", stages=(Stage(5, 0.5),), total_rate=4.0, sla=("p99<2s",))
    order = WorkerOrder(plan, "https://api.example.com", False, "/runs/x", ".here-1", 3, 1)

    assert from_wire(to_wire(order)) == order


def test_what_a_direct_call_needs_crosses_the_wire_unchanged() -> None:
    own = DirectAction(
        "a-1", "Get", "GET", "https://api.example.com/${input.id}", {"X-Key": "$!{credentials.key}"},
        None, {"name": "$.name"}, {"name": '"none"'}, '{"name": ${name}}', '{"type": "object"}',
    )  # fmt: skip
    login = DirectAction("customAuth-1", "Login", "POST", "https://x/token", {}, "a=b", {}, {}, None, "{}")
    load = DirectLoad(own, 1.5, "basic", "crm", login)
    action = ActionLoad(
        "a-1", "Get", 3, 0.5, (Payload("one", b"{}", InputOrigin.FILE),), ActionVersion.DIRECT, direct=load
    )
    rules = DirectRules(
        {"api.example.com": 50.0, "[::1]:8443": 0.5}, True, "http://x", "s.toml", True, "m.txt"
    )
    order = WorkerOrder(
        LoadPlan((action,), direct=rules), "https://api.example.com", False, "/runs/x", ".here-1", 3, 1
    )

    assert from_wire(to_wire(order)) == order


ORDER = WorkerOrder(
    LoadPlan((ActionLoad("a-1", "Get", 3, 0.5, (Payload("one", b"{}", InputOrigin.FILE),)),)),
    "https://api.example.com", False, "/runs/x", ".here-1", 3, 1,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=examples(50))
@given(forged_texts(json.loads(to_wire(ORDER))))
def test_an_order_that_is_not_understood_is_one_sentence(raw: bytes) -> None:
    try:
        from_wire(raw.decode("utf-8", "replace"))
    except UsageError as error:
        assert "same version of diag" in str(error.hint)


def test_rows_are_never_appended_to_a_pipe(tmp_path: Path) -> None:
    receiver = Receiver(RunFolder(tmp_path))
    os.mkfifo(tmp_path / "segments" / "w-0.seg")
    with pytest.raises(NotRegularError):
        receiver.append(Chunk("w-0", ".seg", 0, b"x"))
