"""`diag set`, `history` and `undo`: approval, exit codes, streams."""

from dataclasses import replace
from pathlib import Path

import pytest

from diag.changes.journal.journal import Journal
from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support import sandbox_control
from tests.support.terminal_session import OTHER, QUICK, action_named, answer, history, samples

pytestmark = pytest.mark.usefixtures("as_org")


@pytest.mark.slow
def test_set_history_undo(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["set", QUICK, "--timeout", "7", "--yes"]) == ExitCode.OK

    told = capsys.readouterr()
    assert told.out == ""
    assert "SANDBOX" in told.err
    assert ": 2 s -> 7 s" in told.err
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
        (["set", "--timeout", "7", "--yes"], "No action given."),
        (["set", "Nobody", "--timeout", "7", "--yes"], "There is no action 'Nobody'"),
        (
            ["set", "Check Apointment Slots", "--timeout", "7", "--yes"],
            "Did you mean 'Check Appointment Slots'?",
        ),
        (["set", QUICK, "--timeout", "61", "--yes"], "1<=x<=60"),
        (["set", QUICK, "--timeout", "0", "--yes"], "1<=x<=60"),
        (["set", QUICK, "--timeout", "45", "--yes"], "over the cap of 30 s"),
        (["apply", "nowhere.json", "--yes"], "nowhere.json does not exist."),
        (["apply", "folder", "--yes"], "folder cannot be read: is a directory."),
        (["apply", "noise", "--yes"], "noise cannot be read: not UTF-8 text (byte 3)."),
        (["register", "noise", "--yes"], "noise cannot be read: not UTF-8 text (byte 3)."),
        (
            ["recommend", "calls.csv", "--format", "terraform", "--terraform-state", "noise"],
            "noise cannot be read",
        ),
        (["export", "Check Apointment Slots"], "Did you mean 'Check Appointment Slots'?"),
        (["export", "Get *"], "actions fit 'Get *'"),
        (["export", OTHER, "-o", "x.toml"], "not as TOML"),
        (["recomend"], "Did you mean 'recommend'?"),
        (["xyzzy"], "No such command 'xyzzy'."),
        (["undo", "nothing", "--yes"], "The journal has no entry"),
        (["undo", "--all-of", "nothing", "--yes"], "The journal has no apply"),
        (["undo", "a", "--all-of", "b", "--yes"], "not both"),
        (["set", "--where", "tiemout=2", "--timeout", "7", "--yes"], "tiemout"),
        (["check", "--fail-on", "slower"], "--fail-on slower needs a baseline."),
    ],
)
def test_bad_input_is_a_usage_error_with_a_fix(
    capsys: "pytest.CaptureFixture[str]", session: Path, arguments: list[str], told: str
) -> None:
    (session / "folder").mkdir()
    (session / "noise").write_bytes(b"a\n\xff\xfe")
    samples(session / "calls.csv", 1000)
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


def test_a_missing_permission_is_named_and_stops_everything(
    capsys: "pytest.CaptureFixture[str]", demo_environment: dict[str, str]
) -> None:
    base = demo_environment["GENESYSCLOUD_API_BASE"]
    sandbox_control.arm(base, {"kind": "status", "status": 403, "method": "PATCH"})
    try:
        code = run(["set", QUICK, OTHER, "--timeout", "13", "--yes", "--no-verify", "--on-error", "continue"])
    finally:
        sandbox_control.arm(base)

    told = capsys.readouterr().err
    assert code == ExitCode.AUTH
    assert "integrations:action:edit" in told
    assert "correlation id " in told
    assert "not tried: stopped after" in told
    assert [entry["outcome"] for entry in history(capsys)] == ["failed"]


@pytest.mark.slow
def test_undo_takes_back_the_newest_change_of_this_org_and_no_other(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:

    assert run(["set", QUICK, "--timeout", "9", "--yes", "--no-verify"]) == ExitCode.OK
    journal = Journal(session / "runs" / "journal.jsonl")
    made = journal.read()[-1]
    elsewhere = replace(made, entry="elsewhere-1", org_id="other", org_name="Other", host="api.other.test")
    journal.append(elsewhere)

    assert run(["undo", "elsewhere-1", "--yes", "--no-verify"]) == ExitCode.USAGE
    assert "it was made in org 'Other' (api.other.test)" in capsys.readouterr().err
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    assert history(capsys)[0]["undoes"] == made.entry
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert "only changes in Other (api.other.test)" in told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"before_timeout_s": 2', '"before_timeout_s": 999', "before_timeout_s is not a whole number"),
        ('"at": 1', '"at": "yesterday", "was": 1', "at is not a time"),
    ],
)
def test_edited_lines_of_the_journal_are_set_aside_and_the_rest_goes_on(
    capsys: "pytest.CaptureFixture[str]", session: Path, old: str, new: str, fault: str
) -> None:
    path = session / "runs" / "journal.jsonl"
    assert run(["set", QUICK, "--timeout", "2", "--yes", "--no-verify"]) == ExitCode.OK
    path.unlink(missing_ok=True)
    assert run(["set", QUICK, "--timeout", "6", "--yes", "--no-verify"]) == ExitCode.OK
    whole = path.read_text()
    assert old in whole
    path.write_text(whole + whole.replace(old, new).replace('"entry": "', '"entry": "edited-'))
    capsys.readouterr()

    assert run(["history"]) == ExitCode.OK
    shown = capsys.readouterr()
    assert f"line 4 is set aside: {fault}" in shown.err
    assert "edited-" not in shown.out
    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    assert action_named(QUICK).timeout_s == 2
    assert run(["doctor"]) == ExitCode.OK
    assert f"line 4 is set aside: {fault}" in capsys.readouterr().out


@pytest.mark.slow
def test_the_way_back_leads_to_the_org_of_the_profile_that_was_named(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    (session / "diag.toml").write_text("[profile.acme]\nprotected = false\n")
    before = action_named(OTHER).timeout_s
    assert run(["set", OTHER, "--timeout", "9", "--yes", "--no-verify", "--profile", "acme"]) == ExitCode.OK
    (undo,) = [line for line in capsys.readouterr().err.splitlines() if "To undo all of it: " in line]
    assert undo.endswith(" --profile acme")

    assert run([*undo.split(": diag ")[1].split(), "--yes", "--no-verify"]) == ExitCode.OK
    assert action_named(OTHER).timeout_s == before
