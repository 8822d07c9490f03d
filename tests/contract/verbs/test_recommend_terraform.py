"""Terraform as a change: numbers go into the files that own the actions, and the journal says "proposed"."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.terminal_session import OTHER, action_named
from tests.support.terraform_folders import written

ARTICLES = "Search Knowledge Articles"
EDIT = ["recommend", "--format", "terraform", "--edit", "infra"]


@pytest.fixture
def infra(session: Path, measured_run: Callable[..., Path]) -> Path:
    """A run of OTHER whose timeout of 2 s is too short, and the configuration that owns it."""
    measured_run()
    block = f'resource "ACTION" "other" {{\n  name = "{OTHER}"\n  config_timeout_seconds = 2 # s\n}}\n'
    return written(session / "infra", {"main.tf": block})


def journal(session: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (session / "runs" / "journal.jsonl").read_text().splitlines()]


def arrival(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["check", "--fail-on", "proposed", "--format", "json", *flags])
    (state,) = json.loads(capsys.readouterr().out)["proposals"]
    return code, state["arrival"]


@pytest.mark.slow
def test_a_number_is_proposed_and_check_says_when_it_has_arrived(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (infra / "main.tf").read_text()
    capsys.readouterr()

    assert run([*EDIT, "--check"]) == ExitCode.CHANGES
    shown = capsys.readouterr()
    assert (infra / "main.tf").read_text() == before
    assert "1 timeout would be edited in 1 file." in shown.err
    assert run(EDIT) == ExitCode.OK
    edited = capsys.readouterr()

    assert edited.out == shown.out
    assert edited.out.startswith("--- a/main.tf\n+++ b/main.tf\n@@ -1,4 +1,4 @@\n")
    assert (infra / "main.tf").read_text() == before.replace("= 2 # s", "= 5 # s")
    line = journal(session)[-1]
    assert (line["phase"], line["outcome"], line["origin"]) == ("result", "proposed", "terraform")
    assert (line["before_timeout_s"], line["after_timeout_s"], line["run_ids"]) == (2, 5, ["r1"])
    assert line["reason"] == "main.tf:3 (genesyscloud_integration_action.other)"
    assert action_named(OTHER).timeout_s == 2, "an edit asks no org and changes none"

    assert run([*EDIT, "--check"]) == ExitCode.OK
    assert "main.tf:3 says 5 s already" in capsys.readouterr().err
    assert arrival(capsys) == (ExitCode.OK, "unknown"), "the run is older than the proposal"
    assert arrival(capsys, "--live") == (ExitCode.THRESHOLD, "not yet")
    assert run(["set", OTHER, "--timeout", "5", "--yes", "--no-verify"]) == ExitCode.OK
    # What sets it here stands for terraform apply; the journal knows of no other way.
    (session / "runs" / "journal.jsonl").write_text(json.dumps(line) + "\n")
    assert arrival(capsys, "--live") == (ExitCode.OK, "arrived")
    run(["check", "--live"])
    assert "1 of 1 proposal to Terraform has arrived in the org." in capsys.readouterr().err


@pytest.mark.slow
def test_a_proposal_whose_action_was_made_anew_or_is_gone_is_told(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Terraform deletes an action and makes it anew where its contract changes: it has another id then."""
    assert run(EDIT) == ExitCode.OK
    file = session / "runs" / "journal.jsonl"
    replaced = {**journal(session)[-1], "action_id": "custom_-_made-before"}
    file.write_text(json.dumps(replaced) + "\n")
    assert arrival(capsys, "--live") == (ExitCode.THRESHOLD, "not yet")
    assert arrival(capsys, "--live", "--only", OTHER) == (ExitCode.THRESHOLD, "not yet")
    file.write_text(json.dumps({**replaced, "after_timeout_s": 2}) + "\n")
    assert arrival(capsys, "--live") == (ExitCode.OK, "arrived")

    file.write_text(json.dumps({**replaced, "action_name": "Nobody's"}) + "\n")
    assert arrival(capsys, "--live") == (ExitCode.OK, "no action")
    run(["check", "--live", "--fail-on", "proposed"])
    shown = " ".join(capsys.readouterr().err.split())
    assert "cannot arrive: the org no longer has this action," in shown
    assert "knows of no number" not in shown
    for left_out in (["--only", OTHER], ["--skip", "Nobody's"]):
        assert run(["check", "--live", "--fail-on", "proposed", "--format", "json", *left_out]) == ExitCode.OK
        assert json.loads(capsys.readouterr().out)["proposals"] == []


