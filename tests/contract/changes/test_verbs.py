"""The verbs as a person types them, against a sandbox of their own: exit codes, streams, files."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from diag.cli import run
from diag.exit_codes import ExitCode

Said = Callable[[], "pytest.CaptureResult[str]"]


@pytest.fixture(scope="module")
def demo_environment() -> Iterator[dict[str, str]]:
    from diag.sandbox.server import start_sandbox

    with start_sandbox() as sandbox:
        yield sandbox.environment


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, demo_environment: dict[str, str]) -> Path:
    """An empty project folder whose credentials lead to the sandbox."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in demo_environment.items():
        monkeypatch.setenv(name, value)
    return tmp_path


QUICK = "Check Appointment Slots"
OTHER = "Get Loyalty Points"


def history(capsys: "pytest.CaptureFixture[str]") -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["history", "--format", "json"]) == 0
    entries: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["entries"]
    return entries


def test_set_history_undo(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["set", QUICK, "--timeout", "7", "--yes"]) == ExitCode.OK

    told = capsys.readouterr()
    assert told.out == ""
    assert "SANDBOX" in told.err
    assert "~ config.timeoutSeconds: 2 -> 7" in told.err
    assert "Plan: 1 to change, 0 unchanged, 0 skipped." in told.err
    assert "diag undo --all-of" in told.err
    (entry,) = history(capsys)
    assert (entry["outcome"], entry["before_timeout_s"], entry["after_timeout_s"]) == ("applied", 2, 7)
    assert entry["client_id"] == "sandbox"

    assert run(["undo", entry["entry"], "--yes", "--no-verify"]) == ExitCode.OK
    assert [(e["origin"], e["after_timeout_s"]) for e in history(capsys)] == [("undo", 2), ("set", 7)]
    assert run(["undo", "--yes"]) == ExitCode.USAGE  # nothing left


def test_without_a_terminal_approval_is_a_flag(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["set", QUICK, "--timeout", "7"]) == ExitCode.USAGE

    assert "--yes" in capsys.readouterr().err
    assert history(capsys) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["set", "--timeout", "7", "--yes"], "Which actions?"),
        (["set", "Nobody", "--timeout", "7", "--yes"], "There is no action 'Nobody'"),
        (
            ["set", "Check Apointment Slots", "--timeout", "7", "--yes"],
            "Did you mean: Check Appointment Slots",
        ),
        (["set", QUICK, "--timeout", "61", "--yes"], "1<=x<=60"),
        (["set", QUICK, "--timeout", "0", "--yes"], "1<=x<=60"),
        (["set", QUICK, "--timeout", "45", "--yes"], "over the cap of 30 s"),
        (["apply", "nowhere.json", "--yes"], "nowhere.json cannot be read"),
        (["undo", "nothing", "--yes"], "The journal has no entry"),
        (["undo", "--all-of", "nothing", "--yes"], "The journal knows no apply"),
        (["undo", "a", "--all-of", "b", "--yes"], "not both"),
        (["set", "--where", "tiemout=2", "--timeout", "7", "--yes"], "tiemout"),
        (["check", "--fail-on", "slower"], "slower than what?"),
    ],
)
def test_bad_input_is_a_usage_error_with_a_fix(
    capsys: "pytest.CaptureFixture[str]", arguments: list[str], told: str
) -> None:
    assert run(arguments) == ExitCode.USAGE

    assert told in capsys.readouterr().err


