"""`diag measure` of direct calls before the first one: what it shows, asks, and never shows."""

from pathlib import Path

import pytest

from diag.exit_codes import ExitCode
from tests.support.own_requests import set_request
from tests.support.running_sandbox import RunningSandbox, StartSandbox
from tests.support.sandbox_control import ask
from tests.support.terminal_session import answer
from tests.support.verb_process import diag

pytestmark = pytest.mark.slow

CANARY = "cnry7f"
WORKLOAD = f"""
[direct]
credentials_file = "secrets.toml"
[[action]]
name = "Get Account Balance"
target = "direct"
rate = 2
payload = [{{ values = {{ accountId = "{CANARY}" }} }}]
"""
NAME = "Get Account Balance"


@pytest.fixture(scope="module")
def box(start_module_sandbox: StartSandbox) -> RunningSandbox:
    box = start_module_sandbox("demo")
    url = "https://billing.example.com/v1/${input.accountId}?key=$!{credentials.key}"
    set_request(box, NAME, requestUrlTemplate=url, headers={"X-Key": "$!{credentials.api-key}"})
    return box


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "workload.toml").write_text(WORKLOAD)
    (tmp_path / "secrets.toml").write_text(f'key = "{CANARY}"\n')
    (tmp_path / "secrets.toml").chmod(0o600)
    return tmp_path


def left_behind(folder: Path) -> str:
    """Return every file below a folder but those that hold the canary on purpose, as one text."""
    own = {"workload.toml", "secrets.toml"}
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in own]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def test_a_dry_run_says_what_is_called_where_and_with_which_credentials(
    box: RunningSandbox, project: Path
) -> None:
    done = diag(box, project, "measure", "--dry-run", "--time", "10", "--timeout", "2.5")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "GET billing.example.com, /v1/${input.accountId}, 2.5 s in all" in done.stdout
    assert "credentials: DIAG_CREDENTIAL_API_KEY, DIAG_CREDENTIAL_KEY" in done.stdout
    assert "missing credentials: api-key. Set DIAG_CREDENTIAL_API_KEY" in done.stdout
    assert "host billing.example.com: 2 calls/s, not confirmed (--confirm-host billing.example.com=2)" in (
        done.stdout
    )
    assert "?key" not in done.stdout
    assert CANARY not in done.stdout + done.stderr + left_behind(project)


def test_what_is_missing_or_not_confirmed_is_said_before_the_first_call(
    box: RunningSandbox, project: Path
) -> None:
    done = diag(box, project, "measure", "--time", "10")
    assert done.returncode == ExitCode.AUTH
    assert "Credentials of a backend are missing: api-key." in done.stderr
    assert 'secrets.toml: api-key = "..."' in done.stderr
    assert CANARY not in done.stdout + done.stderr + left_behind(project)

    done = diag(box, project, "measure", "--time", "10", DIAG_CREDENTIAL_API_KEY=CANARY)
    assert done.returncode == ExitCode.USAGE
    assert 'hosts = { "billing.example.com" = 2 }' in done.stderr
    assert CANARY not in done.stdout + done.stderr + left_behind(project)
    assert not list((project / "runs").iterdir())


def test_on_a_terminal_the_hosts_name_is_asked_for(
    box: RunningSandbox, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**box.environment, "DIAG_CREDENTIAL_API_KEY": CANARY, "HOME": str(project)}.items():
        monkeypatch.setenv(name, value)
    code, screen = answer(project, ["measure", "--time", "10"], "yes")
    assert code == ExitCode.USAGE
    assert "billing.example.com  Get Account Balance        2     20  reads" in screen
    assert "Call billing.example.com up to 2 times a second? Type its name." in screen
    assert "billing.example.com was not confirmed; nothing was called." in screen
    assert CANARY not in screen + left_behind(project)


def test_a_comparison_makes_one_test_call_and_says_what_differs(box: RunningSandbox, project: Path) -> None:
    other = WORKLOAD.replace(NAME, "Look Up Open Orders").replace("accountId", "customerId")
    (project / "workload.toml").write_text(other + 'auth = "bearer"\n')
    before = ask(box.base_url, "truth/calls")["total"]
    done = diag(box, project, "measure", "--dry-run", "--compare", DIAG_CREDENTIAL_TOKEN=CANARY)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "Dry run: one test call of each direct action is made." in done.stdout
    assert "Look Up Open Orders: differs in 1:\n      header 'authorization': only here" in done.stdout
    assert ask(box.base_url, "truth/calls")["total"] == before + 1
    assert CANARY not in done.stdout + done.stderr + left_behind(project)

    done = diag(box, project, "measure", "--compare")
    assert done.returncode == ExitCode.USAGE
    assert "--compare compares in a dry run." in done.stderr
