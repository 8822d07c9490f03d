"""Each format gives back the calls it was written from."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pytest

from analysis.other_tools.known_tools import USUAL, MappedColumn, ToolOptions
from analysis.samples.read_samples import read_samples
from analysis.samples.sample_set import SampleSet
from tests.support import tool_files
from tests.support.tool_files import TrueCalls, true_calls

CALLS: Final = true_calls()
OF_NGINX: Final = ToolOptions(pattern=tool_files.NGINX_PATTERN)
OF_TABLE: Final = ToolOptions(
    columns=(
        MappedColumn("latency_ms", "Dauer (s)"),
        MappedColumn("started_at", "Zeit"),
        MappedColumn("http_status", "HTTP"),
        MappedColumn("action_id", "Vorgang"),
    )
)

Written = Callable[[TrueCalls], str]


def read(path: Path, text: str | bytes, options: ToolOptions = USUAL) -> SampleSet:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_samples([path], options=options)


def in_order(samples: SampleSet) -> pd.DataFrame:
    return samples.table.sort_values("started_at", kind="stable").reset_index(drop=True)


@pytest.mark.parametrize(
    ("name", "written", "options", "exact_s", "tool", "label"),
    [
        ("a.jtl", tool_files.jtl_csv, USUAL, 0.001, "JMeter", "Get customer"),
        ("a.csv", lambda c: tool_files.jtl_csv(c, header=False), USUAL, 0.001, "JMeter", "Get customer"),
        ("a.xml", tool_files.jtl_xml, USUAL, 0.001, "JMeter", "Get customer"),
        ("a.csv", tool_files.k6_csv, USUAL, 0.6, "k6", "GET b/x/{id}"),
        ("a.json", tool_files.k6_json, USUAL, 0.001, "k6", "GET b/x/{id}"),
        ("a.json", tool_files.vegeta_json, USUAL, 0.001, "vegeta", "GET b/x"),
        ("a.csv", tool_files.vegeta_csv, USUAL, 0.001, "vegeta", "GET b/x"),
        ("a.csv", tool_files.locust_requests, USUAL, 0.001, "Locust", "GET /x"),
        ("access.log", tool_files.nginx_log, OF_NGINX, 1.0, "nginx", "GET /x"),
        ("a.csv", tool_files.any_table, OF_TABLE, 0.001, "another tool", "Kunde"),
    ],
    ids=["jtl", "headerless", "xml", "k6", "k6-json", "vegeta", "vegeta-csv", "locust", "nginx", "table"],
)
def test_every_call_is_there_with_its_time_and_its_outcome(
    tmp_path: Path, name: str, written: Written, options: ToolOptions, exact_s: float, tool: str, label: str
) -> None:
    samples = read(tmp_path / name, written(CALLS), options)
    found = in_order(samples) if exact_s < 0.01 else samples.table

    assert np.abs(found["started_at"] - CALLS.started_at).max() <= exact_s
    assert found["latency_ms"].tolist() == pytest.approx(CALLS.latency_ms.tolist(), abs=0.01)
    # A table without a status says that there was no answer, not why.
    gave_up = "network_error" if tool == "another tool" else "client_timeout"
    assert found["outcome"].astype(str).tolist() == [
        gave_up if each == "client_timeout" else each for each in CALLS.outcomes
    ]
    assert found["action_id"].astype(str).unique().tolist() == [label]
    assert samples.other_tools[label].titles == (tool,)
    assert samples.other_tools[label].unknown


def test_a_load_balancer_does_not_say_how_long_nobody_answered(tmp_path: Path) -> None:
    samples = read(tmp_path / "lb.log", tool_files.alb_log(CALLS))
    answered = CALLS.status != 0

    assert in_order(samples)["latency_ms"].tolist() == pytest.approx(CALLS.latency_ms[answered].tolist())
    (skipped,) = samples.skipped
    assert (skipped.rows, skipped.why) == (
        int((~answered).sum()), "no target answered, so the log holds no time"
    )  # fmt: skip


@pytest.mark.parametrize("written", [tool_files.jtl_csv, tool_files.jtl_xml])
def test_a_transaction_is_never_counted_beside_its_parts(tmp_path: Path, written: Callable[..., str]) -> None:
    samples = read(tmp_path / "a.jtl", written(CALLS, transactions=True))

    assert in_order(samples)["latency_ms"].tolist() == CALLS.latency_ms.tolist()
    (skipped,) = samples.skipped
    assert skipped.rows == len(CALLS.latency_ms)
    assert "transactions" in skipped.why


def test_transactions_alone_are_the_calls_and_that_is_said(tmp_path: Path) -> None:
    lines = tool_files.jtl_csv(CALLS, transactions=True).splitlines()
    only = "\n".join([lines[0], *(line for line in lines if "Checkout" in line)])
    samples = read(tmp_path / "a.jtl", only)

    assert len(samples.table) == len(CALLS.latency_ms)
    assert samples.skipped == ()
    assert any("whole transaction" in each for each in samples.other_tools["Checkout"].unknown)


def test_formatted_and_impossible_dates_and_line_breaks_in_cells(tmp_path: Path) -> None:
    text = tool_files.jtl_csv(
        CALLS,
        stamp=lambda at: tool_files.iso(at)[:23].replace("-", "/").replace("T", " "),
        message='a "reply"\nof two lines, and a comma',
        delimiter=";",
    )
    first = text.splitlines()[1]
    samples = read(tmp_path / "a.jtl", text.replace(first[:10], "2026/02/31", 1))

    assert len(samples.table) == len(CALLS.latency_ms) - 1
    assert [(each.rows, each.why) for each in samples.skipped] == [
        (1, "started_at is missing or not a number")
    ]
    (others,) = samples.other_tools.values()
    assert any("taken as UTC" in each for each in others.unknown)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_packed_and_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    packed = gzip.compress(tool_files.jtl_csv(CALLS).encode(encoding))
    samples = read(tmp_path / "a.jtl.gz", packed)

    assert in_order(samples)["latency_ms"].tolist() == CALLS.latency_ms.tolist()


@pytest.mark.parametrize("calls_after", [0, 1])
def test_transactions_alone_are_calls_however_many_come_before_a_part_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls_after: int
) -> None:
    monkeypatch.setattr("analysis.other_tools.formats.jmeter_xml.BATCH_SAMPLES", 10)
    monkeypatch.setattr("analysis.other_tools.decoded_text.STEP", 500)
    summed = 'rm="Number of samples in transaction : 1, number of failing samples : 0"'
    whole = f'<sample t="300" ts="1790000000000" s="true" lb="Checkout" rc="200" {summed}/>'
    call = '<httpSample t="200" ts="1790000000000" s="true" lb="Get" rc="200"/>'
    text = "\n".join(["<testResults>", *[whole] * 35, *[call] * calls_after, "</testResults>"])

    found = read(tmp_path / "a.xml", text)

    (said,) = (found.other_tools[label].unknown for label in found.action_ids())
    if calls_after:
        assert found.action_ids() == {"Get"} and len(found.table) == 1
        assert [(one.rows, "their parts are counted" in one.why) for one in found.skipped] == [(35, True)]
    else:
        assert found.action_ids() == {"Checkout"} and len(found.table) == 35
        assert any("a call is a whole transaction" in sentence for sentence in said)


def test_the_status_of_an_answer_is_read_off_the_exception_of_locust_where_nothing_else_says_it(
    tmp_path: Path,
) -> None:
    exceptions = (
        "",
        "404 Client Error: Not Found for url: /x",
        "URL http://b/x: code=503",
        "HTTPError('401 Client Error: Unauthorized for url: /x')",
        "ReadTimeout: timed out",
        "ConnectionRefusedError(111)",
    )
    lines = [f'1790000000,GET,/x,200,"{exception}"' for exception in exceptions]
    text = "\n".join(["start_time,request_type,name,response_time,exception", *lines])

    found = read(tmp_path / "a.csv", text).table

    assert found["outcome"].astype(str).tolist() == [
        "ok", "invalid_input", "backend_error", "auth_error", "client_timeout", "network_error"
    ]  # fmt: skip
