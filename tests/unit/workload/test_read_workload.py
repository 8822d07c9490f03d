import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.coverage.week_of_hours import stated_week
from diag.errors import UsageError
from diag.genesys.data_action import Action, ActionConfig
from diag.toml_forms.durations import seconds
from diag.workload.read_workload import read_workload
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.workload_template import Listed, workload_text
from tests.support.workload_texts import parse

WHOLE = """
format_version = 1
[run]
mode = "ramp"
model = "closed"
arrivals = "constant"
seed = 7
duration = "1h30m"
calls_per_action = 500
rate = 2
max_in_flight = 4
exceed_limits = true
sla = "p99<2s"
[guard]
enabled = false
error_share = 0.2
latency_window = "1m"
no_token = "20s"
[ramp]
step = 10
[soak]
every = "10m"
window = "30s"
[[stage]]
duration = "2m"
factor = 0.5
[[action]]
id = "a-1"
rate = 1.5
payload = [{ label = "gold", values = { id = "C-1" } }, { values = { id = "C-2" } }]
recommend = { cap_s = 20 }
[[action]]
name = "Get *"
payload_file = "inputs.csv"
[[action]]
category = "Web"
generate = 3
[action.poll]
action = "Get Job"
job_id = "finalResult.jobId"
parameter = "jobId"
status = "finalResult.state"
done = "DONE"
failed = ["FAILED", "REFUSED"]
every = "5s"
"""


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "inputs.csv").write_text("id,count,code,none\nC-3,4,007,\n")
    found = parse(WHOLE, tmp_path)

    assert (found.mode, found.model, found.arrivals, found.seed) == ("ramp", "closed", "constant", 7)
    assert (found.duration_s, found.calls_per_action, found.rate) == (5400.0, 500, 2.0)
    assert (found.max_in_flight, found.exceed_limits, found.sla) == (4, True, ("p99<2s",))
    assert found.guard == GuardLimits(error_share=0.2, latency_window_s=60.0, no_token_s=20.0)
    assert found.guard_enabled is False
    assert parse("[guard]\n[[action]]\nname='a'").guard_enabled is True
    assert parse("[[action]]\nname='a'").guard_enabled is None
    assert found.guard.off().pause_s == found.guard.pause_s
    assert (found.ramp.step_s, found.soak.every_s, found.soak.window_s) == (10.0, 600.0, 30.0)
    assert [(stage.duration_s, stage.factor) for stage in found.stages] == [(120.0, 0.5)]
    first, second, third = found.entries
    assert [one.label for one in first.payloads] == ["gold", "payload-2"]
    assert first.recommend == {"cap_s": 20}
    assert second.payloads[0].body == b'{"id":"C-3","count":"4","code":"007"}'
    assert second.payloads[0].cells  # which types they have is the contract's to say
    assert second.payloads[0].label == "inputs.csv:2"
    assert third.generate == 3
    assert third.poll is not None
    assert (third.poll.done, third.poll.failed, third.poll.every_s) == (("DONE",), ("FAILED", "REFUSED"), 5.0)


