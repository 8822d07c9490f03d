"""The command lines in the blocks of the pages run against a sandbox, one after the other in one folder."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from diag.cli import run
from diag.exit_codes import ExitCode
from tests.support.source_files import ROOT
from tests.support.terminal_session import OTHER, QUICK
from tests.support.verb_process import fork

pytestmark = pytest.mark.slow

PAGES: Final = (
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("guide", "install", "json", "recipes", "tutorial")),
)
BLOCK: Final = re.compile(r"^ *```(?:sh|yaml)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINE: Final = re.compile(r"^ *(?:- run: |or: )?diag (?=[a-z-])(.*?)(?: +#.*)?$", re.MULTILINE)

START_MS: Final = 1_790_000_000_000
NOBODY_ANSWERS: Final = ("--yes", "--no-verify")
RUN: Final[dict[str, tuple[str, ...]]] = {
    "schema": ("schema",),
    "schema scan": ("schema", "scan"),
    "schema scan -o scan.json": ("schema", "scan", "-o", "scan.json"),
    "doctor": ("doctor",),
    "scan": ("scan",),
    "init": ("init",),
    "measure --dry-run": ("measure", "--dry-run"),
    "observe --from view.csv": ("observe", "--from", "view.csv"),
    "observe --out plan.json": ("observe", "--out", "plan.json"),
    "apply plan.json": ("apply", "plan.json", *NOBODY_ANSWERS),
    "undo": ("undo", *NOBODY_ANSWERS),
    "recommend": ("recommend",),
    "recommend --out plan.json": ("recommend", "--out", "plan.json"),
    "recommend --apply": ("recommend", "--apply", *NOBODY_ANSWERS),
    "report": ("report",),
    "compare A B": ("compare", "runs/r1", "runs/r1"),
    "set NAME --timeout 8": ("set", QUICK, "--timeout", "8", *NOBODY_ANSWERS),
    "history": ("history",),
    "watch": ("watch",),
    "check --junit check.xml --format github": ("check", "--junit", "check.xml", "--format", "github"),
    "check --live --fail-on proposed": ("check", "--live", "--fail-on", "proposed"),
    "watch --metrics /var/lib/node_exporter/textfile/diag-watch.prom": ("watch", "--metrics", "watch.prom"),
    "tune --dry-run": ("tune", "--dry-run"),
    "measure --both --dry-run --compare": ("measure", "--both", "--dry-run", "--compare", "--action", QUICK),
    "recommend results.jtl --action 'Get Customer'": ("recommend", "results.jtl", "--action", QUICK),
    "recommend results.jtl --labels labels.toml": ("recommend", "results.jtl", "--labels", "labels.toml"),
    "report results.jtl --labels labels.toml": ("report", "results.jtl", "--labels", "labels.toml"),
    "export 'Get Customer' -o get-customer.json": ("export", QUICK, "-o", "get-customer.json"),
}
"""What is documented -> what is typed here, in this order: names and answers stand in for a person's."""
RUN_ELSEWHERE: Final = {
    "sandbox &": "this test has one",
    "sandbox --as-org": "tests/contract/sandbox/test_as_org.py",
    "measure": "tests/e2e/test_load_verbs.py",
    "measure --probe --action 'Get Contract'": "tests/e2e/test_load_run.py",
    "measure workload.toml": "tests/e2e/test_load_verbs.py",
    "doctor --learn": "tests/contract/learning/test_learn_verb.py",
    "measure --into RUN --dry-run": "tests/e2e/test_load_verbs.py",
    "measure --into RUN": "tests/e2e/test_load_verbs.py",
    "measure --both": "tests/e2e/test_load_direct_share.py",
    "report RUN --add-rows DIR/diag-rows-...": "tests/e2e/test_load_network.py",
    "register get-customer.json --dry-run": "tests/e2e/verbs/test_register_and_export.py",
    "register get-customer.json --draft": "tests/e2e/verbs/test_register_and_export.py",
    "set 'Look Up Orders' --timeout 5": "tests/contract/verbs/test_watch.py",
    "set 'Look Up Orders' --timeout 3": "tests/contract/verbs/test_watch.py",
    "watch --every 1h --undo": "tests/contract/verbs/test_watch.py",
    "tune": "tests/contract/verbs/test_tune.py",
    "tune --once --yes": "tests/contract/verbs/test_tune.py",
    "tune --status": "tests/contract/verbs/test_tune.py",
    "tune --apply": "tests/contract/verbs/test_tune.py",
}
ELSEWHERE: Final = re.compile(r"(?:tune|watch) .*--notify|recommend --format terraform --edit")
"""Webhooks and Terraform's files have tests of their own."""


def documented() -> set[str]:
    """Return the command lines in the blocks of the pages."""
    blocks = (block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8")))
    return {line.strip() for block in blocks for line in LINE.findall(block)}


def test_every_documented_command_is_run_here_or_elsewhere() -> None:
    found = {line for line in documented() if not ELSEWHERE.match(line)}

    assert len(found) > 20
    assert found == RUN.keys() | RUN_ELSEWHERE.keys()
    tests = {each for each in RUN_ELSEWHERE.values() if each.startswith("tests/")}
    assert [each for each in sorted(tests) if not (ROOT / each).is_file()] == []


def typed_in(folder: Path, typed: tuple[str, ...]) -> int:
    """Return how a command ended; a load is a process of its own anyway."""
    if typed[0] == "measure":
        return fork(typed, folder, os.environ, load_too=True).returncode
    return run(list(typed))


def test_the_documented_commands_run(session: Path, measured_run: Callable[..., Path]) -> None:
    (session / "view.csv").write_text(f"Data Action,99% Duration (ms)\n{OTHER},1200\n")
    (session / "labels.toml").write_text(f'[labels]\n"GET /slots" = "{QUICK}"\n')
    calls = (f"{START_MS + 200 * n},{200 + n % 90},GET /slots,200,true" for n in range(600))
    (session / "results.jtl").write_text("\n".join(("timeStamp,elapsed,label,responseCode,success", *calls)))
    measured_run()
    codes = {line: typed_in(session, typed) for line, typed in RUN.items()}

    fine = {ExitCode.OK, ExitCode.THRESHOLD}  # a check of the demo's org finds what it is there for
    assert {line: code for line, code in codes.items() if code not in fine} == {}
    assert {line for line, code in codes.items() if code} <= {line for line in RUN if "check" in line}
    written = {path.name for path in session.iterdir()}
    assert {"workload.toml", "plan.json", "scan.json", "check.xml"} <= written
