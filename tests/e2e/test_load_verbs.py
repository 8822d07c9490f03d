"""`diag init` and `diag measure`, and the load against a sandbox that counts as an org."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from diag.sandbox.launch import SandboxProcess
from diag.workload.read_workload import read_workload
from tests.support.load_run import at_home, ended_whole, is_whole
from tests.support.sandbox_control import counting_as_org
from tests.support.sandbox_process import start_sandbox
from tests.support.verb_process import fork

pytestmark = pytest.mark.e2e

Diag = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


@pytest.fixture
def diag(tmp_path: Path, sandbox: SandboxProcess) -> Diag:
    def run(*arguments: str, start_load: bool = False) -> subprocess.CompletedProcess[str]:
        return fork(arguments, tmp_path, at_home(tmp_path, sandbox.environment), load_too=not start_load)

    return run


@pytest.fixture
def as_org(sandbox: SandboxProcess) -> Iterator[None]:
    """The module's sandbox counts as an org as long as the test lasts."""
    with counting_as_org(sandbox.base_url):
        yield


def test_init_writes_what_measure_reads_and_a_broken_sla_is_exit_3(tmp_path: Path, diag: Diag) -> None:
    written = diag("init")
    assert written.returncode == 0, written.stderr
    assert written.stdout.strip() == "workload.toml"
    assert len(read_workload(tmp_path / "workload.toml").entries) == 11
    assert "kept in git, leave out: workload.toml, inputs.*, runs/, .env\n" in written.stderr
    assert diag("init").returncode == 2  # never over a file that is there

    dry = diag("measure", "--dry-run", "--time", "3s")
    assert dry.returncode == 0, dry.stderr
    assert "Dry run: nothing is called" in dry.stdout
    assert not (tmp_path / "runs").exists()

    measured = diag(
        *("measure", "--time", "2s", "--all-the-time", "--rate", "20", "--run-dir", "run"),
        *("--action", "Get Account Balance", "--sla", "calls>=1", "--sla", "p50<1ms"),
        start_load=True,
    )
    assert measured.returncode == 3, measured.stderr
    assert "p50<1ms does not hold" in measured.stderr
    assert "calls>=1" not in measured.stderr
    found = read_manifest(RunFolder(tmp_path / "run"))
    assert found is not None
    assert is_whole(found)
    assert [fact.action_name for fact in found.actions] == ["Get Account Balance"]
    assert (tmp_path / "run" / "report.html").exists()
    assert (tmp_path / "run" / "recommendations.json").exists()

    def files() -> list[tuple[str, int]]:
        found = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
        made_later = "samples."  # by the process that converts the rows
        return sorted((one.name, one.stat().st_mtime_ns) for one in found if made_later not in one.name)

    before = files()
    again = diag("measure", "--time", "3s", "--run-dir", "run")
    assert again.returncode == 2
    assert "already holds a run" in again.stderr
    assert again.stdout == ""  # no verdicts of the earlier run
    assert files() == before


@pytest.mark.usefixtures("as_org")
def test_an_org_is_called_only_as_far_as_it_does_no_harm(tmp_path: Path, diag: Diag) -> None:
    (tmp_path / "workload.toml").write_text('[[action]]\nname = "*"\n')

    dry = diag("measure", "--dry-run", "--time", "60s")

    assert dry.returncode == 0, dry.stderr
    assert "in SANDBOX; it counts as an org (--as-org)." in dry.stdout
    assert "limits      token 100000/min, 5000 concurrent executions" in dry.stdout
    (refused,) = [line for line in dry.stdout.splitlines() if "its request is a POST" in line]
    assert "Create Support Ticket" in refused  # one line for all that share the reason
    for line in dry.stdout.splitlines():
        assert not line.endswith("Create Support Ticket")

    measured = diag("measure", "--time", "1s", "--run-dir", "run", "--action", "Get Account Balance")
    found = read_manifest(RunFolder(tmp_path / "run"))
    assert found is not None
    assert ended_whole(measured.returncode, found), measured.stderr
    assert "diag doctor --learn" in dry.stdout and "diag doctor --learn" in measured.stderr
    assert found.sandbox  # nothing of it is real all the same


@pytest.mark.usefixtures("as_org")
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[[action]]\nname = 'Get Account Balance'\nrate = 1e6", "80 % of the token's limit"),
        ("[run]\nmax_in_flight = 100000\n[[action]]\nname = '*'", "20 % of the org's"),
        ("[[action]]\nname = 'Create Support Ticket'", "its request is a POST"),
    ],
)
def test_more_than_is_harmless_must_be_asked_for_in_words(
    tmp_path: Path, diag: Diag, settings: str, said: str
) -> None:
    (tmp_path / "workload.toml").write_text(settings)

    refused = diag("measure", "--time", "3s")

    assert refused.returncode == 2, refused.stderr
    assert said in refused.stderr


@pytest.mark.usefixtures("as_org")
def test_a_protected_profile_needs_its_org_named(tmp_path: Path, diag: Diag) -> None:
    (tmp_path / "diag.toml").write_text("protected = true\n")
    (tmp_path / "workload.toml").write_text('[[action]]\nname = "Get Account Balance"\n')

    refused = diag("measure", "--time", "2s")

    assert refused.returncode == 2, refused.stderr
    assert not list(tmp_path.glob("runs/*/segments"))


@pytest.mark.slow
def test_a_run_is_topped_up_by_the_calls_it_lacks_and_judged_as_a_whole(tmp_path: Path, diag: Diag) -> None:
    """And by nothing where the workload is another one now."""
    file = tmp_path / "workload.toml"
    file.write_text('[[action]]\nname = "Get Account Balance"\nrate = 40\n')
    rules = ("--percentile", "0.8")
    for _ in range(4):  # a machine too busy to measure makes a run that is not topped up
        few = diag("measure", *rules, "--calls", "12", "--run-dir", "run")
        before = read_manifest(RunFolder(tmp_path / "run"))
        if before is None or before.grade != "INVALID":
            break
        shutil.rmtree(tmp_path / "run")
    assert before is not None and "are too few for a safe number" in few.stdout, few.stderr

    text = file.read_text()
    file.write_text(text + "# changed\n")
    refused = diag("measure", *rules, "--into", "run")
    assert refused.returncode == 2 and "the workload, or a payload file it names, is not" in refused.stderr
    assert read_manifest(RunFolder(tmp_path / "run")) == before

    file.write_text(text)
    more = diag("measure", *rules, "--into", "run")
    after = read_manifest(RunFolder(tmp_path / "run"))
    assert after is not None and more.returncode in (0, 8), more.stderr
    asked = int(more.stderr.partition(" calls to 1 action are missing.")[0].split()[-1])
    made = (after.calls or 0) - (before.calls or 0)
    assert asked <= made <= asked + 10  # it stops hardly a call late
    assert after.created_at == before.created_at and after.notes[-1].startswith("topped up after ")
    assert f"{after.calls} calls; " in more.stderr or f"{after.calls} calls\n" in more.stderr
    assert len(list((tmp_path / "run" / "segments").glob("*.seg"))) == 2

    assert diag("measure", "--into", "run", "--probe").returncode == 2
    assert diag("measure", "--into", "nowhere").returncode == 2
