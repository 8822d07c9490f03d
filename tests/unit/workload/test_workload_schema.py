"""The schemas of TOML files take what the readers take: what one refuses, an editor marks."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diag.errors import UsageError
from diag.genesys.data_action import Action, ActionConfig
from diag.platform_facts.facts import FACTS, Learnt, PlatformFacts
from diag.platform_facts.platform_file import platform_text, read_platform
from diag.setting_sources import ENVIRONMENT, SettingsTable
from diag.settings import load_settings
from diag.workload.read_workload import parse_workload
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.workload_template import Listed, workload_text
from tests.support.drawn.schemas import faults
from tests.support.forged import each_part_otherwise
from tests.support.source_files import ROOT

WHOLE = tomllib.loads("""
format_version = 1
labels = { "GET /x" = "Get Customer" }
[run]
mode = "ramp"
model = "closed"
arrivals = "constant"
seed = 7
duration = "1h30m"
calls_per_action = 500
rate = 2.5
max_in_flight = 4
exceed_limits = true
allow_side_effects = false
sla = ["p99<2s"]
[guard]
enabled = false
error_share = 0.2
error_calls = 9
timeouts_in_a_row = 5
latency_factor = 1.5
latency_window = "1m"
rate_limited_stops = 2
pause_s = 2.5
no_token = "20s"
[ramp]
step = 10.5
growth = 1.5
steps = 3
latency_factor = 2.5
error_share = 0.5
[soak]
every = "24h"
window = "1s"
total = "48h"
[hours]
allow = ["23:00-05:00"]
days = ["Monday", "tue"]
timezone = "Europe/Berlin"
[approval]
ticket = "0004711"
hours = "23:00-05:00"
timezone = "Europe/Berlin"
nights = ["2026-12-10"]
[direct]
hosts = { "api.example.com" = 50.5 }
allow_private = true
credentials_file = "secrets.toml"
auth = "basic"
audit = false
timeout = 1.5
[[stage]]
duration = "2m"
factor = 0.5
[[action]]
id = "a-1"
rate = 1.5
weight = 2.5
allow_side_effects = true
payload = [{ label = "gold", values = { id = "C-1" } }]
recommend = { cap_s = 20, rule = "sum", percentile = 0.999, buffer_ratio = 0.5 }
production_peak_rate = 1.5
production_hours = { when = ["mon-fri 08:00-18:00"], zone = "Europe/Berlin" }
target = "test"
credentials = "crm"
auth = "bearer"
[action.poll]
action = "Get Job"
job_id = "finalResult.jobId"
parameter = "jobId"
status = "finalResult.state"
done = ["DONE"]
failed = ["FAILED"]
cancelled = ["CANCELLED"]
every = "5s"
give_up = "10m"
[[action]]
name = "Get *"
generate = 3
[[action]]
category = "Web"
""")
OTHER_VALUES: Sequence[Any] = (False, 0, 61, 1.5, 10**10, "", " ", "x", "10m", "direct", [], ["x"], {"x": 1})
SAID_BY_THE_READER_ONLY = (
    "names no action",  # a file for other tools holds [labels] only
    *("is not understood", "IANA time zone", "from 00:00 to 24:00", "nights is"),  # hours, zones, days
    *("window longer than every", "payloads and generate", "polls a job", "floor_s is"),
    *("hosts has", "hosts names", "more than a host", "x.csv", "No such", "There is no"),
)


def _why_refused(body: Mapping[str, Any]) -> str | None:
    try:
        parse_workload(body, "w.toml", Path("/nowhere"))
    except UsageError as error:
        return f"{error.message} {error.hint}"
    return None


def test_a_workload_with_every_setting_fits() -> None:
    assert _why_refused(WHOLE) is None
    assert faults("workload", WHOLE) == []


@pytest.mark.slow
def test_the_schema_of_a_workload_takes_what_the_reader_takes_and_nothing_else() -> None:
    marked_wrongly, not_marked, agreed = [], [], 0
    for place, body in each_part_otherwise(WHOLE, OTHER_VALUES):
        refused, marked = _why_refused(body), faults("workload", body)
        if (refused is not None) == bool(marked):
            agreed += 1
        elif refused is None:
            marked_wrongly.append((place, marked))
        elif not any(words in refused for words in SAID_BY_THE_READER_ONLY):
            not_marked.append((place, refused))

    assert (marked_wrongly, not_marked) == ([], [])
    assert agreed > 1000


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("[hours]\nallow = '23:00 - 05:00'\nzone = 'UTC'", False),
        ("[hours]\nallow = '23:00-05:00'\nzone = 'UTC'\ntimezone = 'UTC'", True),
        ("[hours]\nallow = '23-05'\nzone = 'UTC'", True),
        ("[soak]\nevery = ' 1h30m '\nwindow = 0.5", False),
        ("[soak]\nevery = '1 h'", True),
        ("[approval]\nticket = 'x'\nnights = ['20261210', '2026-W50-4']", False),
        ("[[action]]\nname = 'a'\nid = 'b'", True),
        ("[labels]\n'GET /x' = 'Get Customer'", False),
    ],
)
def test_what_people_may_write_is_marked_where_it_is_wrong(text: str, marked: bool) -> None:
    assert bool(faults("workload", tomllib.loads(text))) == marked


def test_what_init_writes_fits_with_and_without_its_comments() -> None:
    config = ActionConfig(None, {"requestType": "POST"}, {})
    contract = {"input": {"inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}}
    listed = [Listed(Action("a-1", "Get", "i", "Web", 1, False, config), contract)]
    text = workload_text(listed, org="Acme", as_org=True, limits=OrgLimits(50, 300))
    stated = re.compile(
        r"^# (\[+[\w.]+\]+|\w+ = (?:\"[^\"]*\"|[\[{].*[\]}]|[\w.]+) *(?:#.*)?)$", re.MULTILINE
    )
    head, poll, actions = stated.sub(r"\1", text).partition("[action.poll]")
    poll_keys, _, actions = actions.partition("\n\n")
    body = tomllib.loads(f"{head}{actions}{poll}{poll_keys}")

    assert faults("workload", tomllib.loads(text)) == []
    assert {"run", "guard", "ramp", "soak", "hours", "approval", "direct", "stage"} < body.keys()
    assert body["action"][0]["poll"]["give_up"] == "10m"
    assert faults("workload", body) == []


def test_every_setting_is_in_the_schema_and_read(tmp_path: Path) -> None:
    named = {each.name for each in fields(SettingsTable)}
    assert named == {*ENVIRONMENT, "protected"}
    for name in named:
        value = "true" if name == "protected" else '"x"'
        for text in (f"{name} = {value}", f"[profile.p]\n{name} = {value}", f"{name} = 1", f"[{name}]"):
            assert _is_read(tmp_path, text) == (not faults("settings", tomllib.loads(text))), text


def _is_read(folder: Path, text: str) -> bool:
    (folder / "diag.toml").write_text(text)
    flags = {"profile": "p"} if "[profile.p]" in text else {}
    try:
        load_settings(flags, environment={}, folder=folder, home=folder)
    except UsageError:
        return False
    return True


OFFERED: Sequence[Any] = (
    *("success_false", "draft", "shown", "merge", "409", "omit", "none", "request.timeout", 25, True),
    *(["request.timeout"], {"error_type": "x"}),
)
NO_FACTS: Sequence[Any] = (None, -5, 10**9, "no such word ", "", [1], {}, {"x": "y"}, ["a b"])


def test_every_fact_of_the_platform_is_in_the_schema_and_read(tmp_path: Path) -> None:
    values: dict[str, Any] = {}
    for fact in FACTS:
        taken = next(one for one in OFFERED if fact.kind.taken(one) is not None)
        values[fact.key] = Learnt(fact.kind.taken(taken), date(2026, 11, 29), "seen in a test", "seen")
    path = tmp_path / "platform.toml"
    path.write_text(platform_text(PlatformFacts("org", **values)))
    body = _as_editors_read(tomllib.loads(path.read_text()))

    assert read_platform(path) == PlatformFacts("org", **values)
    assert faults("platform", body) == []
    for fact in FACTS:
        for other in NO_FACTS:
            found = faults("platform", {**body, fact.key: {**body[fact.key], "value": other}})
            assert bool(found) == (fact.kind.taken(other) is None), (fact.key, other)


def _as_editors_read(value: Any) -> Any:
    """A date of TOML is a text to a schema."""
    if isinstance(value, dict):
        return {key: _as_editors_read(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def test_every_example_of_a_workload_or_settings_file_in_the_pages_fits() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    block = re.compile(r"^ *```toml\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
    found = [text for page in pages for text in block.findall(page.read_text(encoding="utf-8"))]

    assert any("[[action]]" in text for text in found)
    wrong = []
    for text in found:
        schema = "settings" if "[profile." in text else "workload"
        wrong += [(text, fault) for fault in faults(schema, tomllib.loads(text))]
    assert wrong == []
