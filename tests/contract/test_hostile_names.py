"""Every verb over an org whose every name is hostile: nothing of it moves a cursor, forges a line or is lost,
and all that is JSON fits its schema.

A verb that is not walked fails the first test, so that a new one is covered when it is added.
"""

import ast
import csv
import io
import json
import os
import re
import secrets
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from analysis.inline_toml import quoted
from analysis.plain_text import is_printable
from diag.cli import VERBS, run
from diag.exit_codes import ExitCode
from tests.support.drawn.documents import DOCUMENTS, printed_by
from tests.support.drawn.schemas import faults, faults_of_output
from tests.support.flow_files import configuration, data_step, task
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.verb_process import fork

pytestmark = pytest.mark.slow

ESCAPES: Final = "\x1b]0;owned\x07\x1b[2J\x9b1m\x7f\b"
UNSEEN: Final = "\u202e\u2066\u200b\u2028\ufeff\u3164\U000e0041"
FORGED: Final = "\nFORGED\r\n::error::FORGED\r# FORGED\nFORGED"
SLOW: Final = f"Slow{ESCAPES}{UNSEEN}{FORGED}"
FORMULA: Final = (
    f"=1+1|'</script><img src=x onerror=alert(1)>${{x}}%{{y}}\"\\`$(id)`{ESCAPES}{UNSEEN}{FORGED}"
)
OTHER: Final = f"Backend{ESCAPES}{UNSEEN}{FORGED}"

NOT_WALKED: Final = {
    "schema": "its texts come with diag",
    "demo": "it shows a sandbox of its own, whose names come with diag",
    "locustfile": "it prints a path of its own",
    "completion": "its script holds no name; what TAB offers: tests/contract/completion/",
}
BINARY: Final = {".parquet", ".seg", ".png", ".sqlite", ".sqlite-shm", ".sqlite-wal"}
"""Names stand in these as they are: programs read them."""

SCENARIO: Final = (
    f"""
description = {quoted(OTHER)}
[limits]
concurrent_executions = 5000
executions_per_minute = 100000
token_requests_per_minute = 100000
[[integration]]
name = {quoted(OTHER)}
"""
    + "".join(
        f"""
[[action]]
name = {quoted(name)}
integration = {quoted(OTHER)}
category = {quoted(OTHER)}
timeout_s = {timeout_s}
result = {{ done = true }}
latency = {{ model = "lognormal", median_ms = 20, sigma = 0.3 }}
history = {{ days = 1, peak_calls_per_hour = 300 }}
flows = [{quoted(OTHER)}]
"""
        for name, timeout_s in ((SLOW, 1), (FORMULA, 40))
    )
    + f"""
[[flow]]
name = {quoted(FORMULA)}
[[flow.step]]
name = {quoted(SLOW)}
action = {quoted(SLOW)}
suggested = false
timeout_s = 5
task = {quoted(OTHER)}
[[flow]]
name = {quoted(SLOW)}
broken = "wrong-types"
[[flow.step]]
action = {quoted(FORMULA)}
"""
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one command printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Walk:
    """All that the verbs printed, by command line, and the folder with what they wrote."""

    shown: Mapping[str, Shown]
    folder: Path
    page: str
    """The sandbox's own."""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that left the program, and where."""
        yield "the sandbox's page", self.page
        for command, shown in self.shown.items():
            yield f"stdout of {command}", shown.out
            yield f"stderr of {command}", shown.err
        for file in sorted(self.folder.rglob("*")):
            assert is_printable(file.name)
            if file.is_file() and file.suffix not in BINARY:
                yield str(file.relative_to(self.folder)), file.read_bytes().decode()


@pytest.fixture(scope="module")
def walk(start_module_sandbox: StartSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Each verb called in every form it has, one after the other, in one project folder."""
    outside = tmp_path_factory.mktemp("hostile")
    scenario = outside / f"Acme{ESCAPES}{UNSEEN}.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    box = start_module_sandbox(scenario)
    folder = outside / "project"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(outside))
        patch.setattr(secrets, "randbelow", lambda most: 1)  # a first window that is due in hours
        for name, value in box.environment.items():
            patch.setenv(name, value)
        shown = {shlex.join(map(ascii, line)): _call(line, folder) for line in _lines(box, folder)}
        yield Walk(shown, folder, httpx.get(box.base_url, trust_env=False, verify=False).text)


