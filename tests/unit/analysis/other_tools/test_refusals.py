"""What is no list of calls, or says too little, is refused by name, with what to give or say instead."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analysis_errors import BadSettingError, UnreadableSamplesError
from analysis.other_tools.known_tools import USUAL, MappedColumn, ToolOptions
from analysis.other_tools.label_to_action import without_values
from analysis.other_tools.read_options import mapped_columns
from analysis.samples.read_samples import read_samples
from tests.support import tool_files
from tests.support.examples import examples
from tests.support.tool_files import true_calls

JTL = tool_files.jtl_csv(true_calls(20))


def refusal(path: Path, text: str | bytes, options: ToolOptions = USUAL) -> UnreadableSamplesError:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UnreadableSamplesError) as caught:
        read_samples([path], options=options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "Type,Name,Request Count,Failure Count,Median Response Time,95%\nGET,/,10,0,5,9",
            "Locust's statistics",
        ),
        ("Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%\n1790000000,1,,A,1,0,5", "history"),
        ("Label,# Samples,Average,Median,90% Line\nA,10,5,5,9", "aggregate report"),
        ('{"metrics": {"http_req_duration": {"avg": 1.0, "p(95)": 2.0}}}', "k6's summary"),
        ('{"latencies": {"total": 1, "mean": 1, "99th": 3}, "requests": 10}', "vegeta's report"),
        ('{"aggregate": {"counters": {}, "summaries": {}}}', "Artillery's report"),
        ('{"latency": {"average": 1, "p97_5": 2, "p99": 3}}', "autocannon's report"),
    ],
)
def test_percentiles_without_calls_are_refused_as_such(tmp_path: Path, text: str, what: str) -> None:
    error = refusal(tmp_path / "a.csv", text)

    assert what in error.message
    assert "needs each call" in error.message
    assert error.hint


def test_a_table_that_nobody_knows_is_told_how_to_be_read(tmp_path: Path) -> None:
    error = refusal(tmp_path / "a.csv", "when,took\n1790000000,12\n")

    assert "--as" in (error.hint or "")
    assert "--map" in (error.hint or "")


@pytest.mark.parametrize(
    ("columns", "message", "hint"),
    [
        ((MappedColumn("latency_ms", "took"),), "which field is started_at", "Fields: when, took."),
        (
            (MappedColumn("latency_ms", "nope", "ms"), MappedColumn("started_at", "when")),
            "no field 'nope'",
            "when, took",
        ),
        (
            (MappedColumn("latency_ms", "took"), MappedColumn("started_at", "when")),
            "in which unit 'took' is",
            "latency_ms=took:ms",
        ),
    ],
)
def test_a_map_that_says_too_little(
    tmp_path: Path, columns: tuple[MappedColumn, ...], message: str, hint: str
) -> None:
    error = refusal(tmp_path / "a.csv", "when,took\n1790000000,12\n", ToolOptions(columns=columns))

    assert message in error.message
    assert hint in (error.hint or "")


def test_a_number_that_could_be_two_is_asked_about(tmp_path: Path) -> None:
    text = "when;took_ms\n1790000000;1,234\n1790000001;2,345\n"
    columns = (MappedColumn("latency_ms", "took_ms"), MappedColumn("started_at", "when"))
    path = tmp_path / "a.csv"

    assert "1.234 or 1234" in refusal(path, text, ToolOptions(columns=columns)).message
    for decimal, first in (("comma", 1.234), ("point", 1234.0)):
        options = ToolOptions(columns=columns, decimal=decimal)  # type: ignore[arg-type]  # of a loop
        assert read_samples([path], options=options).table["latency_ms"][0] == pytest.approx(first)


@pytest.mark.parametrize(
    "text", ["latency_ms", "latency_ms=", "speed=x", "outcome=x:ms", "latency_ms=a,latency_ms=b"]
)
def test_a_map_that_is_none(text: str) -> None:
    with pytest.raises(BadSettingError) as caught:
        mapped_columns([text])
    assert "--map" in caught.value.message


@pytest.mark.parametrize("pattern", ["$remote_addr [$time_local]", "$request_time", "plain"])
def test_an_nginx_pattern_without_time_or_duration(tmp_path: Path, pattern: str) -> None:
    error = refusal(tmp_path / "access.log", "1.2.3.4 [x]", ToolOptions(pattern=pattern))

    assert "holds no $request_time, or no time" in error.message


@pytest.mark.slow
def test_variables_that_nothing_parts_are_one_text_or_are_refused(tmp_path: Path) -> None:
    pattern = "$host$request_uri [$time_local] $status $request_time"
    line = "b.example/x/12?id=7 [29/Nov/2026:05:11:29 +0000] 200 0.250\n"
    path = tmp_path / "a.log"
    path.write_text(line + "a" * 3_000_000 + "\n")
    table = read_samples([path], options=ToolOptions(pattern=pattern)).table

    assert table["action_id"].astype(str).tolist() == ["b.example/x/{id}"]
    assert table["latency_ms"].tolist() == [250.0]
    glued = ToolOptions(pattern="[$time_local] $status$request_time")
    assert "nothing parts $status" in refusal(path, line, glued).message


def test_an_nginx_log_without_a_pattern_is_asked_for_it(tmp_path: Path) -> None:
    assert "log_format" in (refusal(tmp_path / "a.log", "x", ToolOptions(tool="nginx")).hint or "")


def test_entities_of_a_dtd_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">]><testResults>&a;</testResults>'

    assert "DTD" in refusal(tmp_path / "a.xml", bomb).message


@pytest.mark.slow
def test_samples_nested_without_end_are_read_in_linear_time(tmp_path: Path) -> None:
    sample = '<sample t="5" ts="1790000000000" lb="x" s="true" rc="200">\n'
    (tmp_path / "a.xml").write_text(f"<testResults>{sample * 40_000}{'</sample>' * 40_000}</testResults>")

    assert len(read_samples([tmp_path / "a.xml"]).table) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (tool_files.jtl_xml(true_calls(60))[:5000], "the XML ends in the middle; read up to there"),
        (
            tool_files.jtl_xml(true_calls(60)).replace("</testResults>", "<<"),
            "the XML is damaged from line 63",
        ),
        (JTL + '\n1790000000000,2,"x', "quotes do not match after row"),
    ],
    ids=["cut off", "broken", "quotes"],
)
def test_damage_is_said_of_the_file_not_of_a_row(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "a.jtl").write_text(text)

    (skipped,) = (one for one in read_samples([tmp_path / "a.jtl"]).skipped if says in one.why)

    assert skipped.rows is None


@pytest.mark.parametrize("text", [tool_files.JTL_HEADER + "\n", "<testResults></testResults>"])
def test_a_file_of_a_tool_without_a_call_says_so(tmp_path: Path, text: str) -> None:
    assert "is a file of JMeter without a call" in refusal(tmp_path / "a.jtl", text).message


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.xml", "a.json", "k.json", "a.log"])
def test_a_packed_file_that_was_cut_off_is_a_table_or_a_refusal(tmp_path: Path, name: str) -> None:
    calls = true_calls(3000)
    text = {
        "a.xml": tool_files.jtl_xml,
        "a.json": tool_files.vegeta_json,
        "k.json": tool_files.k6_json,
        "a.log": tool_files.alb_log,
    }[name](calls)
    packed = gzip.compress(text.encode())
    path = tmp_path / f"{name}.gz"
    path.write_bytes(packed[: len(packed) // 2])
    try:
        skipped = read_samples([path]).skipped
    except UnreadableSamplesError as error:
        assert error.message
    else:
        assert any("damaged" in one.why for one in skipped)


@pytest.mark.parametrize(
    "label",
    [
        "GET /a/b;jsessionid=S3CRET",
        "get /a?token=S3CRET",
        "Get customer https://host/c?key=S3CRET",
        "PROPFIND /x?token=S3CRET",
        "https://host/c?key=a S3CRET",
        "customers?token=S3CRET",
    ],
)
def test_no_value_of_a_url_is_left_in_a_label(label: str) -> None:
    assert "S3CRET" not in without_values(label)


@pytest.mark.parametrize("label", ["Get customer; then orders", "What now?", "Customer #2"])
def test_a_label_that_is_no_url_stays(label: str) -> None:
    assert without_values(label) == label


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    assert "a line of more than" in refusal(tmp_path / "a.jtl", JTL + "x" * (5 << 20)).message


SOUND = {
    name: text.encode()
    for name, text in {
        "a.jtl": JTL,
        "a.csv": tool_files.k6_csv(true_calls(20)),
        "a.xml": tool_files.jtl_xml(true_calls(20)),
        "a.json": tool_files.vegeta_json(true_calls(20)),
        "a.log": tool_files.alb_log(true_calls(20)),
    }.items()
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SOUND)
@settings(max_examples=examples(25), deadline=None)
@given(noise=st.binary(max_size=200), cut=st.integers(0, len(JTL)), at=st.integers(0, len(JTL)))
def test_damage_is_a_table_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, name: str, noise: bytes, cut: int, at: int
) -> None:
    whole = SOUND[name]
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(whole[:at] + noise + whole[at : len(whole) - cut])
    try:
        table = read_samples([path]).table
    except UnreadableSamplesError as error:
        assert error.message
    else:
        assert len(table) <= 21 + noise.count(b"\n")
        assert (table["latency_ms"] >= 0).all()
