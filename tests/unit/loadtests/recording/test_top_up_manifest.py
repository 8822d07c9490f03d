"""What may be added to a run, and the manifest of both."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import DirectRun, Manifest, Status, UsedFact
from loadtests.recording.calls_fit_run import why_not_added
from loadtests.recording.top_up_manifest import added_to, ended_as

GET_A = ActionFacts("a", "Get A", current_timeout_s=5, timeout_is_set=True)
GET_B = ActionFacts("b", "Get B", current_timeout_s=None)
BEFORE = Manifest(
    *("r1", 1000.0, "complete", False, "api.mypurecloud.de", "open", (GET_A, GET_B)),
    org_id="o",
    org_name="Acme",
    workload="w.toml",
    arrivals="poisson",
    rates=(("a", 2.0), ("b", 1.0)),
    streams=3,
    ended_at=1100.0,
    calls=90,
    grade="WARN",
    grade_reason="late",
    generator={"hub_lag_p99_ms": 9.0},
    notes=("a note",),
    workload_sha256="digest",
)
NOW = replace(BEFORE, status="running", actions=(GET_A,), created_at=2000.0, grade=None, notes=(), streams=1)


def test_the_same_calls_may_be_added() -> None:
    assert why_not_added(BEFORE, NOW) is None
    assert why_not_added(replace(BEFORE, status="interrupted"), NOW) is None
    box, other_port = replace(BEFORE, sandbox=True, host="127.0.0.1:1"), "127.0.0.1:2"
    assert why_not_added(box, replace(NOW, sandbox=True, host=other_port)) is None


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        ({"status": "running"}, {}, "the run is running"),
        ({"status": "incomplete"}, {}, "the run is incomplete: what it lacks is not known"),
        ({"status": "invalid"}, {}, "the run is invalid"),
        ({"direct": DirectRun(("a",))}, {}, "it called backends directly"),
        ({"soak_until": 9.0}, {}, "it is a soak"),
        ({}, {"org_id": "p", "org_name": "Dev"}, r"it was made in Acme \(api.* not in Dev \(api"),
        ({}, {"host": "api.mypurecloud.com"}, "it was made in Acme"),
        ({}, {"sandbox": True}, "it was made in Acme"),
        ({}, {"model": "closed"}, "spread in another way"),
        ({}, {"arrivals": "constant"}, "spread in another way"),
        ({"workload_sha256": None}, {}, "did not keep which workload"),
        ({}, {"workload_sha256": "other"}, "the workload, or a payload file it names, is not as it was"),
        ({"workload": None, "workload_sha256": None}, {}, "the workload, or a payload file"),
        ({"actions": (GET_B,)}, {}, "it did not call Get A"),
        (
            {},
            {"actions": (replace(GET_A, current_timeout_s=8),)},
            "Get A had a timeout of 5 s then, and has one of 8 s now",
        ),
        (
            {},
            {"actions": (replace(GET_B, current_timeout_s=60),)},
            "unknown length then, and has one of 60 s",
        ),
        ({}, {"platform_facts": (UsedFact("k", "1", "2026-01-01"),)}, "platform has changed"),
    ],
)
def test_calls_of_something_else_are_not_added(before: dict[str, Any], now: dict[str, Any], why: str) -> None:
    import re

    said = why_not_added(replace(BEFORE, **before), replace(NOW, **now))
    assert said is not None and re.search(why, said)


def test_the_manifest_is_that_of_the_run_with_both_and_the_worse_grade() -> None:
    begun = added_to(BEFORE, NOW, "topped up")
    assert (begun.created_at, begun.status, begun.rates, begun.ended_at) == (
        *(1000.0, "running", BEFORE.rates, None),
    )
    assert begun.before_top_up == "complete"
    assert begun.actions == (GET_A, GET_B) and begun.notes == ("a note", "topped up")

    ended = replace(begun, status="complete", grade="OK", generator={"hub_lag_p99_ms": 2.0}, streams=1)
    both = ended_as(BEFORE, ended, {})
    assert (both.grade, both.grade_reason, both.generator) == ("WARN", "late", {"hub_lag_p99_ms": 9.0})
    assert (both.streams, both.before_top_up) == (3, None)
    assert ended_as(replace(BEFORE, grade="OK"), replace(ended, grade="INVALID"), {}).grade == "INVALID"
    assert ended_as(replace(BEFORE, grade=None), replace(ended, grade="OK"), {}).grade == "OK"


@pytest.mark.parametrize("status", ["interrupted", "incomplete"])
def test_a_top_up_that_was_cut_short_makes_no_less_of_the_run(status: Status) -> None:
    ended = replace(added_to(BEFORE, NOW, "topped up"), status=status, status_reason="the disk is full")

    both = ended_as(replace(BEFORE, cut_short={"w-0": 1.0}), ended, {"w-0": 9.0, "w-1": 2.0})

    assert (both.status, both.status_reason) == ("complete", "topped up in part: the disk is full")
    assert both.cut_short == {"w-0": 1.0, "w-1": 2.0}
    assert ended_as(replace(BEFORE, status="interrupted"), ended, {}).status == "interrupted"
    assert ended_as(BEFORE, replace(ended, status="invalid"), {}).status == "invalid"