def test_set_by_filter_skips_what_cannot_be_changed_and_a_dry_run_changes_nothing(
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    assert run(["set", "--where", "timeout=60", "--timeout", "20", "--dry-run", "--yes"]) == ExitCode.OK

    told = capsys.readouterr().err
    assert "Plan: 2 to change, 0 unchanged, 1 skipped." in told
    assert "SKIPPED Get User Presence" in told
    assert "would send PATCH" in told
    assert "Dry run: nothing was changed." in told
    assert history(capsys) == []


def saved_plan(name: str, timeout_s: int, path: Path) -> None:
    """A plan file as `recommend --out` writes it."""
    from diag.changes.by_hand import actions_named, make_manual_plan
    from diag.changes.plan_file import write_plan
    from diag.commands.apply_flow import identify
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    with GenesysClient(find_target(load_settings()).connection) as client:
        chosen = actions_named(client.list_actions(), [name])
        write_plan(make_manual_plan(chosen, timeout_s, client.read_config, identify(client)), path)


def test_a_saved_plan_is_applied_once_and_refused_when_stale(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    saved_plan(OTHER, 6, session / "six.json")
    saved_plan(OTHER, 8, session / "eight.json")

    assert run(["apply", "six.json", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(["apply", "six.json", "--yes", "--no-verify"]) == ExitCode.OK
    assert "applied before" in capsys.readouterr().err
    assert run(["apply", "eight.json", "--yes", "--no-verify"]) == ExitCode.STALE

    told = capsys.readouterr().err
    assert "timeout: planned 5 s, present 6 s" in told
    assert "set to 6 s by sandbox at" in told
    assert [entry["outcome"] for entry in history(capsys)] == ["refused", "applied"]


def test_some_applied_and_some_refused_is_partial(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    saved_plan("*Lo*", 9, session / "plan.json")  # Look Up Open Orders, Get Loyalty Points
    assert run(["set", "Look Up Open Orders", "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK

    stopped = run(["apply", "plan.json", "--yes", "--no-verify"])
    went_on = run(["apply", "plan.json", "--yes", "--no-verify", "--on-error", "continue"])

    assert stopped == ExitCode.STALE
    assert went_on == ExitCode.PARTIAL
    told = capsys.readouterr().err
    assert "not tried: stopped after 'Look Up Open Orders'" in told
    assert "1 of 2 changes was applied, 1 was not (1 refused)." in told


def test_a_plan_for_another_org_is_refused(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:
    from dataclasses import replace

    from diag.changes.plan_file import read_plan, write_plan

    saved_plan(OTHER, 11, session / "plan.json")
    plan = read_plan(session / "plan.json")
    write_plan(replace(plan, org=replace(plan.org, org_id="other", org_name="Other")), session / "plan.json")

    assert run(["apply", "plan.json", "--yes"]) == ExitCode.USAGE
    assert "This plan is for org 'Other'" in capsys.readouterr().err


def answer(session: Path, arguments: list[str], typed: str) -> tuple[int, str]:
    """Run diag on a terminal of its own, type one line, return exit code and screen."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "diag", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=session,
        env={**os.environ, "TERM": "dumb"},
    )
    os.close(slave)
    screen = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other end is gone
            break
        if not part:
            break
        screen += part
        if b"will be accepted: " in screen and typed:
            os.write(master, typed.encode() + b"\n")
            typed = ""
    os.close(master)
    return process.wait(60), screen.decode()


def test_only_yes_approves_on_a_terminal(session: Path) -> None:
    arguments = ["set", QUICK, "--timeout", "3", "--no-verify"]

    refused, screen = answer(session, arguments, "y")
    approved, _ = answer(session, arguments, "yes")

    assert "Apply to org Sandbox (demo) (127.0.0.1:" in screen
    assert "Not approved; nothing was changed." in screen
    assert refused == ExitCode.USAGE
    assert approved == ExitCode.OK


def test_a_protected_profile_wants_the_orgs_name_even_with_yes(
    session: Path, capsys: "pytest.CaptureFixture[str]"
) -> None:
    (session / "diag.toml").write_text("[profile.prod]\nprotected = true\n")
    arguments = ["set", QUICK, "--timeout", "4", "--no-verify", "--yes", "--profile", "prod"]

    assert run(arguments) == ExitCode.USAGE
    assert "protected" in capsys.readouterr().err
    assert answer(session, arguments, "yes")[0] == ExitCode.USAGE
    code, screen = answer(session, arguments, "Sandbox (demo)")

    assert "type the org's name" in screen
    assert code == ExitCode.OK


def test_ctrl_c_says_how_to_go_on(
    session: Path, start_sandbox: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = start_sandbox()  # nothing other tests left behind may make the test call quick
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    own.arm({"kind": "slow", "path": "/test$", "for_s": 20})
    command = [sys.executable, "-m", "diag", "set", "Look Up Open Orders", "--timeout", "9", "--yes"]
    with subprocess.Popen(command, cwd=session, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Applying"):
                break
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()

    assert process.wait(60) == ExitCode.INTERRUPTED, told
    (kept,) = (session / "runs" / "plans").iterdir()
    assert f"to finish it: diag apply {kept}" in told.replace("\n", " ")
    assert run(["apply", str(kept), "--yes", "--no-verify"]) == ExitCode.OK


def samples(path: Path, latency_ms: float) -> Path:
    """A sample file of 3,000 calls over two hours around one latency."""
    lines = ["action_id,action_name,started_at,latency_ms,outcome,timeout_s"]
    lines += [
        f"a1,Get Customer,{1_790_000_000 + 2.4 * n:.1f},{latency_ms + 37 * n % 400},ok,5" for n in range(3000)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_check_exits_3_and_writes_what_build_servers_read(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    facts = session / "actions.json"
    facts.write_text('[{"action_id": "a1", "current_timeout_s": 5, "timeout_is_set": true}]')
    slow, quick = samples(session / "slow.csv", 3000), samples(session / "quick.csv", 1000)
    common = ["--actions", str(facts)]

    assert run(["check", str(slow), *common, "--fail-on", "unset"]) == ExitCode.OK
    capsys.readouterr()
    outside = run(["check", str(quick), *common, "--format", "json", "--junit", "out.xml"])
    body = json.loads(capsys.readouterr().out)
    slower = run(["check", str(slow), *common, "--baseline", str(quick), "--fail-on", "slower"])
    capsys.readouterr()
    faster = run(["check", str(quick), *common, "--baseline", str(slow), "--fail-on", "slower"])
    capsys.readouterr()
    annotated = run(["check", str(quick), *common, "--format", "github"])

    assert (outside, slower, faster, annotated) == (3, 3, 0, 3)
    assert body["failed"] == 1
    assert 'failures="1"' in (session / "out.xml").read_text()
    assert capsys.readouterr().out.startswith("::error title=diag check%3A outside::Get Customer (a1): ")


def test_check_live_judges_by_the_timeouts_of_now(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    with GenesysClient(find_target(load_settings()).connection) as client:
        (quick,) = (action for action in client.list_actions() if action.name == QUICK)
    file = samples(session / "quick.csv", 3000)
    file.write_text(file.read_text().replace("a1,Get Customer", f"{quick.id},{QUICK}"))
    arguments = ["check", str(file), "--live", "--only", QUICK, "--format", "json"]

    assert run(["set", QUICK, "--timeout", "9", "--yes", "--no-verify"]) == ExitCode.OK
    capsys.readouterr()
    assert run(arguments) == ExitCode.THRESHOLD
    (outside, unset) = json.loads(capsys.readouterr().out)["findings"]
    assert outside["message"].startswith("the timeout is 9 s, recommended are 5 s")
    assert (unset["rule"], unset["outcome"]) == ("unset", "passed")

    assert run(["set", QUICK, "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK
    assert run(arguments) == ExitCode.OK
    capsys.readouterr()
    everything = [*arguments[:3], "--fail-on", "unset", "--format", "json"]
    assert run(everything) == ExitCode.THRESHOLD
    failing = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["outcome"] == "failed"]
    assert {"Get Account Balance", "Run Credit Check"} == {f["action_name"] for f in failing}


def test_history_names_the_plan_that_finishes_what_was_stopped(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    from diag.changes.journal import Author, Journal, first_record
    from diag.changes.plan_file import plan_digest, read_plan, write_plan
    from diag.commands.apply_flow import kept_plan

    saved_plan(OTHER, 12, session / "plan.json")
    plan = read_plan(session / "plan.json")
    kept = kept_plan(session / "runs", plan_digest(plan))
    write_plan(plan, kept)
    begun = first_record(
        "20261121T231245Z-a1b2c3",
        plan.changes[0],
        org=plan.org,
        author=Author("sandbox", "apply-1"),
        plan_digest=plan_digest(plan),
        origin="set",
        run_ids=(),
        at=0.0,
    )
    Journal(session / "runs" / "journal.jsonl").append(begun)

    assert run(["history"]) == 0
    told = capsys.readouterr()
    assert "UNFINISHED" in told.out
    assert f"stopped half-way. Next: diag apply {kept}" in told.err.replace("\n", " ")
    assert run(["apply", str(kept), "--yes", "--no-verify"]) == ExitCode.OK
    assert [entry["outcome"] for entry in history(capsys)] == ["applied"]


def test_a_missing_permission_is_named_and_stops_everything(
    capsys: "pytest.CaptureFixture[str]", demo_environment: dict[str, str]
) -> None:
    uri = f"{demo_environment['GENESYSCLOUD_API_BASE']}/sandbox/faults"
    denied = {"kind": "status", "status": 403, "method": "PATCH"}
    httpx.post(uri, json={"faults": [denied]}, trust_env=False).raise_for_status()
    try:
        code = run(["set", QUICK, OTHER, "--timeout", "13", "--yes", "--no-verify", "--on-error", "continue"])
    finally:
        httpx.post(uri, json={"faults": []}, trust_env=False).raise_for_status()

    told = capsys.readouterr().err
    assert code == ExitCode.AUTH
    assert "integrations:action:edit" in told
    assert "correlation id " in told
    assert "not tried: stopped after" in told
    assert [entry["outcome"] for entry in history(capsys)] == ["failed"]


def test_recommend_saves_a_plan_with_its_evidence_and_apply_carries_it_out(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    from diag.changes.plan_file import read_plan
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    name = "Search Knowledge Articles"
    connection = find_target(load_settings()).connection
    with GenesysClient(connection) as client:
        (action,) = (action for action in client.list_actions() if action.name == name)
    file = samples(session / "calls.csv", 1000)
    file.write_text(file.read_text().replace("a1,Get Customer", f"{action.id},{name}"))
    facts = session / "actions.json"
    facts.write_text(json.dumps([{"action_id": action.id, "current_timeout_s": 10, "timeout_is_set": True}]))

    assert run(["recommend", str(file), "--actions", str(facts), "--out", "plan.json"]) == ExitCode.OK
    (change,) = read_plan(session / "plan.json").changes
    assert (change.before_timeout_s, change.direction, change.forced) == (10, "lower", False)
    assert change.evidence is not None
    assert change.evidence.samples > 2900
    assert change.evidence.grade == "B"
    assert run(["apply", "plan.json", "--yes"]) == ExitCode.OK

    (entry,) = history(capsys)
    assert (entry["outcome"], entry["origin"], entry["after_timeout_s"]) == ("applied", "recommend", 2)
    with GenesysClient(connection) as client:
        assert client.get_action(action.id).timeout_s == 2


@pytest.mark.parametrize("form", ["json", "csv", "md"])
def test_an_apply_shows_plan_results_and_the_way_back_whatever_the_format(
    capsys: "pytest.CaptureFixture[str]", session: Path, form: str
) -> None:
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target

    name = "Look Up Open Orders"
    assert run(["set", name, "--timeout", "2", "--yes", "--no-verify"]) == ExitCode.OK
    with GenesysClient(find_target(load_settings()).connection) as client:
        (action,) = (action for action in client.list_actions() if action.name == name)
    file = samples(session / "calls.csv", 3000)
    told = file.read_text().replace("a1,Get Customer", f"{action.id},{name}").replace(",ok,5", ",ok,2")
    file.write_text(told)
    facts = session / "actions.json"
    facts.write_text(json.dumps([{"action_id": action.id, "current_timeout_s": 2, "timeout_is_set": True}]))
    capsys.readouterr()

    arguments = ["recommend", str(file), "--actions", str(facts), "--format", form]
    assert run([*arguments, "--apply", "--yes", "--no-verify", "--force"]) == ExitCode.OK

    shown = capsys.readouterr()
    assert "~ config.timeoutSeconds: 2 -> " in shown.err
    assert "Plan: 1 to change, 0 unchanged, 0 skipped." in shown.err
    assert f"APPLIED  {name}" in shown.err
    assert "To undo all of it: diag undo --all-of " in shown.err
    assert "APPLIED" not in shown.out
    if form == "json":
        json.loads(shown.out)


def test_undo_takes_back_the_newest_change_of_this_org_and_no_other(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    from dataclasses import replace

    from diag.changes.journal import Journal

    assert run(["set", QUICK, "--timeout", "9", "--yes", "--no-verify"]) == ExitCode.OK
    journal = Journal(session / "runs" / "journal.jsonl")
    made = journal.read()[-1]
    other = {"org_id": "other", "org_name": "Other", "host": "api.other.test"}
    journal.append(replace(made, entry="elsewhere-1", **other))  # type: ignore[arg-type]

    assert run(["undo", "elsewhere-1", "--yes", "--no-verify"]) == ExitCode.USAGE
    assert "it was made in org 'Other' (api.other.test)" in capsys.readouterr().err
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    assert history(capsys)[0]["undoes"] == made.entry
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert "only changes in Other (api.other.test)" in told


@pytest.fixture
def measured_run(session: Path) -> Callable[..., Path]:
    """Makes a run folder of OTHER whose calls take 3 s, with the manifest fields given."""
    from analysis.facts import ActionFacts
    from analysis.run_folder import Manifest, RunFolder, write_manifest
    from diag.commands.apply_flow import identify
    from diag.genesys.client import GenesysClient
    from diag.settings import load_settings
    from diag.target import find_target
    from tests.unit.analysis.samples import START, write_segment

    def make(**fields: Any) -> Path:
        with GenesysClient(find_target(load_settings()).connection) as client:
            org = identify(client)
            (action,) = (action for action in client.list_actions() if action.name == OTHER)
        facts = ActionFacts(action.id, OTHER, current_timeout_s=2, timeout_is_set=True)
        told: dict[str, Any] = {"status": "complete", "org_id": org.org_id, "host": org.host, **fields}
        folder = RunFolder(session / "runs" / "r1")
        write_manifest(folder, Manifest("r1", START, sandbox=True, model="open", actions=(facts,), **told))
        write_segment(folder, latency_ms=[3000 + 37 * n % 400 for n in range(3000)], names={1: action.id})
        return folder.path

    assert run(["set", OTHER, "--timeout", "2", "--yes", "--no-verify"]) == ExitCode.OK
    return make


def test_a_run_that_is_invalid_sets_nothing_without_force(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path]
) -> None:
    folder = measured_run(status="invalid", status_reason="the generator was late")
    capsys.readouterr()

    assert run(["recommend", str(folder), "--apply", "--yes", "--no-verify"]) == ExitCode.OK
    held = capsys.readouterr().err
    assert run(["recommend", str(folder), "--apply", "--yes", "--no-verify", "--force"]) == ExitCode.OK
    forced = capsys.readouterr().err
    run(["check", str(folder), "--format", "json"])
    checked = capsys.readouterr()

    weak = "Run r1 is invalid: the generator was late"
    assert f"  WEAK EVIDENCE {weak}." in held
    assert f"weak evidence: {weak} (--force to set 5 s all the same)" in held
    assert "Plan: 0 to change, 0 unchanged, 1 skipped." in held
    assert f"APPLIED  {OTHER}" in forced
    assert f"Warning: {weak}." in checked.err
    json.loads(checked.out)


def test_a_run_measured_elsewhere_is_never_applied_here(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path]
) -> None:
    folder = measured_run(org_id="other-org", host="api.other.test")
    capsys.readouterr()

    assert run(["recommend", str(folder), "--apply", "--yes", "--force"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert "Run r1 was measured in org other-org at api.other.test; you are connected to org " in told
    assert "(Sandbox (demo)) at 127.0.0.1:" in told
