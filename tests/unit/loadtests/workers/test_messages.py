"""Messages cross the wire unchanged, and one that is not understood is refused without its content."""

import msgpack
import pytest

from loadtests.workers.messages import (
    MOST_CHUNK_BYTES,
    Acknowledged,
    Chunk,
    Counts,
    End,
    Finish,
    MalformedMessageError,
    Message,
    PauseMessage,
    Ready,
    SettledMessage,
    Taken,
    Waiting,
)

MESSAGES = (
    Ready("w-0", kept_in="/spool", pid=None),
    Chunk("w-0", ".seg", 63, b"\x00\xff"),
    End("no token", failed=True, exit_code=8, worker="w-0"),
    Counts("w-0", 3, 1, {"schedule_lag_p99_ms": 1.5}, (("Get", "refused"),), ("a note",), time_is_over=True),
    Taken("diag_ready"),
    Acknowledged(".seg", 63),
    Finish(hurry=False),
    SettledMessage(("a-1", "a-2")),
    PauseMessage("429", 60.0),
    Waiting({"host_1": 3}),
)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.KIND)
def test_a_message_crosses_the_wire_unchanged(message: Message) -> None:
    data = msgpack.loads(msgpack.dumps(message.to_wire()))
    assert type(message).from_wire(data) == message


def test_each_kind_is_of_one_message_only() -> None:
    assert len({message.KIND for message in MESSAGES}) == len(MESSAGES)


@pytest.mark.parametrize("data", [{}, {"of": "x", "secret": 1}])
def test_a_message_that_is_not_understood_is_refused_without_its_content(data: dict[str, object]) -> None:
    with pytest.raises(MalformedMessageError) as error:
        Taken.from_wire(data)
    assert str(error.value) == "a message of the kind diag_taken is not understood"


JUNK: tuple[object, ...] = (None, "", "x", -1, 2**63, 1.5, float("nan"), True, [], [[]], {}, {"a": []}, b"x")


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.KIND)
def test_no_field_is_taken_with_another_type(message: Message) -> None:
    """A message that arrives damaged, or from another version, is refused where it enters, or harmless."""
    for name, sound in message.to_wire().items():
        for junk in (*JUNK, b"x" * (MOST_CHUNK_BYTES + 1)):
            try:
                taken = type(message).from_wire({**message.to_wire(), name: junk})
            except MalformedMessageError:
                continue
            value = getattr(taken, name)
            assert value is None or type(value) is type(sound) or type(value) in (int, float, str)
            assert value == value, "not a number"
    nothing: tuple[object, ...] = (None, [], 1, "x", b"x", {})
    for data in nothing:
        with pytest.raises(MalformedMessageError):
            type(message).from_wire(data)


@pytest.mark.parametrize(
    "bad",
    [
        {"of": 1},
        {"size": -1, "suffix": ".seg"},
        {"size": "9", "suffix": ".seg"},
        {"why": "x", "pause_s": float("nan")},
        {"users": {"a": -1}},
        {"worker": "w-0", "suffix": ".seg", "offset": 0, "data": b"x" * (MOST_CHUNK_BYTES + 1)},
        {**MESSAGES[3].to_wire(), "figures": {"unheard of": 1.0}},
        {**MESSAGES[3].to_wire(), "rows": "3"},
        {**MESSAGES[3].to_wire(), "left_out": [["Get"]]},
    ],
)
def test_values_that_would_end_master_or_worker_are_refused(bad: dict[str, object]) -> None:
    kinds = [message for message in MESSAGES if message.to_wire().keys() == bad.keys()]
    assert kinds
    for message in kinds:
        with pytest.raises(MalformedMessageError):
            type(message).from_wire(bad)
