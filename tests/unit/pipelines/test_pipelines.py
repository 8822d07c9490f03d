"""The files for pipelines are what they say: they parse, their commands exist, their pods may do little."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from diag.cli import VERBS, cli
from tests.support.source_files import ROOT

FOLDER = ROOT / "docs" / "pipelines"
ACTION = ROOT / ".github" / "actions" / "diag"
PODS = {
    "kubernetes-tune.yaml": ["CronJob"],
    "kubernetes-load.yaml": ["Job", "Job"],
}


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def pods_of(name: str) -> list[Any]:
    """The specs of the pods in a file."""
    specs = [(one["kind"], one["spec"]) for one in documents(name) if "Job" in one["kind"]]
    assert [kind for kind, _ in specs] == PODS[name]
    jobs = (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec for kind, spec in specs)
    return [job["template"]["spec"] for job in jobs]


def lines() -> Iterator[tuple[str, list[str]]]:
    """Every command line of diag or Locust in the files, as words."""
    for name in PODS:
        for pod in pods_of(name):
            (container,) = pod["containers"]
            program = "locust" if "locust" in container["image"] else "diag"
            yield name, [program, *map(str, container["args"])]
    (operator,) = documents("kubernetes-locust-operator.yaml")
    for role in ("master", "worker"):
        yield "operator", ["locust", *shlex.split(operator["spec"][role]["command"])]
    for path in (FOLDER / "gitlab-ci.yml", ACTION / "check.sh"):
        for found in re.findall(
            r"^\W*(?:\w+\) )?(diag [a-z][^\n]*?)(?: \|\||;;| >>|$)", path.read_text(), re.M
        ):
            yield path.name, shlex.split(found.replace('"${results[@]}"', "").replace('"${rules[@]}"', ""))


@pytest.mark.parametrize(("name", "words"), [*lines()], ids=lambda value: " ".join(value)[:40])
def test_each_command_in_them_exists(name: str, words: list[str]) -> None:
    flags = [word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)]
    if words[0] == "locust":
        own = (ROOT / "loadtests" / "planning" / "run_options.py").read_text(encoding="utf-8")
        of_locust = {"--master", "--worker", "--expect-workers", "--master-host", "--headless", "-t"}
        assert {flag for flag in flags if f'"{flag}"' not in own} <= of_locust
        return
    verb = cli.get_command(click.Context(cli), words[1])
    assert words[1] in VERBS and verb is not None
    known = {option for parameter in verb.params for option in parameter.opts}
    assert set(flags) <= known


def test_every_file_parses() -> None:
    workflow = yaml.safe_load((FOLDER / "github-workflow.yml").read_text(encoding="utf-8"))

    assert workflow["jobs"]["timeouts"]["steps"][-1]["uses"] == "./.github/actions/diag"
    assert set(workflow["jobs"]["timeouts"]["steps"][-1]["with"]) <= set(
        yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))["inputs"]
    )
    assert all(documents(path.name) for path in FOLDER.iterdir() if path.suffix in (".yml", ".yaml"))


def test_there_are_command_lines_to_check() -> None:
    assert len([*lines()]) >= 12


@pytest.mark.parametrize("name", PODS)
def test_a_pod_may_do_no_more_than_it_needs(name: str) -> None:
    for pod in pods_of(name):
        (container,) = pod["containers"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["envFrom"] == [{"secretRef": {"name": "genesyscloud"}}]
        assert "env" not in container
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        assert {"/tmp"} < {mount["mountPath"] for mount in container["volumeMounts"]}


def test_the_image_has_no_root_and_no_secret_and_what_it_copies_is_there() -> None:
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY ((?!--from).*)$", text, re.M) for word in line.split()[:-1]]

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"analysis", "diag", "loadtests", "reports"} <= set(copied)
    assert re.findall(r"^USER (\S+)$", text, re.M) == ["10001:10001"]
    assert "GENESYSCLOUD" not in text
    assert "ARG " not in text


def test_the_page_names_every_file_and_no_other() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")

    assert {path.name for path in FOLDER.iterdir()} == set(re.findall(r"\(pipelines/([\w.-]+)\)", page))


def test_the_action_hands_its_inputs_on_as_values() -> None:
    action = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
    steps = action["runs"]["steps"]

    assert action["runs"]["using"] == "composite"
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []
    assert "inputs." in str(steps[1]["env"])


def run_check(tmp_path: Path, code: int, **environment: str) -> tuple[int, list[str]]:
    """Run the script of the action with a stand-in for diag; return its exit code and what diag was asked."""
    asked = tmp_path / "asked"
    program = tmp_path / "bin" / "diag"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\n(IFS="|"; echo "$*") >> "{asked}"\n[ "$1" = check ] && exit {code}\n'
        '[ "$1" = measure ] && exit $MEASURED\necho "of $1"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    usual = {
        "DIAG_CALL": "nothing",
        "DIAG_WORKLOAD": "w.toml",
        "DIAG_RESULTS": "",
        "DIAG_FAIL_ON": "outside",
        "MEASURED": "0",
    }
    done = subprocess.run(
        ["bash", ACTION / "check.sh"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={
            **usual, **environment, "PATH": f"{program.parent}:{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        },
    )  # fmt: skip
    return done.returncode, asked.read_text().splitlines() if asked.exists() else []


def test_report_and_summary_are_made_before_the_job_fails(tmp_path: Path) -> None:
    code, asked = run_check(tmp_path, 3, DIAG_CALL="measure", DIAG_FAIL_ON="outside\nunset\n")

    assert code == 0
    assert (tmp_path / "output").read_text() == "exit-code=3\n"
    assert (tmp_path / "summary").read_text() == "of recommend\n"
    assert asked == [
        "measure|w.toml",
        "check|--fail-on|outside|--fail-on|unset|--junit|diag-check.xml|--format|github",
        "recommend|--format|md",
        "report|-o|diag-report.html",
    ]


@pytest.mark.parametrize(("measured", "checked", "ends"), [(8, 0, 8), (3, 0, 3), (8, 3, 3)])
def test_a_run_that_is_incomplete_is_reported_before_the_job_fails(
    tmp_path: Path, measured: int, checked: int, ends: int
) -> None:
    code, asked = run_check(tmp_path, checked, DIAG_CALL="measure", MEASURED=str(measured))

    assert code == 0
    assert (tmp_path / "output").read_text() == f"exit-code={ends}\n"
    assert [line.partition("|")[0] for line in asked] == ["measure", "check", "recommend", "report"]


def test_without_a_run_nothing_is_reported(tmp_path: Path) -> None:
    code, asked = run_check(tmp_path, 0, DIAG_CALL="measure", MEASURED="5")

    assert (code, asked) == (5, ["measure|w.toml"])


def test_what_is_given_stays_one_word_and_is_no_command(tmp_path: Path) -> None:
    _, asked = run_check(tmp_path, 0, DIAG_RESULTS="a $(touch owned)\nruns/b\n")

    assert asked[0].startswith("check|a $(touch owned)|runs/b|--fail-on|outside|")
    assert not (tmp_path / "owned").exists()


def test_a_campaign_without_a_window_yet_is_no_failure(tmp_path: Path) -> None:
    code, asked = run_check(tmp_path, 3, DIAG_CALL="tune")

    assert (code, asked) == (0, ["tune|w.toml|--once|--yes"])
    assert (tmp_path / "output").read_text() == "exit-code=0\n"


def test_another_call_is_refused(tmp_path: Path) -> None:
    assert run_check(tmp_path, 0, DIAG_CALL="apply") == (2, [])


def test_the_script_runs_where_an_empty_list_is_an_unbound_variable() -> None:
    text = (ACTION / "check.sh").read_text(encoding="utf-8")

    # bash 3.2 of macOS; what is counted (`#`) or given another word (`+`) is bound there.
    assert re.findall(r'(?<!\+)"\$\{\w+\[@\]\}"', text) == []
