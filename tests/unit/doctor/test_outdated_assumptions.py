"""Runs that assumed what was learnt to be otherwise are named, with what it means; the others are not."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.call_record import OUTCOME_CODES, CallRecord, pack
from analysis.format.manifest import Manifest, UsedFact, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome
from diag.doctor.outdated_assumptions import check_earlier_runs, timeout_forms
from diag.platform_facts.facts import PlatformFacts
from tests.support.learnt_facts import learnt

HOST = "api.mypurecloud.com"
MANIFEST = Manifest("a-run", 1e9, "complete", False, HOST, "open", (ActionFacts("a", "Get", 30),))


def run(
    runs: Path, *replies: tuple[Outcome, int], manifest: Manifest = MANIFEST, probe: bool = False
) -> RunFolder:
    folder = RunFolder(runs / manifest.run_id)
    write_manifest(folder, manifest)
    folder.segments.mkdir()
    (folder.segments / "w.seg").write_bytes(b"".join(records(replies)))
    if probe:
        (folder.path / "drafts.json").write_text("{}")
    return folder


def records(replies: Sequence[tuple[Outcome, int]]) -> list[bytes]:
    call = CallRecord(1, 1, 0.0, 0.0, 30_000.0, 1.0, math.nan, b"\0" * 16, 0, 0, 0, 1, 0, 30, 1, 1, 0)
    return [
        pack(call._replace(seq=seq, outcome=OUTCOME_CODES[outcome], http_status=status))
        for seq, (outcome, status) in enumerate(replies, start=1)
    ]


def said(runs: Path, facts: PlatformFacts) -> list[str]:
    return [f"{check.text} | {check.fix}" for check in check_earlier_runs(facts, runs, HOST)]


def test_timeouts_of_another_form_are_counted_by_form(tmp_path: Path) -> None:
    timeout, error = Outcome.TIMEOUT, Outcome.PLATFORM_ERROR
    folder = run(tmp_path, (timeout, 504), (timeout, 504), (timeout, 200), (error, 504), (Outcome.OK, 200))

    assert timeout_forms(folder) == {"504": 2, "success_false": 1}
    (text,) = said(tmp_path, learnt(timeout_form="success_false"))
    assert text.startswith(
        "a-run: of 3 timeouts, 2 by HTTP 504 had another form than this platform's (200 with success: false, "
        "learnt on 2026-11-29)"
    )
    assert "Its bounds hold" in text


@pytest.mark.parametrize(
    ("facts", "changed"),
    [
        (learnt(), {}),
        (learnt(timeout_form="504"), {}),
        (learnt(timeout_form="408"), {"host": "api.mypurecloud.de"}),
        (
            learnt(timeout_form="408"),
            {"platform_facts": (UsedFact("timeout_form", '"408"', "2026-11-29"),)},
        ),
        (learnt(edge_timeout_s=0), {}),
        (learnt(edge_timeout_s=30), {}),
        (learnt(draft_timeout="draft"), {}),
    ],
)
def test_a_run_that_assumed_nothing_wrong_is_not_named(
    tmp_path: Path, facts: PlatformFacts, changed: dict[str, Any]
) -> None:
    run(tmp_path, (Outcome.TIMEOUT, 504), manifest=replace(MANIFEST, **changed), probe=True)

    assert said(tmp_path, facts) == []


def test_a_probe_that_saw_no_further_than_the_published_timeout(tmp_path: Path) -> None:
    facts = learnt(draft_timeout="published")
    run(tmp_path)
    assert said(tmp_path, facts) == []

    run(tmp_path, manifest=replace(MANIFEST, run_id="a-probe"), probe=True)

    (text,) = said(tmp_path, facts)
    assert text.startswith("a-probe: it called drafts") and "Do not set timeouts by it" in text


def test_timeouts_above_what_the_edge_lets_pass_also_in_a_campaign(tmp_path: Path) -> None:
    run(tmp_path / "tune" / "windows")

    (text,) = said(tmp_path, learnt(edge_timeout_s=29))

    assert "1 action had a timeout above 29 s" in text


def test_a_manifest_that_cannot_be_read_is_left_to_the_check_that_names_it(tmp_path: Path) -> None:
    (run(tmp_path).manifest).write_text("{")

    assert said(tmp_path, learnt(edge_timeout_s=1)) == []
