"""Messages cross the wire unchanged, and one that is not understood is refused without its content."""

import msgpack
import pytest

from loadtests.workers.messages import (
    Acknowledged,
    Chunk,
    Counts,
    End,
    Finish,
    MalformedMessageError,
    Message,
    Pause,
    Ready,
    Settled,
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
    Settled(("a-1", "a-2")),
    Pause("429", 60.0),
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
