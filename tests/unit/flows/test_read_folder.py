import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.flows.read_flow_json import read_configuration
from diag.flows.read_folder import flows_in
from diag.flows.read_i3 import configuration_in_i3
from diag.flows.unreadable_flow import UnreadableFlowError
from tests.support.flow_files import ARCHY, as_i3, configuration, data_step, task

FLOW = configuration(task("Main", data_step()))


def test_exports_configurations_and_archy_files_are_read_from_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a.i3InboundFlow").write_bytes(as_i3(FLOW))
    (tmp_path / "b.json").write_text("\ufeff" + json.dumps(FLOW), encoding="utf-8")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.yaml").write_text(ARCHY)
    (tmp_path / "notes.txt").write_text("not a flow")

    read = flows_in(tmp_path)

    assert [flow.where for flow in read.flows] == ["a.i3InboundFlow", "b.json", str(Path("below", "c.yaml"))]
    assert [len(flow.steps) for flow in read.flows] == [1, 1, 2]
    assert read.unread == ()


def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.i3WorkFlow").write_text("no base64!")
    (tmp_path / "b.json").write_text("[" * 100_000)
    (tmp_path / "c.json").write_text('{"name": "an action, not a flow"}')
    (tmp_path / "d.yaml").write_bytes(b"\xff\x00")
    os.mkfifo(tmp_path / "e.json")
    (tmp_path / "f.i3InboundFlow").write_bytes(as_i3(FLOW)[:-9])

    read = flows_in(tmp_path)

    assert read.flows == ()
    assert [one.why for one in read.unread] == [
        "it is not base64, as exports of Architect are",
        "it is nested more than 100 levels deep",
        "it has no list of tasks, states and menus (flowSequenceItemList)",
        "it cannot be read: not UTF-8 text (byte 1)",
        "it cannot be read: is a named pipe, not a regular file",
        read.unread[5].why,
    ]
    assert read.unread[5].why.startswith(("what it encodes is not valid JSON", "it is not base64"))


def test_a_folder_without_a_flow_is_an_error_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        flows_in(tmp_path)

    assert "Export flows from Architect" in (refused.value.hint or "")


@given(st.binary(max_size=200) | st.text(max_size=80).map(as_i3) | st.lists(st.integers()).map(as_i3))
def test_any_bytes_are_an_export_or_a_named_refusal(raw: bytes) -> None:
    try:
        read_configuration(configuration_in_i3(raw))
    except UnreadableFlowError as error:
        assert str(error)
