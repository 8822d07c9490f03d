"""`diag init`: which actions its file has, by name, by filter and picked on a terminal."""

import re
from pathlib import Path

import pytest

from diag.cli import run
from diag.console import Console
from diag.exit_codes import ExitCode
from diag.workload.read_workload import read_workload
from tests.support.terminal_session import QUICK, action_named, answer


def named_in(file: Path) -> list[str]:
    """Return the names above each [[action]], whether it is active or not."""
    return re.findall(r"^# (.+?): .+, timeout .+, request ", file.read_text(), flags=re.M)


@pytest.mark.slow
def test_a_filter_leaves_the_actions_for_which_it_holds(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    assert run(["init", "--where", "method = GET and name ~ get", "--where", "timeout<=5"]) == ExitCode.OK
    by_filter = named_in(session / "workload.toml")
    assert run(["init", "one.toml", "--where", "timeout<=5", "--action", QUICK]) == ExitCode.OK

    first, empty, *_ = (session / "workload.toml").read_text().splitlines()
    assert (first, empty) == ("#:schema ./workload.schema.json", "")
    assert (session / "workload.schema.json").is_file()
    assert "Get Loyalty Points" in by_filter and QUICK not in by_filter
    assert all("get" in name.lower() for name in by_filter)
    assert named_in(session / "one.toml") == [QUICK]
    assert action_named(QUICK).id in (session / "one.toml").read_text()
    assert read_workload(session / "one.toml").allow_side_effects is False
    capsys.readouterr()
    assert run(["init", "none.toml", "--where", "timeout>59 and timeout<3"]) == ExitCode.USAGE
    assert "No action matches --where." in capsys.readouterr().err
    assert run(["init", "none.toml", "--where", "colour=red"]) == ExitCode.USAGE
    assert not (session / "none.toml").exists()


@pytest.mark.slow
def test_on_a_terminal_actions_are_picked_and_nothing_is_written_before(session: Path) -> None:
    prompt = b"names with it [all]: "
    code, screen = answer(session, ["init", "--where", "name ~ get"], "2", prompt)
    (line,) = re.findall(r"^  2  (.+?)   ?\S.*\r$", screen, flags=re.M)
    assert code == ExitCode.OK, screen
    assert named_in(session / "workload.toml") == [line]
    assert re.search(r"calls? a day; (reads|may change data) \(\w+\); ", screen)

    code, screen = answer(session, ["init", "other.toml"], "none", prompt)
    assert code == ExitCode.USAGE and "No action was picked; nothing was written." in screen
    assert not (session / "other.toml").exists()


def test_ctrl_c_while_it_is_asked_leaves_no_file(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "interactive", True)
    monkeypatch.setattr(Console, "ask", stopped)
    before = sorted(session.iterdir())

    assert run(["init"]) == ExitCode.INTERRUPTED
    assert sorted(session.iterdir()) == before
    assert run(["init", "--all"]) == ExitCode.OK  # nobody is asked


@pytest.mark.slow
def test_of_many_actions_those_that_are_picked_get_their_inputs(
    session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Console, "interactive", True)
    monkeypatch.setattr(Console, "ask", lambda *_: "1-3")
    for most in (100, 4):
        monkeypatch.setattr("diag.commands.init.MOST_CONTRACTS", most)
        assert run(["init", f"{most}.toml"]) == ExitCode.OK

    few, many = ((session / f"{most}.toml").read_text() for most in (100, 4))
    assert few == many.replace("4.toml", "100.toml") and few.count("payload") > 2
