"""What `diag doctor --learn` prints as the next command can be typed, whatever the action is named."""

import re
import shlex
from pathlib import Path

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from diag.genesys import drafts
from tests.support.learning import org_text
from tests.support.running_sandbox import RunningSandbox, StartSandbox

pytestmark = pytest.mark.slow

NAMES = ("-x y", "--yes", "Get -x")


@pytest.fixture(params=NAMES)
def named(
    request: pytest.FixtureRequest,
    start_sandbox: StartSandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> RunningSandbox:
    """A sandbox whose first action has this name and answers at once, and an empty folder to learn in."""
    path = tmp_path / "org.toml"
    path.write_text(org_text(at_ms=20).replace('name = "Slow"', f'name = "{request.param}"'))
    running = start_sandbox(path)
    monkeypatch.setattr(drafts, "_ROUNDS", 1)  # what makes guessing cost time costs a test its own
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return running


def typed_of(printed: str) -> list[str]:
    """The words of the command with --learn that is printed, without `diag`."""
    found = re.search(r"diag (doctor --learn.*)", printed)
    assert found is not None, printed
    return shlex.split(found[1])


def test_what_is_printed_can_be_typed(
    named: RunningSandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["doctor", "--learn"]) == ExitCode.USAGE
    first = typed_of(capsys.readouterr().err)

    assert run([*first, "--yes"]) == ExitCode.OK
    shown = capsys.readouterr()
    assert "none of 6 calls took 1 s" in shown.out

    again = typed_of(shown.err)
    assert again[-2:] == ["--slow-url", "URL"]
    again[-1] = f"{named.base_url}/sandbox/slow/30"
    (tmp_path / "runs").rename(tmp_path / "earlier")  # named by the second, which may still be the same
    assert run([*again, "--yes"]) == ExitCode.OK
    assert "a timed-out test: HTTP 200" in capsys.readouterr().out