def _lines(box: RunningSandbox, folder: Path) -> Iterator[list[str]]:
    slow, formula = box.action_id(SLOW), box.action_id(FORMULA)
    with box.client() as client:  # a name that is another action's id
        config = client.get(f"/api/v2/integrations/actions/{slow}?includeConfig=true").json()
        body = {key: config[key] for key in ("category", "integrationId", "config")}
        body["contract"] = {"input": {"inputSchema": {}}, "output": {"successSchema": {}}}
        client.post("/api/v2/integrations/actions", json={**body, "name": formula}).raise_for_status()
    yield ["sandbox", "--list"]
    yield ["doctor"]
    yield ["doctor", "--format", "json"]
    yield ["doctor", "--learn"]
    yield ["doctor", "--learn", SLOW, "--yes"]
    yield ["doctor", "--learn", FORMULA, "--yes", "--format", "json"]
    yield ["doctor", "--learn", f"No{SLOW}", "--yes"]
    for form in ("table", "json", "csv"):
        yield ["scan", "--flows", "--format", form]
    flows = folder / "flows"
    flows.mkdir()
    own = configuration(task(OTHER, data_step(SLOW, action_id=slow)), name=SLOW)
    (flows / "own.json").write_text(json.dumps(own))
    call = {"callData": {"name": OTHER, "category": {OTHER: {"dataAction": {FORMULA: {}}}}}}
    archy = {"name": SLOW, "tasks": [{"task": {"name": OTHER, "actions": [call, {OTHER: {}}, FORMULA]}}]}
    (flows / "archy.yaml").write_text(json.dumps({"inboundCall": archy}))
    for form in ("table", "json"):
        yield ["scan", "--flows-from", "flows", "--format", form]
    yield ["scan", "--where", f"name = '{SLOW}' or name = {ESCAPES}"]
    yield ["init", "-"]
    yield ["init"]
    yield ["measure", "--time", "1", "--action", SLOW, "--action", FORMULA, "--rate", "40"]
    (measured,) = [path for path in (folder / "runs").iterdir() if (path / "manifest.json").exists()]
    run_path = str(measured)
    yield ["measure", "--direct", "--dry-run", "--compare", "--time", "1"]
    yield ["measure", "--both", "--time", "2", "--rate", "30", "--run-dir", "both", "--metrics", "both.prom"]
    yield ["recommend", "both"]
    yield ["recommend"]
    judged = _measured_elsewhere(folder, {slow: SLOW, formula: FORMULA})
    for form in ("table", "json", "csv", "md", "terraform", "gc"):
        yield ["recommend", *judged, "--format", form, "-o", "-"]
    yield ["report", run_path, "--charts", "charts", "--flows-from", "flows"]
    for form in ("html", "md", "text", "json", "csv"):
        yield ["report", *judged, "--format", form, "-o", "-"]
    yield ["report", "--all"]
    yield ["report", "--all", "--format", "json", "-o", "-"]
    for form in ("table", "html", "md", "json"):
        yield [
            "compare",
            run_path,
            run_path,
            "--label",
            OTHER,
            "--label",
            FORMULA,
            "--format",
            form,
            "-o",
            "-",
        ]
    for form in ("table", "json", "github"):
        yield ["check", *judged, "--format", form, "--junit", "check.xml"]
    yield ["check", run_path, "--only", f"No{SLOW}"]
    for form in ("table", "json", "csv", "md", "html"):
        yield ["observe", "--days", "1", "--format", form, "-o", "-"]
    yield ["observe", "--days", "1", "-o", "production.json", "--out", "plan.json"]
    yield ["report", run_path, "--production", "production.json"]
    yield ["tune", "--days", "1", "--dry-run"]
    yield ["tune", "--days", "1", "--folder", "settled", "--action", SLOW, "--action", FORMULA]
    yield ["tune", "--over", "14d", "--once", "--yes"]  # nothing is due for hours
    yield ["tune", "--status"]
    yield ["tune", "--action", f"No{SLOW}", "--folder", "none"]
    _export(folder)
    for form in ("table", "json", "csv", "md"):
        yield ["observe", "--from", "../export.csv", "--format", form]
    yield ["set", SLOW, "--timeout", "7", "--yes", "--no-verify"]
    yield ["set", FORMULA, "--timeout", "8", "--yes", "--dry-run"]
    yield ["set", formula, "--timeout", "9", "--yes", "--no-verify"]
    yield ["set", f"No{SLOW}", "--timeout", "7", "--yes"]
    yield ["set", FORMULA, "--timeout", "9"]
    yield ["recommend", *judged, "--out", "plan.json", "--force"]
    yield ["recommend", *judged, "--apply", "--dry-run", "--force", "--only", SLOW]
    yield ["apply", "plan.json", "--yes", "--no-verify", "--stage", "100%"]
    yield ["undo", "--yes", "--no-verify"]
    for form in ("table", "json", "csv", "md"):
        yield ["history", "--format", form]
        yield ["history", "--org", "--format", form]
    yield ["history", "--action", SLOW]
    yield ["watch"]
    yield ["watch", f"No{SLOW}"]
    yield ["watch", SLOW, "--format", "json"]
    yield ["watch", "--format", "json"]
    yield ["export", SLOW, "-o", "slow.json"]
    yield ["export", FORMULA, "-o", "-"]
    yield ["export", formula, "-o", "by-id.json"]
    (folder / "other.json").write_text((folder / "slow.json").read_text().replace("Slow", "Other"))
    yield ["register", "other.json", "--dry-run"]
    yield ["register", "other.json", "--yes"]
    yield ["register", "slow.json", "--yes"]
    yield [f"scan{ESCAPES}", ESCAPES]
    yield ["scan", f"--{SLOW}"]


