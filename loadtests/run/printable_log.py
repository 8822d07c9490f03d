"""Log records whose texts can be printed: for processes whose log holds names."""

import logging
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final

from analysis.plain_text import printable, printable_lines

OURS: Final = "diag"
"""Loggers below this one write one line a record."""

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def make_log_printable() -> None:
    """Have every log record of this process made by `printable_record`, whichever handler takes it."""
    logging.setLogRecordFactory(printable_record)


def printable_record(
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    arguments: tuple[object, ...] | Mapping[str, object] | None,
    error: _ErrorInfo | None,
    function: str | None = None,
    stack: str | None = None,
    **more: Any,
) -> logging.LogRecord:
    """Return a log record, its message and its traceback `printable`. Arguments as of `logging.LogRecord`."""
    record = logging.LogRecord(name, level, path, line, message, arguments, error, function, stack, **more)
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):  # they do not fit: logging itself reports it
        return record
    record.msg = printable(text) if str(name).partition(".")[0] == OURS else printable_lines(text)
    record.args = None
    if error is not None and error[0] is not None:
        record.exc_text = printable_lines("".join(traceback.format_exception(*error)).rstrip("\n"))
    if stack is not None:
        record.stack_info = printable_lines(stack)
    return record
