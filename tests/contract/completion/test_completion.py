"""What TAB offers: asked as each shell asks, and typed into real ones where they are."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
import pytest

from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.cli import VERBS, cli, run
from diag.completion import candidates
from diag.completion.last_scan import ScannedName, keep_names, kept_names
from diag.completion.shells import PROGRAMS, SHELLS, script
from tests.support import shell_session
from tests.support.running_sandbox import RunningSandbox
from tests.support.shell_session import is_here, typed_words
from tests.support.source_files import ROOT
from tests.test_architecture import HEAVY

INJECTED: Final = "Look $(touch OWNED) 'x' \"y\" `touch OWNED`; touch OWNED"
NAMES: Final = ("Get Account Balance", "Get Customer, by Phone", INJECTED, "Żółć 订单")
NEWER: Final = "20261129T100000Z-bbb"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two runs, in which an org was scanned."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    actions = [ScannedName(f"id-{number}", name) for number, name in enumerate(NAMES)]
    twins = [ScannedName("twin-1", "Twin"), ScannedName("twin-2", "Twin")]
    unfit = [ScannedName("unseen", "No\nname\x1b[2J"), ScannedName("flag", "--yes")]
    keep_names(tmp_path / "runs", "api.example", [*actions, *twins, *unfit])
    for name in ("20261129T090000Z-aaa", NEWER):
        folder = RunFolder(tmp_path / "runs" / name)
        folder.path.mkdir()
        write_manifest(
            folder, Manifest(name, 1.0, "complete", sandbox=True, host="h", model="open", actions=())
        )
    return tmp_path


def offered(
    shell: str, *words: str, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
) -> list[str]:
    """Return the values offered for the last of the words, as the shell gets them."""
    patch.setenv("_DIAG_COMPLETE", f"{shell}_complete")
    patch.setenv("COMP_WORDS", ("\n" if shell == "bash" else " ").join(("diag", *words)))
    patch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    assert run([]) == 0
    shown = capfd.readouterr()
    assert shown.err == ""
    lines = shown.out.strip().splitlines()
    if shell in ("zsh", "powershell"):
        return lines[1::3]
    return [line.partition(",")[2].partition("\t")[0] for line in lines]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_offered_verbs_flags_choices_actions_and_runs(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    def ask(*words: str) -> list[str]:
        return offered(shell, *words, capfd=capfd, patch=monkeypatch)

    assert ask("") == list(VERBS)
    assert ask("hi") == ["history"]
    assert ask("scan", "--fl") == ["--flows", "--flows-from"]
    assert ask("scan", "--format", "") == ["table", "json", "csv"]
    assert [each.replace("\\", "") for each in ask("measure", "--action", "twin")] == ["twin-1", "twin-2"]
    assert ask("report", "runs/") == [f"runs/{NEWER}", "runs/20261129T090000Z-aaa"]
    assert ask("nosuch", "") == list(VERBS)
    assert ask("history", "--action", "unknown") == []
    assert ask("watch", "--not") == ["--notify"]
    monkeypatch.setenv("OUR_HOOK", "https://hooks.slack.com/services/secret")
    assert "env:OUR_HOOK" in ask("watch", "--notify", "")
    assert not any("secret" in each for each in ask("watch", "--notify", "env"))


def test_powershell_reads_the_answer_as_the_utf8_that_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "powershell"]) == 0
    asks = capfd.readouterr().out
    assert asks.isascii()  # whatever `>>` of Windows PowerShell makes of it
    for program in PROGRAMS:
        before, _, after = asks.partition(f"= & {program} 2>$null")
        assert "OutputEncoding = [System.Text.UTF8Encoding]::new()" in before[-120:]
        assert "finally {\n        try { [Console]::OutputEncoding = $prev_encoding }" in after[:120]


def test_a_run_is_offered_by_its_time_whatever_it_is_called(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, at in (("baseline", 1.0), (NEWER, 2.0), ("20261129T090000Z-aaa", 3.0)):
        folder = RunFolder(project / "runs" / name)
        folder.path.mkdir(exist_ok=True)
        folder.manifest.touch()
        os.utime(folder.manifest, (at, at))
    monkeypatch.setattr(candidates, "MOST_RUNS", 2)

    found = offered("zsh", "report", "", capfd=capfd, patch=monkeypatch)
    assert found == ["runs/20261129T090000Z-aaa", f"runs/{NEWER}"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_a_value_joined_to_its_flag_keeps_the_flag(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    assert offered(shell, "scan", "--format=j", capfd=capfd, patch=monkeypatch) == ["--format=json"]


def test_bash_which_splits_at_the_equals_sign_gets_the_value(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered("bash", "scan", "--format", "=", "j", capfd=capfd, patch=monkeypatch) == ["json"]
    assert offered("bash", "scan", "--format", "=", capfd=capfd, patch=monkeypatch) == [
        "table",
        "json",
        "csv",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_cannot_be_shown_or_told_apart_is_offered_by_its_id(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    found = offered(shell, "set", "", capfd=capfd, patch=monkeypatch)

    assert {"unseen", "flag", "twin-1", "twin-2"} <= set(found)
    assert len(found) == len(NAMES) + 4
    assert not any("\x1b" in each or each == "--yes" for each in found)


def test_an_action_that_was_given_is_not_offered_again(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered("zsh", "set", "'Get Account Balance'", "get", capfd=capfd, patch=monkeypatch)

    assert found == ["Get Customer, by Phone"]


@pytest.mark.parametrize("content", ["", "{}", '{"kind": "last scan"}', "[" * 9000, "\x00"])
def test_a_damaged_list_of_names_offers_nothing_and_says_nothing(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (project / "runs" / "last-scan.json").write_text(content)

    assert offered("bash", "set", "", capfd=capfd, patch=monkeypatch) == []


def test_settings_that_cannot_be_read_offer_nothing_and_say_nothing(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "diag.toml").write_text("not toml")

    assert offered("fish", "set", "", capfd=capfd, patch=monkeypatch) == []


def test_a_scan_keeps_the_names_of_all_its_actions(
    sandbox: RunningSandbox, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)

    assert run(["scan", "--name", "balance"]) == 0

    assert {action.id for action in kept_names(project / "runs")} == set(sandbox.truth()["actions"])


def test_a_scan_into_a_folder_that_takes_no_file_says_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")

    keep_names(tmp_path / "runs", "api.example", [])

    assert kept_names(tmp_path / "runs") == ()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_for_both_names_of_the_program(shell: str) -> None:
    text = script(cli, shell)

    assert set(PROGRAMS) <= set(text.split())
    assert "_DIAG_COMPLETE" in text and "\r" not in text


@pytest.mark.slow
def test_tab_brings_in_nothing_heavy(project: Path) -> None:
    probe = (
        "import sys; from diag.cli import run; run([]);"
        f"print('heavy:', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_DIAG_COMPLETE": "zsh_complete",
        "COMP_WORDS": "diag measure --action Get",
        "COMP_CWORD": "3",
    }
    found = subprocess.run(
        [sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=True
    )

    assert "Get Account Balance" in found.stdout
    assert found.stdout.strip().endswith("heavy: []")


@pytest.fixture
def at_a_prompt(project: Path) -> Mapping[str, str]:
    """The environment of a shell whose `diag` is this one, slow to start as it may be here."""
    programs = project / "bin"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m diag "$@"\n')
        (programs / name).chmod(0o755)
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    return {"PATH": path, "HOME": str(project), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


@pytest.mark.slow
@pytest.mark.parametrize("name", shell_session.SHELLS)
def test_in_a_real_shell_a_word_is_completed_as_one_word(
    project: Path, at_a_prompt: Mapping[str, str], name: str
) -> None:
    if not is_here(name):
        pytest.skip(f"{name} is not on this machine (Debian: apt-get install {name})")
    (project / "SCRIPT").write_text(script(cli, name), encoding="utf-8")
    lines = {
        "diag hist\t": ["history"],
        "diag set Get\\ A\t": ["set", "Get Account Balance"],
        "diag set 'Get C\t": ["set", "Get Customer, by Phone"],
        "diag measure --action Loo\t": ["measure", "--action", INJECTED],
        "diag report runs/20261129T1\t": ["report", f"runs/{NEWER}"],
        "diag scan --format=j\t": ["scan", "--format=json"],
    }

    words = {line: typed_words(shell_session.SHELLS[name], project, at_a_prompt, line) for line in lines}

    assert words == lines
    assert not (project / "OWNED").exists()


def test_the_verb_prints_the_script(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "zsh"]) == 0
    assert capfd.readouterr().out == script(cli, "zsh")
    assert isinstance(cli, click.Group)
