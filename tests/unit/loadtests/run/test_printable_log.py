"""The log of a load process: names in messages and in tracebacks cannot move a cursor or forge a line."""

import io
import logging

import pytest

from analysis.plain_text import is_printable
from loadtests.run.printable_log import printable_record

NAME = "Get\x1b]0;owned\x07\u202e\x9b2J\nFORGED"


def logged(logger: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(logging, "_logRecordFactory", printable_record)
    page = io.StringIO()
    log, handler = logging.getLogger(logger), logging.StreamHandler(page)
    log.addHandler(handler)
    try:
        log.warning("%s: left out", NAME)
        log.warning(f"left out: {NAME} 100 %")
        try:
            raise ValueError(NAME)
        except ValueError:
            log.exception("unexpected", stack_info=True)
    finally:
        log.removeHandler(handler)
    return page.getvalue().split("\n")


@pytest.mark.parametrize("logger", ["diag.load", "locust.main"])
def test_no_name_in_the_log_moves_a_cursor(logger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = logged(logger, monkeypatch)

    assert [line for line in lines if not is_printable(line)] == []
    assert "  File " in "\n".join(lines)


def test_no_name_in_a_message_of_ours_forges_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = logged("diag.load", monkeypatch)

    assert lines[:2] == ["Get�]0;owned���2J FORGED: left out", "left out: Get�]0;owned���2J FORGED 100 %"]


def test_arguments_that_do_not_fit_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    record = printable_record("diag.load", logging.INFO, "x", 1, "%d calls", ("no",), None)

    assert record.args == ("no",)


def test_a_record_without_a_name_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `logging.makeLogRecord` makes them, which handlers of sockets and queues use."""
    monkeypatch.setattr(logging, "_logRecordFactory", printable_record)
    assert logging.makeLogRecord({"msg": "x"}).getMessage() == "x"