def test_the_hours_of_production_are_stated_for_an_action() -> None:
    text = "[[action]]\nname='a'\nproduction_hours = { when = ['sun 23:00-01:00'], zone = 'Europe/Berlin' }"
    (entry,) = parse(text).entries
    assert entry.production_week == stated_week(["sun 23:00-01:00"], "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("", "names no action", "[[action]]"),
        ("format_version = 2\n[[action]]\nid='a'", "format_version is 2", "reads format 1"),
        ("[[action]]\nname='a'\nweigth=1", "[[action]] 1 has an unknown setting 'weigth'", "weight"),
        ("[[action]]\nname='a'\nid='b'", "not id and name", "For example"),
        ("[[action]]\nrate=1", "exactly one of id, name, category", "For example"),
        ("[[action]]\nname='a'\nrate=-1", "rate is -1", "above 0"),
        ("[[action]]\nname='a'\nrate='fast'", "rate is 'fast'", "number"),
        ("[[action]]\nname='a'\nrate=nan", "rate is nan", "number"),
        ("[[action]]\nname='a'\nrate=1e308", "rate is 1e+308", "above 0 up to 1,000,000"),
        ("[run]\nmax_in_flight=9223372036854775807", "max_in_flight is 9223372036854775807", "from 1 to"),
        ("[run]\nduration=1e300\n[[action]]\nname='a'", "duration is 1e+300", "at most 366 days"),
        ("[direct]\nhosts={'http://x/y'=5}\n[[action]]\nname='a'", "It is more than a host.", "8443"),
        ("[[action]]\nname='a'\n[[action]]\nname=''", "[[action]] 2: name is ''", "text"),
        ("[run]\nmode='fast'\n[[action]]\nname='a'", "mode is 'fast'", "measure, ramp, soak"),
        ("[run]\nduration=inf\n[[action]]\nname='a'", "duration is inf", "10m"),
        ("[run]\nduration=nan\n[[action]]\nname='a'", "duration is nan", "10m"),
        ("[run]\nrate=inf\n[[action]]\nname='a'", "rate is inf", "number"),
        ("[ramp]\ngrowth=1e300\n[[action]]\nname='a'", "growth is 1e+300", "up to 100"),
        ("[run]\nduration='soon'\n[[action]]\nname='a'", "duration is 'soon'", "10m"),
        ("[run]\nseed=1.5\n[[action]]\nname='a'", "seed is 1.5", "whole number"),
        ("[run]\nexceed_limits='yes'\n[[action]]\nname='a'", "exceed_limits is 'yes'", "true or false"),
        ("[guard]\nerror_share=2\n[[action]]\nname='a'", "error_share is 2", "from 0 to 1"),
        ("[soak]\nevery='1m'\nwindow='2m'\n[[action]]\nname='a'", "window longer than every", "fit"),
        ("[[stage]]\nfactor=2\n[[action]]\nname='a'", "[[stage]] 1 has no duration", "2m"),
        ("action = 3", "action is", "[[action]]"),
        ("[[action]]\nname='a'\ngenerate=2\npayload=[{values={}}]", "payloads and generate", "one of them"),
        ("[[action]]\nname='a'\npayload=[{values={day=2026-01-01}}]", "[[payload]] 1 values.day", "text"),
        ("[[action]]\nname='a'\npayload=[{values={x={y=[nan]}}}]", "values.x cannot be sent", "text"),
        ("[[action]]\nname='a'\npayload=[{value={}}]", "unknown setting 'value'", "values"),
        ("[[action]]\nname='a'\nrecommend={cap=1}", "cap is not a setting", "cap_s"),
        ("[[action]]\nname='a'\nproduction_hours={zone='UTC'}", "[production_hours] has no when", "mon-fri"),
        ("[[action]]\nname='a'\nproduction_hours={when='08:00-09:00'}", "has no zone", "Europe/Berlin"),
        (
            "[[action]]\nname='a'\nproduction_hours={when='8 to 9', zone='UTC'}",
            "[production_hours] is not understood",
            "mon-fri 08:00-18:00",
        ),
        (
            "[[action]]\nname='a'\nproduction_hours={when='08:00-09:00', zone='Mars'}",
            "is not understood",
            "IANA",
        ),
        ("[[action]]\nname='a'\n[action.poll]\naction='b'", "has no job_id", "parameter"),
        (
            "[[action]]\nname='a'\npoll={action='b', job_id='i', parameter='p', status='s', done=[]}",
            "done is []",
            "no job could ever be done",
        ),
        ("[[action]]\nname='a'\npayload_file='x.json'", "x.json", ""),
    ],
)
def test_each_mistake_says_where_and_what_would_be_right(text: str, where: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)

    assert where in caught.value.message
    assert hint in (caught.value.hint or "")


def test_a_broken_or_missing_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no workload file"):
        read_workload(tmp_path / "w.toml")
    (tmp_path / "w.toml").write_text("[run\n")
    with pytest.raises(UsageError, match="not valid TOML"):
        read_workload(tmp_path / "w.toml")


@pytest.mark.parametrize("lines", ['{"id": "secret-1"}\n[1]', '{"id": "secret-1"}\nnot json'])
def test_a_bad_payload_line_is_named_and_never_quoted(tmp_path: Path, lines: str) -> None:
    (tmp_path / "p.jsonl").write_text(lines)

    with pytest.raises(UsageError) as caught:
        parse("[[action]]\nname='a'\npayload_file='p.jsonl'", tmp_path)

    assert "line 2" in caught.value.message
    assert "secret" not in caught.value.message + str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (90, 90),
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("1.5s", 1.5),
        ("", None),
        ("5", None),
        (True, None),
        ("8784h", 366 * 86_400),
        ("8784h0.1s", None),
        ("9" * 400 + "h", None),
        ("\N{ARABIC-INDIC DIGIT THREE}s", None),
        (math.nan, None),
        (math.inf, None),
        ([], None),
    ],
)
def test_lengths_of_time(text: object, expected: float | None) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("payload", ["{values='C-1'}", "{values=['C-1']}", "{label={id='C-1'}}", "'C-1'"])
def test_an_input_that_stands_in_the_wrong_place_is_not_repeated(payload: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(f"[[action]]\nname='a'\npayload=[{payload}]")

    assert "C-1" not in caught.value.message


names = st.text(min_size=1, max_size=30)


@pytest.mark.slow
@given(
    names=st.lists(names, min_size=1, max_size=4), method=st.sampled_from(["GET", "POST", None]), key=names
)
def test_what_init_writes_is_valid_whatever_people_named_their_actions(
    names: list[str], method: str | None, key: str
) -> None:
    config = ActionConfig(None, {"requestType": method} if method else {}, {})
    contract = {"input": {"inputSchema": {"type": "object", "properties": {key: {"type": "string"}}}}}
    listed = [
        Listed(Action(name, name, "i", name, 1, False, config), contract)
        for name in names
        if not name.startswith("customAuth")
    ]
    text = workload_text(listed, org=names[0], as_org=True, limits=OrgLimits(50, 300))
    uncommented = text.replace("# payload = ", "payload = ").replace("# recommend = ", "recommend = ")

    found = parse(text)
    assert not found.allow_side_effects
    assert {entry.id for entry in found.entries} <= set(names)
    if method == "GET":
        assert [entry.id for entry in found.entries] == [one.action.id for one in listed]
        with pytest.raises(UsageError, match=r'is still "\.\.\."'):
            parse(uncommented)
        parse(uncommented.replace('"..."', '"C-1001"'))
