"""What was asked for and not done is never exit 0: a pipeline would believe that it was set."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support import sandbox_control
from tests.support.terminal_session import OTHER, QUICK, action_named, history

ONE = {"method": "GET", "path": r"/actions/[^/]+$"}
FAULTS: dict[str, dict[str, Any]] = {
    "a page": {"kind": "page", **ONE},
    "half of its JSON": {"kind": "malformed", **ONE},
    "deleted": {"kind": "status", "status": 404, **ONE},
    "refused": {"kind": "status", "status": 400, **ONE},
    "no version": {"kind": "stripped", "part": "version", **ONE},
    "no name": {"kind": "stripped", "part": "name", **ONE},
    "a page for its template": {"kind": "page", "method": "GET", "path": "/templates/"},
    "a redirect": {"kind": "redirect", **ONE},
    "a gzip bomb": {"kind": "gzip_bomb", "megabytes": 3, **ONE},
    "a gzip bomb for its template": {
        "kind": "gzip_bomb",
        "megabytes": 3,
        "method": "GET",
        "path": "/templates/",
    },
    "huge": {"kind": "huge", "megabytes": 3, **ONE},
    "a huge template": {"kind": "huge", "megabytes": 3, "method": "GET", "path": "/templates/"},
    "a lost template": {"kind": "status", "status": 404, "method": "GET", "path": "/templates/"},
}

Arm = Callable[..., None]


@pytest.fixture
def arm(demo_environment: dict[str, str]) -> Iterator[Arm]:
    """`arm(*faults)`: sets the sandbox's faults; the test leaves none behind."""
    base = demo_environment["GENESYSCLOUD_API_BASE"]
    yield partial(sandbox_control.arm, base)
    sandbox_control.arm(base)


@pytest.mark.parametrize("name", FAULTS)
def test_set_of_an_action_that_cannot_be_read(
    capsys: "pytest.CaptureFixture[str]", arm: Arm, name: str
) -> None:
    before = action_named(QUICK)
    arm(FAULTS[name])

    code = run(["set", QUICK, "--timeout", "9", "--yes"])

    shown = capsys.readouterr().err
    assert code == ExitCode.ERROR
    assert "SKIPPED" in shown
    assert "1 action could not be read and was not changed." in shown
    arm()
    assert action_named(QUICK) == before
    assert history(capsys) == []


def test_a_dry_run_says_so_too(arm: Arm) -> None:
    arm(FAULTS["a page"])
    assert run(["set", QUICK, "--timeout", "9", "--dry-run"]) == ExitCode.ERROR


@pytest.mark.parametrize("name", FAULTS)
def test_set_of_two_of_which_one_cannot_be_read(
    capsys: "pytest.CaptureFixture[str]", arm: Arm, name: str
) -> None:
    lost = action_named(OTHER)
    wanted = 9 if action_named(QUICK).timeout_s != 9 else 8
    arm({**FAULTS[name], "path": f"{lost.id}{'/templates' if 'template' in name else '$'}"})

    code = run(["set", QUICK, OTHER, "--timeout", str(wanted), "--yes", "--no-verify"])

    assert code == ExitCode.PARTIAL
    assert "1 of 2 changes was applied, 1 was not (1 not read)." in capsys.readouterr().err
    assert action_named(QUICK).timeout_s == wanted
    assert action_named(OTHER).version == lost.version


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a page", "a redirect", "a gzip bomb"])
def test_recommend_apply_of_an_action_that_cannot_be_read(
    capsys: "pytest.CaptureFixture[str]", measured_run: Callable[..., Path], arm: Arm, name: str
) -> None:
    folder = measured_run()
    before = action_named(OTHER)
    arm(FAULTS[name])

    assert run(["recommend", str(folder), "--apply", "--force", "--yes"]) == ExitCode.ERROR
    assert "could not be read" in capsys.readouterr().err
    assert run(["recommend", str(folder), "--force", "--out", "plan.json"]) == ExitCode.ERROR
    arm()
    assert action_named(OTHER) == before


def test_what_is_skipped_on_purpose_stays_exit_0(capsys: "pytest.CaptureFixture[str]") -> None:
    assert run(["set", "Get User Presence", "--timeout", "9", "--yes"]) == ExitCode.OK
    assert "SKIPPED Get User Presence" in capsys.readouterr().err


@pytest.mark.parametrize(
    "fault",
    [
        FAULTS["a page for its template"],
        FAULTS["a lost template"],
        FAULTS["no name"],
        {"kind": "stripped", "part": "config.response", **ONE},
        {"kind": "stripped", "part": "contract", **ONE},
        {"kind": "nulled", "part": "contract.input.inputSchema", **ONE},
        FAULTS["huge"],
        FAULTS["a huge template"],
        {"kind": "stripped", "part": "contract.output", **ONE},
    ],
)
def test_half_an_action_is_not_exported(
    capsys: "pytest.CaptureFixture[str]", arm: Arm, session: Path, fault: dict[str, Any]
) -> None:
    arm(fault)

    assert run(["export", QUICK, "-o", "half.json"]) == ExitCode.ERROR
    assert not (session / "half.json").exists()
    assert "Error: The " in capsys.readouterr().err


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "malformed"},
        {"kind": "stripped", "part": "id"},
        {"kind": "stripped", "part": "name"},
        {"kind": "stripped", "part": "version"},
        {"kind": "status_after", "status": 409},
    ],
    ids=["half of its JSON", "no id", "no name", "no version", "refused after the work"],
)
def test_a_creation_whose_reply_was_garbled_is_looked_up(
    capsys: "pytest.CaptureFixture[str]", arm: Arm, session: Path, request: pytest.FixtureRequest, fault: Any
) -> None:
    name = f"New {request.node.callspec.id}"
    assert run(["export", QUICK, "-o", "new.json"]) == ExitCode.OK
    definition = json.loads((session / "new.json").read_text())
    (session / "new.json").write_text(
        json.dumps({**definition, "name": f"{name} - Exported 2024-12-05 @ 13:36"})
    )
    arm({**fault, "method": "POST", "path": "/actions$"})

    (session / "diag.toml").write_text("[profile.acme]\nprotected = false\n")
    line = ["register", "new.json", "--integration", "CRM", "--yes", "--profile", "acme"]
    assert run(line) == ExitCode.OK
    told = capsys.readouterr().err
    assert f"the action is named {name!r} (--keep-name keeps it" in told
    (entry,) = history(capsys)
    assert f"Next: diag measure --action {entry['action_id']} --profile acme" in told
    assert (entry["outcome"], entry["action_name"]) == ("created", name)
    assert action_named(name).id == entry["action_id"]
