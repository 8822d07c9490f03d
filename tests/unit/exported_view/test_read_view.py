"""An export of the performance view: columns by name, units said or asked for, unknown layouts refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.exported_view.durations import Decimal, Unit, durations_ms
from diag.exported_view.read_view import read_view

USUAL = (
    "Data Action,Executions,95% Duration (ms),99% Duration (ms),Volume Rate Limit Errors,"
    "Concurrency Rate Limit Errors\n"
)


def exported(
    tmp_path: Path, text: str, unit: Unit | None = None, decimal: Decimal | None = None
) -> list[tuple[str, float | None, float | None]]:
    path = tmp_path / "view.csv"
    path.write_text(text, encoding="utf-8")
    return [(one.name, one.p95_ms, one.p99_ms) for one in read_view(path, unit, decimal)]


def test_known_headings_are_read_in_any_order_and_with_any_delimiter(tmp_path: Path) -> None:
    text = USUAL + '"Get, Customer",120,840,1234,0,3\nOrders,5,,2500,,\n'
    assert exported(tmp_path, text) == [("Get, Customer", 840.0, 1234.0), ("Orders", None, 2500.0)]
    turned = "\ufeff99% Duration;Action Name;95% DURATION\n00:00:02.500;Orders;00:00:01\n"
    assert exported(tmp_path, turned) == [("Orders", 1000.0, 2500.0)]
    path = tmp_path / "whole.csv"
    path.write_text(text)
    (action, _) = read_view(path)
    assert (action.volume_errors, action.concurrency_errors, action.rate_limit_errors) == (0, 3, 3)


@pytest.mark.parametrize(
    ("cell", "unit", "ms"),
    [
        ("00:01:02.5", None, 62_500.0),
        ("1.25 s", None, 1250.0),
        ("840 ms", None, 840.0),
        ("840", "ms", 840.0),
        ("1.5", "s", 1500.0),
    ],
)
def test_a_unit_is_where_it_stands(cell: str, unit: Unit | None, ms: float) -> None:
    assert durations_ms([cell, ""], "99% Duration", unit, None) == [pytest.approx(ms), None]


@pytest.mark.parametrize(
    ("cell", "unit", "told"),
    [
        ("840", None, "no unit"),
        ("00:12", None, "no unit"),  # minutes, or hours?
        ("00:12", "s", "not a duration"),
        ("soon", "ms", "not a duration"),
        ("-5", "ms", "not a duration"),
    ],
)
def test_a_unit_is_never_guessed(cell: str, unit: Unit | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        durations_ms([cell], "99% Duration", unit, None)


def test_an_unknown_layout_is_refused_with_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column for") as caught:
        exported(tmp_path, "Queue,Handle Time\nSales,12\n")
    assert caught.value.details == ("Its columns are: 'Queue', 'Handle Time'",)
    with pytest.raises(UsageError, match="95% Duration"):
        exported(tmp_path, "Data Action,Executions\nOrders,12\n")
    with pytest.raises(UsageError, match="is empty"):
        exported(tmp_path, "\n")


@given(text=st.text(max_size=300), headings=st.sampled_from(["", USUAL]))
def test_any_text_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, headings: str
) -> None:
    path = tmp_path_factory.mktemp("export") / "any.csv"
    path.write_bytes((headings + text).encode("utf-8", "surrogatepass"))
    try:
        found = read_view(path, "ms", "point")
    except UsageError:
        return
    assert all(one.p99_ms is None or 0.0 <= one.p99_ms <= 3.6e6 for one in found)