def _export(folder: Path) -> None:
    """An export of the performance view whose actions are called so."""
    with (folder.parent / "export.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Data Action", "99% Duration (ms)"])
        rows.writerows([name, 1200] for name in (SLOW, FORMULA))


def _measured_elsewhere(folder: Path, names: Mapping[str, str]) -> list[str]:
    """The arguments that judge a file of calls: both timeouts are wrong."""
    facts = [
        {"action_id": id_, "action_name": name, "current_timeout_s": 40, "timeout_is_set": True}
        for id_, name in names.items()
    ]
    (folder / "actions.json").write_text(json.dumps(facts))
    rows = [
        f"{id_},{1.7e9 + second},{1000 + second % 300},ok,40" for second in range(0, 7200, 4) for id_ in names
    ]
    (folder / "calls.csv").write_text("\n".join(["action_id,started_at,latency_ms,outcome,timeout_s", *rows]))
    return ["calls.csv", "--actions", "actions.json"]


def _call(line: list[str], folder: Path) -> Shown:
    if line[0] == "measure":  # a process of its own anyway, with a load that need not be started
        done = fork(line, folder, os.environ, load_too=True)
        return Shown(done.returncode, done.stdout, done.stderr)
    out, err = io.StringIO(newline=""), io.StringIO(newline="")
    with redirect_stdout(out), redirect_stderr(err):
        code = run(line)
    return Shown(code, out.getvalue(), err.getvalue())


def test_every_verb_is_walked(walk: Walk) -> None:
    walked = {shlex.split(command)[0].strip("'") for command in walk.shown}

    assert VERBS.keys() - walked - NOT_WALKED.keys() == set()


def test_nothing_that_leaves_the_program_moves_a_cursor_or_hides(walk: Walk) -> None:
    found = [
        (where, ascii(line[:200]))
        for where, text in walk.texts()
        for line in text.replace("\r\n", "\n").split("\n")
        if not is_printable(line)
    ]

    assert found == []


def test_no_name_begins_a_line_or_breaks_out_of_a_page(walk: Walk) -> None:
    forged = re.compile(r"^(?:[\s#|│>*-]*FORGED|::error::)", re.MULTILINE)

    assert [
        where for where, text in walk.texts() if forged.search(text) or "<img src=x" in _no_json(text)
    ] == []