@pytest.fixture
def observed(session: Path) -> Path:
    """What production says of ARTICLES, whose timeout of 10 s is too long, and the file that owns it."""
    block = f'resource "ACTION" "articles" {{\n  name = "{ARTICLES}"\n  config_timeout_seconds = 10\n}}\n'
    assert run(["observe", ARTICLES, "-o", "production.json"]) == ExitCode.OK
    return written(session / "infra", {"articles.tf": block})


@pytest.mark.slow
def test_what_production_settles_is_edited_in_without_any_run(
    session: Path, observed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_production = [*EDIT, "--production", "production.json"]
    assert run([*by_production, "--check"]) == ExitCode.CHANGES
    capsys.readouterr()

    assert run(by_production) == ExitCode.OK
    told = capsys.readouterr()

    line = journal(session)[-1]
    number = line["after_timeout_s"]
    assert f"config_timeout_seconds = {number}\n" in (observed / "articles.tf").read_text()
    assert (line["outcome"], line["before_timeout_s"], line["run_ids"]) == ("proposed", 10, [])
    assert isinstance(number, int) and number < 10
    assert "in the org: diag check --live --fail-on proposed" in told.err
    assert arrival(capsys, "--live") == (ExitCode.THRESHOLD, "not yet"), "and that needs no run"


@pytest.mark.slow
def test_production_speaks_for_what_the_runs_did_not_measure(
    infra: Path, observed: Path, session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = json.loads((session / "production.json").read_text())
    capsys.readouterr()

    assert run([*EDIT, "r1", "--production", "production.json"]) == ExitCode.OK
    assert "2 timeouts edited in 2 files." in capsys.readouterr().err
    behind = {line["action_name"]: line["run_ids"] for line in journal(session)[-2:]}
    assert behind == {OTHER: ["r1"], ARTICLES: []}

    (session / "other.json").write_text(json.dumps({**saved, "org_id": "another", "org_name": "Other"}))
    assert run([*EDIT, "r1", "--production", "other.json"]) == ExitCode.USAGE
    assert "and other.json is of org Other" in capsys.readouterr().err
    rules = ["--production", "production.json", "--cut-off", "0.1%"]
    assert run([*EDIT, "r1", *rules]) == ExitCode.USAGE
    assert "was judged by other rules (the usual ones)" in capsys.readouterr().err
    assert run([*EDIT, *rules]) == ExitCode.USAGE


@pytest.mark.slow
def test_a_proposal_counts_as_no_change_anywhere(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(EDIT) == ExitCode.OK
    entry = str(journal(session)[-1]["entry"])
    capsys.readouterr()

    assert run(["history", "--format", "json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["entries"][0]["outcome"] == "proposed"
    assert run(["history", "--org", "--format", "json"]) == ExitCode.OK
    assert entry not in [one["via"] for one in json.loads(capsys.readouterr().out)["changes"]]
    assert run(["undo", entry, "--yes"]) == ExitCode.USAGE
    assert "it was proposed to Terraform" in capsys.readouterr().err
    assert run(["scan", "--format", "json"]) == ExitCode.OK
    assert [one for one in json.loads(capsys.readouterr().out)["actions"] if one["set_elsewhere"]] == []


def test_waiting_for_what_no_journal_knows_of_is_said(
    infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert run(["check", "--fail-on", "proposed", "--format", "github"]) == ExitCode.OK
    assert "journal.jsonl knows of no number proposed to Terraform" in capsys.readouterr().err


def test_a_patch_is_for_git_and_edits_nothing(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (infra / "main.tf").read_text()
    subprocess.run(["git", "init", "--quiet", str(session)], check=True)

    assert run([*EDIT, "--patch", "timeouts.patch"]) == ExitCode.OK
    assert (infra / "main.tf").read_text() == before
    subprocess.run(["git", "apply", "timeouts.patch"], cwd=session, check=True)

    assert (infra / "main.tf").read_text() == before.replace("= 2", "= 5")
    assert capsys.readouterr().out.endswith((session / "timeouts.patch").read_text())
    assert journal(session)[-1]["outcome"] == "proposed"


@pytest.mark.parametrize(
    "name", ["infra/main.tf", "new.tf", "x.tf.json", "prod.auto.tfvars", "terraform.tfstate"]
)
@pytest.mark.parametrize("flag", ["--patch", "-o"])
def test_no_diff_takes_the_place_of_configuration(
    infra: Path, capsys: pytest.CaptureFixture[str], flag: str, name: str
) -> None:
    before = (infra / "main.tf").read_text()

    assert run([*EDIT, flag, name]) == ExitCode.USAGE
    assert "a diff is no configuration" in capsys.readouterr().err
    assert (infra / "main.tf").read_text() == before


def test_where_the_diff_cannot_be_written_nothing_is_edited(session: Path, infra: Path) -> None:
    before = (infra / "main.tf").read_text()

    assert run([*EDIT, "-o", "none/x.diff"]) == ExitCode.ERROR
    assert (infra / "main.tf").read_text() == before
    assert not (session / "runs" / "journal.jsonl").exists()


@pytest.mark.slow
def test_what_cannot_be_edited_for_certain_is_not_zero(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (infra / "main.tf").read_text()
    (infra / "main.tf").write_text(text.replace("= 2", "= var.prod ? 2 : 9"))
    capsys.readouterr()

    assert run(EDIT) == ExitCode.PARTIAL
    told = capsys.readouterr()

    assert told.out == ""
    assert f"{OTHER}: not edited to 5 s. main.tf:3: its value is computed" in told.err
    assert "1 of 1 timeout could not be edited for certain" in told.err
    assert run([*EDIT, "--check"]) == ExitCode.PARTIAL


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--edit", "infra"], "--edit is about Terraform"),
        (["--format", "terraform", "--check"], "Only with --edit: --check"),
        (["--production", "p.json"], "Only with --edit: --production"),
        ([*EDIT[1:], "--check", "--patch", "p"], "--patch and --check ask for different things"),
        ([*EDIT[1:], "--apply"], "--edit and --apply do not go together"),
        ([*EDIT[1:], "--detailed-exitcode"], "--edit and --detailed-exitcode do not go together"),
        ([*EDIT[1:], "--commit", " "], "--commit needs a message"),
        ([*EDIT[1:], "--commit", "Raise"], "lies in no git repository"),
    ],
)
def test_flags_that_ask_for_two_things_are_refused(
    infra: Path, capsys: pytest.CaptureFixture[str], flags: list[str], why: str
) -> None:
    before = (infra / "main.tf").read_text()

    assert run(["recommend", *flags]) == ExitCode.USAGE
    assert why in capsys.readouterr().err
    assert (infra / "main.tf").read_text() == before


@pytest.mark.slow
def test_a_commit_is_made_on_a_branch_and_what_to_do_next_is_printed(
    session: Path, infra: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.com")

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=session, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet", "--initial-branch=main")
    git("add", "infra")
    git("commit", "--quiet", "-m", "first")
    git("remote", "add", "origin", "git@github.com:team/infra.git")
    capsys.readouterr()

    assert run([*EDIT, "--commit", "Raise timeouts"]) == ExitCode.OK
    told = capsys.readouterr().err

    branch = git("branch", "--show-current").strip()
    assert f"Committed on the new branch {branch}, which is checked out now. Nothing was pushed." in told
    assert f"Then: gh pr create --fill --head {branch}" in told
    subject, _, body = git("log", "-1", "--format=%B").partition("\n\n")
    assert subject == "Raise timeouts"
    assert body.startswith(f"{OTHER}: 2 s -> 5 s. ")
    assert git("status", "--porcelain", "infra") == ""
