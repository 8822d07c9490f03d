"""Every file a verb reads, forged in every way, given to each verb that reads it.

Whatever lies there: a documented exit code, a message that names the file and the fix, nothing written and
no write to an org. The org is answered by a transport inside the test: what reaches it is counted.
"""

import gzip
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import httpx
import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from diag.changes.journal.journal import Journal
from diag.changes.plans.plan import Plan
from diag.changes.plans.plan_file import write_plan
from diag.cli import run
from diag.errors import UsageError
from diag.exit_codes import ExitCode
from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.scenario import load_scenario
from diag.workload.read_workload import read_workload
from tests.support.changes.fake_org import IDENTITY, change_for, full_config
from tests.support.changes.journal_records import record
from tests.support.sample_tables import START, calls, lognormal, write_segment

LONGEST_S: Final = 60
"""A verb that waits for ever (for a pipe) is ended; every other ends long before, on any machine."""

Forge = Callable[[Path, bytes], None]


def _text(text: bytes) -> Forge:
    return lambda path, _: _write(path, text)


def _write(path: Path, text: bytes) -> None:
    path.write_bytes(text)


FORGERIES: Final[dict[str, Forge]] = {
    "empty": _text(b""),
    "NUL": _text(b"\0" * 100),
    "200,000 brackets": _text(b"[" * 200_000),
    "200,000 objects": _text(b'{"a":' * 200_000),
    "200,000 brackets in TOML": _text(b"a = " + b"[" * 200_000),
    "huge number": _text(b"9" * 5000),
    "huge number in TOML": _text(b"a = " + b"9" * 5000),
    "NaN": _text(b"NaN"),
    "infinite": _text(b'{"a": 1e999}'),
    "half a character": _text(b'{"\\ud83d": "\\ud83d"}'),
    "null": _text(b"null"),
    "a list": _text(b"[1]"),
    "an object": _text(b"{}"),
    "a text": _text(b'"x"'),
    "a key twice": _text(b'{"a": 1, "a": 2}'),
    "not UTF-8": lambda path, sound: _write(path, b"\xe9" + sound),
    "UTF-16": lambda path, sound: _write(path, sound.decode("utf-8", "replace").encode("utf-16")),
    "a BOM": lambda path, sound: _write(path, "\ufeff".encode() + sound),
    "half of it": lambda path, sound: _write(path, sound[: len(sound) // 2]),
    "packed": lambda path, sound: _write(path, gzip.compress(sound)),
    "folder": lambda path, _: path.mkdir(),
    "pipe": lambda path, _: os.mkfifo(path),
    "/dev/zero": lambda path, _: path.symlink_to("/dev/zero"),
    "/dev/full": lambda path, _: path.symlink_to("/dev/full"),
    "a link to itself": lambda path, _: path.symlink_to(path.name),
    "a link to nothing": lambda path, _: path.symlink_to("nowhere/there"),
    "larger than any": lambda path, sound: _sparse(path, sound),
}
KINDS: Final = {"folder", "pipe", "/dev/zero", "/dev/full", "a link to itself"}
"""What no reader can take for its file."""


def _sparse(path: Path, sound: bytes) -> None:
    """Files of ours have a limit; samples and rows have none, and are only padded."""
    path.write_bytes(sound)
    no_limit = path.name.startswith("samples") or path.parent.name == "segments"
    os.truncate(path, 1 << 20 if no_limit else 65 << 20)


@dataclass(frozen=True, slots=True)
class Input:
    """A file, and the verbs that read it. `may_lack`: they can do without, and say what they left out."""

    path: str
    verbs: tuple[str, ...]
    may_lack: bool = False


INPUTS: Final = (
    Input(
        "runs/r1/manifest.json",
        ("recommend runs/r1", "check runs/r1", "compare runs/r1 runs/r2",
         "report --all --format json", "observe --against runs/r1", "doctor --format json"),
        may_lack=True,
    ),
    Input("runs/r1/recommendations.json", ("report --all --format json", "recommend runs/r1"), may_lack=True),
    Input("runs/r1/settled.json", ("recommend runs/r1",), may_lack=True),
    Input("runs/r1/drafts.json", ("doctor --format json",), may_lack=True),
    Input("runs/r1/segments/w1.seg", ("recommend runs/r1", "report runs/r1 --format json")),
    Input("runs/r1/segments/w1.names", ("recommend runs/r1",)),
    Input("runs/r1/segments/w1.events", ("recommend runs/r1",), may_lack=True),
    Input("runs/r1/segments/w1.jobs", ("recommend runs/r1",), may_lack=True),
    Input("samples.csv", ("recommend samples.csv", "compare samples.csv runs/r1")),
    Input("samples.csv.gz", ("recommend samples.csv.gz",)),
    Input("samples.parquet", ("recommend samples.parquet", "observe --against samples.parquet")),
    Input("actions.json", ("recommend samples.csv --actions actions.json", "check --actions actions.json")),
    Input("state.json", ("recommend runs/r1 --format terraform --terraform-state state.json",)),
    Input("state.tf", ("recommend runs/r1 --format terraform --terraform-state state.tf",)),
    Input("production.json", ("report runs/r1 --format json --production production.json",)),
    Input("plan.json", ("apply plan.json --yes", "apply plan.json --dry-run")),
    Input("runs/journal.jsonl", ("history", "undo --yes", "observe", "history --format json")),
    Input("action.json", ("register action.json --yes",)),
    Input("action.toml", ("register action.toml --dry-run",)),
    Input("diag.toml", ("history", "scan", "doctor --format json")),
    Input(".env", ("history",), may_lack=True),
    Input("home/.gc/config.toml", ("history",)),
    Input("home/.config/diag/config.toml", ("history",)),
)  # fmt: skip
WRITES: Final = {"PATCH", "PUT", "DELETE"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with a sound file of each kind."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("r1", "r2"):
        made = RunFolder(folder / "runs" / name)
        facts = ActionFacts("orders", "Get", current_timeout_s=5, configurable=True, cap_s=30)
        told: dict[str, Any] = {"rates": (("orders", 1.0),), "recommend": {"orders": {"cap_s": 20}}}
        write_manifest(made, Manifest(name, START, "complete", True, "x", "open", (facts,), **told))
        write_segment(made, latency_ms=[100.0 + at for at in range(20)])
        (made.segments / "w1.events").write_text('{"kind": "second", "at": 1.0, "actions": {}}\n')
        (made.segments / "w1.jobs").write_text('{"kind": "job", "action": "orders", "state": "done"}\n')
        made.recommendations.write_text('{"format_version": 1, "settings": {}, "actions": []}')
        made.settled.write_text('["orders"]')
        (made.path / "drafts.json").write_text(
            '{"format_version": 1, "api_base": "http://127.0.0.1:9", "drafts": []}'
        )
    Journal(folder / "runs" / "journal.jsonl").append(record())
    table = calls(lognormal(20, 1.5))
    table.to_csv(folder / "samples.csv", index=False)
    table.to_csv(folder / "samples.csv.gz", index=False)
    table.to_parquet(folder / "samples.parquet", index=False)
    write_plan(Plan(START, IDENTITY, (change_for(full_config(), 10),)), folder / "plan.json")
    for name, text in (
        ("actions.json", '[{"action_id": "orders", "current_timeout_s": 5}]'),
        ("state.json", '{"version": 4, "resources": []}'),
        ("state.tf", 'resource "genesyscloud_integration_action" "x" {\n  name = "Get"\n}\n'),
        ("production.json", '{"format_version": 1, "source": "production"}'),
        ("action.json", '{"name": "Get", "integrationType": "custom-rest-actions"}'),
        ("action.toml", 'name = "Get"\nintegrationType = "custom-rest-actions"\n'),
        ("diag.toml", 'zone = "Europe/Berlin"\n[profile.p]\nregion = "us-east-1"\n'),
        (".env", "DIAG_ZONE=Europe/Berlin\n"),
        ("home/.gc/config.toml", '[q]\nenvironment = "us-east-1"\n'),
        ("home/.config/diag/config.toml", 'zone = "Europe/Berlin"\n'),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    return folder


@pytest.fixture
def sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of all requests; none is answered."""
    methods: list[str] = []

    def refuse(_: httpx.Client, request: httpx.Request, **__: object) -> httpx.Response:
        methods.append(request.method)
        raise httpx.ConnectError("refused", request=request)

    monkeypatch.setattr(httpx.Client, "send", refuse)
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(project / "home"))
    monkeypatch.setenv("GENESYSCLOUD_API_BASE", "http://127.0.0.1:9")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "x")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "x")
    return methods


@contextmanager
def ended_in_time() -> Iterator[None]:
    """End what waits for ever."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise AssertionError("it waits for ever")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def forged(path: Path, forge: Forge) -> Iterator[None]:
    """Put something else where a file is, and the file back."""
    kept = path.with_name(f"{path.name}.kept")
    path.rename(kept)
    try:
        forge(path, kept.read_bytes())
        yield
    finally:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
        kept.rename(path)


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """What lies in a folder: size and time of change of each."""
    found = {}
    for above, folders, names in os.walk(folder):
        for name in (*folders, *names):
            stat = os.lstat(os.path.join(above, name))
            found[os.path.join(above, name)] = (stat.st_size, 0 if name in folders else stat.st_mtime_ns)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("given", INPUTS, ids=lambda given: given.path)
def test_a_forged_file_is_one_sentence(
    project: Path, sent: list[str], capsys: pytest.CaptureFixture[str], given: Input
) -> None:
    faults = []
    for at, (name, forge) in enumerate(FORGERIES.items()):
        # Each forgery meets a verb, each verb every kind of forgery over the files that it reads. Where a
        # verb goes on without the file, it does all of its work: every third, and what is no file at all.
        if given.may_lack and name not in KINDS and at % 3:
            continue
        verb = given.verbs[at % len(given.verbs)]
        sent.clear()
        with forged(project / given.path, forge), ended_in_time():
            before = tree(project)
            code = run(verb.split())
            after = tree(project)
        said = capsys.readouterr().err
        fault = _fault(given, name, code, said, requests=sent, wrote=before != after)
        if fault:
            faults.append(f"{name}, {verb}: {fault}, exit {code}: {said[-300:]!r}")
    assert not faults, "\n".join(faults)


def _fault(
    given: Input, forgery: str, code: int, said: str, *, requests: list[str], wrote: bool
) -> str | None:
    """Return what is wrong with how a verb took a forged file, None where it took it well."""
    refused = code in (ExitCode.ERROR, ExitCode.USAGE)
    if code not in set(ExitCode) or "Unexpected" in said or "Traceback" in said:
        return "unexpected"
    if forgery in KINDS and not given.may_lack and not refused:
        return "taken for a file"
    if WRITES & set(requests):
        return "written to the org"
    if not refused or requests:  # the org was asked: the file was fit, and the org is not there
        return "asked the org first" if requests and forgery in KINDS and not given.may_lack else None
    if wrote:
        return "left a trace"
    named = Path(given.path).name in said or "runs/r1" in said
    return None if named and "Fix: " in said else "does not name the file and the fix"


@pytest.mark.parametrize(
    "verb",
    [
        "recommend runs/r1 --format terraform --terraform-state nowhere",
        "report runs/r1 --production nowhere",
    ],
)
def test_a_file_beside_the_calls_is_refused_before_they_are_read(
    sent: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("the calls were read")

    monkeypatch.setattr("diag.judged_files.gather", read)

    assert run(verb.split()) == ExitCode.USAGE
    assert "nowhere does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"])
@pytest.mark.parametrize("value", ["https://top-secret@h:abc", "a\nb", "\udcff", "C:\\x", "\x1b]0;x"])
def test_a_proxy_that_is_no_address_is_named_and_not_shown(
    sent: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_API_BASE")
    monkeypatch.setenv("GENESYSCLOUD_REGION", "us-east-1")
    monkeypatch.setenv(name, value)
    code = run(["scan"])
    said = capsys.readouterr().err
    if sent:  # httpx makes something of it
        return
    assert code == ExitCode.USAGE
    assert name in said and "Fix: " in said and "top-secret" not in said


@pytest.mark.parametrize("value", ["9" * 5000, "-1", "0", "x", "99999", "1e9"])
def test_no_size_of_a_terminal_ends_a_verb(
    sent: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    for name in ("COLUMNS", "LINES"):
        monkeypatch.setenv(name, value)
    assert run(["history"]) == ExitCode.OK
    assert "Unexpected" not in capsys.readouterr().err


WORKLOAD: Final = (
    'format_version = 1\n[run]\nduration = "10s"\n'
    '[[action]]\nname = "Get"\npayload_file = "{}"\nrecommend = {{ cap_s = 20 }}\n'
)
SOUND: Final = {"w.toml": WORKLOAD.format("p.csv"), "p.csv": "id\n1\n", "p.jsonl": '{"id": "1"}\n'}


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SOUND, "scenario.toml"])
def test_what_the_load_process_reads_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    """`diag measure` reads them in a process of its own: here by the readers it uses."""
    for one, text in SOUND.items():
        (tmp_path / one).write_text(text)
    (tmp_path / "v.toml").write_text(WORKLOAD.format("p.jsonl"))
    (tmp_path / "scenario.toml").write_text('description = "x"\n')
    faults = []
    for forgery, forge in FORGERIES.items():
        with forged(tmp_path / name, forge), ended_in_time():
            try:
                if name == "scenario.toml":
                    load_scenario(str(tmp_path / name))
                else:
                    read_workload(tmp_path / ("v.toml" if name == "p.jsonl" else "w.toml"))
            except (UsageError, ScenarioError) as error:
                if name not in error.message or not (error.hint or "is missing" in error.message):
                    faults.append(f"{forgery}: {error.message} ({error.hint})")
            else:
                if forgery in KINDS:
                    faults.append(f"{forgery}: taken for a file")
    assert not faults, "\n".join(faults)