def _no_json(text: str) -> str:
    """Pages only: elsewhere a name may well hold HTML."""
    return text if text.lstrip().lower().startswith("<!doctype") else ""


def test_names_still_select_and_json_has_them_exactly(walk: Walk) -> None:
    def of(*words: str) -> Shown:
        return walk.shown[shlex.join(map(ascii, words))]

    names = {
        action["action_name"]
        for action in json.loads(of("scan", "--flows", "--format", "json").out)["actions"]
    }
    assert {SLOW, FORMULA} < names
    assert of("set", SLOW, "--timeout", "7", "--yes", "--no-verify").code == ExitCode.OK
    entries = json.loads(of("history", "--format", "json").out)["entries"]
    assert {(entry["action_name"], entry["after_timeout_s"]) for entry in entries} >= {
        (SLOW, 7),
        (FORMULA, 9),
    }
    assert len(json.loads(of("history", "--format", "json").out)["entries"]) >= 2
    assert of("history", "--action", SLOW).out
    rows = csv.reader(io.StringIO(of("scan", "--flows", "--format", "csv").out))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    exported = {
        file: json.loads((walk.folder / file).read_text())["name"] for file in ("slow.json", "by-id.json")
    }
    assert exported == {
        "slow.json": SLOW,
        "by-id.json": FORMULA,
    }  # though another action is named like its id
    assert [command for command, shown in walk.shown.items() if "Unexpected error" in shown.err] == []


def test_all_json_that_is_printed_fits_its_schema(walk: Walk) -> None:
    printed = {}
    for command, shown in walk.shown.items():
        line = tuple(ast.literal_eval(word) for word in shlex.split(command))
        assert faults_of_output(line, shown.out) == [], command
        if shown.out.startswith("{"):
            printed[printed_by(line)] = shown

    assert printed.keys() >= {one.name for one in DOCUMENTS if one.verb is not None}


def test_every_file_fits_its_schema(walk: Walk) -> None:
    (journal,) = walk.folder.rglob("journal.jsonl")
    held = [("journal-line", json.loads(line)) for line in journal.read_text("utf-8").splitlines()]
    for pattern, name in {
        "manifest.json": "manifest",
        "recommendations.json": "recommendations",
        "plan.json": "plan",
        "production.json": "observe",
        "slow.json": "action",
    }.items():
        held += [(name, json.loads(path.read_text("utf-8"))) for path in walk.folder.rglob(pattern)]

    for file in ("workload.toml", "platform.toml"):
        body = json.loads(json.dumps(tomllib.loads((walk.folder / file).read_text("utf-8")), default=str))
        held.append((file.removesuffix(".toml"), body))

    elsewhere = {"settings", "campaign", "message"}  # tests/unit/diag/test_schemas.py
    files = {one.name for one in DOCUMENTS if one.verb is None} - elsewhere
    assert {name for name, _ in held} >= files
    assert [(name, found) for name, body in held if (found := faults(name, body))] == []


def test_the_walk_goes_where_names_are_shown(walk: Walk) -> None:
    texts = dict(walk.texts())
    shown = [where for where, text in texts.items() if "]0;owned" in text]

    logs = [where for where in shown if where.endswith("load.log")]
    assert len(logs) == 2  # through Genesys Cloud, and both ways
    for log in logs:  # Locust's statistics, and what is said at the start
        assert texts[log].count("Slow") >= 2
    assert texts["both.prom"].count("Slow") > 0
    assert "backend" in texts["stdout of " + shlex.join(map(ascii, ["recommend", "both"]))]
    verbs = {where.split()[2].strip("\"'") for where in shown if where.startswith("std")}
    assert walk.shown.keys() and VERBS.keys() - NOT_WALKED.keys() - {"sandbox", "doctor"} <= verbs
    assert not (walk.folder / "-").exists()
    assert {"workload.toml", "check.xml", "plan.json", "slow.json", "production.json"} <= set(shown)
    assert texts["check.xml"].count("<failure") == 2
