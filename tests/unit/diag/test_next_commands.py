"""Following the printed commands leads on: each exists, and changes what held the number back."""

import itertools
import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, Literal

import click
import numpy as np
import pandas as pd
import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.estimates.findings import TelemetryFindings
from analysis.format.action_facts import ActionFacts, ProductionWeek
from analysis.format.manifest import Manifest
from analysis.production.hourly_counts import BucketCounts, HourCounts
from analysis.production.recommend_production import recommend_from_buckets
from analysis.recommend_settings import RecommendSettings
from analysis.samples.sample_set import SampleSet
from analysis.typed_command import Asked
from analysis.verdicts.evidence_to_set import Hold, held_back, hold_on, will_be_set
from analysis.verdicts.recommend import recommend
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from diag.cli import cli
from reports.wording.what_now import what_now
from tests.support.sample_tables import START, calls, lognormal, orders

Source = Literal["run", "file", "production"]
RATE = 0.4
WHOLE_DAYS = 7


@dataclass(frozen=True)
class Evidence:
    """What was measured or observed of one action."""

    count: int = 3000
    rate: float = RATE
    p99_s: float = 2.0
    current_s: int = 30
    timeout_s: int = 60
    origin: str = "file"
    status: Literal["complete", "interrupted"] = "complete"
    drifts: bool = False
    outcome: str | None = None
    configurable: bool = True
    hours: int = 100
    per_hour: int = 60
    days: int = 7
    week: ProductionWeek | None = None


USUAL = RecommendSettings()
FILE = Asked(calls=("calls.csv",))
RIGHT = Evidence()
BY_DAY = replace(stated_week(["mon-fri 09:00-17:00"], "UTC"), known_from="telemetry")
OFTEN = replace(BY_DAY, calls=tuple(100 * one for one in BY_DAY.calls))
"""Production calls it by day; the runs of these tests begin at 22:13 UTC on a Tuesday."""
CASES: Mapping[str, tuple[Evidence, Verdict, Hold | None]] = {
    "lower": (RIGHT, Verdict.LOWER, None),
    "lower, invented": (replace(RIGHT, origin="invented"), Verdict.LOWER, Hold.REAL_INPUTS),
    "lower, short": (replace(RIGHT, rate=10.0), Verdict.LOWER, Hold.TIME),
    "lower, other hours": (replace(RIGHT, week=OFTEN), Verdict.LOWER, Hold.HOURS),
    "lower, other hours of few": (replace(RIGHT, week=BY_DAY), Verdict.LOWER, Hold.HOURS),
    "lower, short and other hours": (replace(RIGHT, rate=10.0, week=OFTEN), Verdict.LOWER, Hold.HOURS),
    "lower, few": (replace(RIGHT, count=600, rate=0.1), Verdict.LOWER, Hold.CALLS),
    "lower, cut short": (replace(RIGHT, status="interrupted"), Verdict.LOWER, Hold.WEAK_RUNS),
    "lower, all of it": (
        replace(RIGHT, count=600, rate=10.0, origin="invented", status="interrupted"),
        Verdict.LOWER,
        Hold.WEAK_RUNS,
    ),
    "raise": (replace(RIGHT, current_s=1), Verdict.RAISE, None),
    "raise, cut short": (replace(RIGHT, current_s=1, status="interrupted"), Verdict.RAISE, Hold.WEAK_RUNS),
    "unstable": (replace(RIGHT, drifts=True), Verdict.UNSTABLE, Hold.UNSTABLE),
    "unstable, cut short": (
        replace(RIGHT, drifts=True, status="interrupted"),
        Verdict.UNSTABLE,
        Hold.WEAK_RUNS,
    ),
    "over the cap": (replace(RIGHT, p99_s=45.0), Verdict.OVER_CAP_USE_ASYNC, Hold.OVER_CAP),
    "censored": (replace(RIGHT, p99_s=9.0, timeout_s=3, current_s=3), Verdict.CENSORED_NEEDS_PROBE, None),
    "too few": (replace(RIGHT, count=120), Verdict.INSUFFICIENT_SAMPLES, None),
    "fits": (replace(RIGHT, current_s=3), Verdict.OK, None),
    "no data": (replace(RIGHT, outcome="auth_error"), Verdict.NO_DATA, None),
    "not configurable": (replace(RIGHT, configurable=False), Verdict.NOT_CONFIGURABLE, None),
}
OBSERVED: Mapping[str, tuple[Evidence, Verdict, Hold | None]] = {
    "lower": (RIGHT, Verdict.LOWER, None),
    "lower, few hours": (replace(RIGHT, hours=4, per_hour=400), Verdict.LOWER, Hold.TIME),
    "lower, few executions": (replace(RIGHT, hours=100, per_hour=6), Verdict.LOWER, Hold.CALLS),
    "lower, far too few for a month": (replace(RIGHT, hours=1, per_hour=310), Verdict.LOWER, Hold.TIME),
    "raise": (replace(RIGHT, current_s=1, timeout_s=60), Verdict.RAISE, None),
    "unstable": (replace(RIGHT, drifts=True, per_hour=100), Verdict.UNSTABLE, Hold.UNSTABLE),
    "over the cap": (replace(RIGHT, p99_s=45.0), Verdict.OVER_CAP_USE_ASYNC, Hold.OVER_CAP),
    "censored": (replace(RIGHT, p99_s=9.0, timeout_s=3, current_s=3), Verdict.CENSORED_NEEDS_PROBE, None),
    "too few": (replace(RIGHT, hours=40, per_hour=3), Verdict.INSUFFICIENT_SAMPLES, None),
    "fits": (replace(RIGHT, current_s=3), Verdict.OK, None),
    "not configurable": (replace(RIGHT, configurable=False), Verdict.NOT_CONFIGURABLE, None),
}
ALL = [
    *(("run", name, *case) for name, case in CASES.items()),
    *(("file", name, *case) for name, case in CASES.items() if case[0].status == "complete"),
    *(("production", name, *case) for name, case in OBSERVED.items()),
]


@cache
def judged(
    source: Source,
    evidence: Evidence,
    rules: RecommendSettings = USUAL,
    asked: Asked = FILE,
) -> Analysis:
    facts = replace(
        orders(current_timeout_s=evidence.current_s),
        configurable=evidence.configurable,
        production_week=evidence.week,
    )
    if source == "production":
        return _production(evidence, facts, rules, asked)
    took = lognormal(evidence.count, evidence.p99_s)
    table = calls(took, rate=evidence.rate, timeout_s=evidence.timeout_s, outcome=evidence.outcome)
    if evidence.drifts:
        slower = calls(took * 4, rate=evidence.rate, run="2", start=START + 1e5)
        table = pd.concat([table, slower], ignore_index=True)
    table = table.assign(input_origin=evidence.origin)
    if source == "file":
        return recommend(SampleSet(table), {"orders": facts}, rules, asked=asked)
    manifest = Manifest(
        run_id="run-1",
        created_at=0.0,
        status=evidence.status,
        sandbox=False,
        host="h",
        model="open",
        actions=(facts,),
    )
    samples = SampleSet(table, manifests=(manifest,))
    return recommend(samples, settings=rules, asked=replace(asked, calls=()))


def _production(evidence: Evidence, facts: ActionFacts, rules: RecommendSettings, asked: Asked) -> Analysis:
    took = lognormal(evidence.hours * evidence.per_hour, evidence.p99_s).reshape(evidence.hours, -1)
    if evidence.drifts:
        took[51:] *= 4
    edges = np.arange(1, evidence.timeout_s + 1)
    counts = BucketCounts(
        "orders",
        tuple(
            HourCounts(
                START + 3600 * hour,
                evidence.per_hour,
                tuple(np.searchsorted(row, edges).tolist()),
            )
            for hour, row in enumerate(np.sort(took))
        ),
    )
    read = {"orders": TelemetryFindings(evidence.days)}
    planned = replace(asked, calls=(), to_set="diag observe --out plan.json")
    return recommend_from_buckets([counts], {"orders": facts}, rules, asked=planned, telemetry=read)


@cache
def parsed(command: str) -> tuple[str, Mapping[str, Any]]:
    """The verb of a printed command and its values, as the verb itself reads them."""
    program, verb, *arguments = shlex.split(command)
    assert program == "diag"
    found = cli.get_command(click.Context(cli), verb)
    assert found is not None, command
    return verb, found.make_context(verb, list(arguments)).params


def followed(evidence: Evidence, command: str) -> tuple[Source, Evidence]:
    """What there is after the command was run: the evidence it orders, of a backend that is calm now."""
    verb, given = parsed(command)
    calm = replace(evidence, status="complete", drifts=False)
    if verb == "observe":
        assert given["actions"] == ("Order lookup",)
        hours = math.ceil(evidence.hours * given["days"] / evidence.days)
        return "production", replace(calm, days=given["days"], hours=hours)
    assert given["actions"] == ("Order lookup",)
    if verb == "tune":
        count = max(evidence.count, 1300)  # as many as a lower timeout needs, and its warm-up
        return "run", replace(
            calm, count=count, rate=count / (86_400.0 * int(given["over"].removesuffix("d")))
        )
    assert verb == "measure"
    if given["dry_run"]:  # shows the line for real inputs, with which the same is measured again
        return "run", replace(calm, origin="file")
    rate = RATE if given["duration"] or not given["until_settled"] else evidence.rate
    count = given["calls"] or {None: evidence.count, "1h10m": int(4200 * rate)}[given["duration"]]
    return "run", replace(calm, count=count, rate=rate)


@pytest.mark.parametrize(("source", "name", "evidence", "verdict", "hold"), ALL)
def test_following_the_commands_ends_where_the_number_is_set(
    source: Source, name: str, evidence: Evidence, verdict: Verdict, hold: Hold | None
) -> None:
    (row,) = judged(source, evidence).actions
    assert (row.verdict, hold_on(row)) == (verdict, hold)

    seen = []
    while held_back(row) and row.next_command is not None:
        assert row.verdict not in seen or hold_on(row) not in seen
        seen += [row.verdict, hold_on(row)]
        assert "--apply" not in row.next_command and "--out" not in row.next_command
        source, evidence = followed(evidence, row.next_command)
        (row,) = judged(source, evidence).actions
    if row.next_command is not None:
        _, given = parsed(row.next_command)
        assert will_be_set(row) == bool(given.get("do_apply") or given.get("plan_file"))
    if hold is not None:
        assert will_be_set(row) or verdict is Verdict.OVER_CAP_USE_ASYNC


RULE_NAMES = tuple(field.name for field in fields(RecommendSettings))
OTHER_RULES = (
    RecommendSettings(
        percentile=0.998,
        confidence=0.9,
        buffer_ratio=0.1,
        buffer_min_s=0.25,
        cap_s=20,
        floor_s=2,
        rule="sum",
        backend_errors="exclude",
    ),
    RecommendSettings(percentile=0.9, cap_s=40),
)


@pytest.mark.parametrize("rules", OTHER_RULES)
@pytest.mark.parametrize(("source", "evidence"), [(source, case) for source, _, case, _, _ in ALL])
def test_every_next_command_asks_by_the_same_rules_in_the_same_org(
    source: Source, evidence: Evidence, rules: RecommendSettings
) -> None:
    """Whichever verdict: else a run stops when p99 is settled, and its number is one by other rules."""
    asked = Asked(calls=("calls.csv",), org=("--profile", "live"))
    analysis = judged(source, evidence, rules, asked)
    (row,) = analysis.actions
    printed = [row.next_command, *(step.command for step in what_now([row], row.next_command or ""))]

    for command in filter(None, printed):
        if command == "diag observe --out plan.json":  # the verb itself says by which rules
            continue
        verb, given = parsed(command)
        assert given["profile"] == "live"
        stated = {name: given[name] for name in RULE_NAMES if name in given}
        assert stated == {name: getattr(analysis.settings, name) for name in stated}
        assert len(stated) == (0 if verb == "doctor" else 8), command


def test_what_more_days_cannot_show_is_measured() -> None:
    far_too_few, _, _ = OBSERVED["lower, far too few for a month"]
    by_sum = RecommendSettings(rule="sum")
    (row,) = judged("production", replace(RIGHT, hours=4, per_hour=400), by_sum).actions
    assert row.next_command == "diag observe 'Order lookup' --days 18 --rule sum"
    (row,) = judged("production", far_too_few, by_sum).actions
    assert row.next_command == "diag tune --action 'Order lookup' --over 1d --rule sum"


@pytest.mark.parametrize(
    ("when", "over"),
    [("mon-fri 09:00-17:00", "3d"), ("mon 09:00-17:00", "7d"), ("sat,sun 09:00-17:00", "7d")],
)
def test_hours_that_production_calls_too_seldom_to_tell_are_measured_over_days(when: str, over: str) -> None:
    (row,) = judged("run", replace(RIGHT, week=stated_week([when], "UTC"))).actions
    assert row.next_command == f"diag tune --action 'Order lookup' --over {over}"


@pytest.mark.slow
@pytest.mark.parametrize("source", ["run", "production"])
def test_setting_is_offered_only_where_something_will_be_set(source: Source) -> None:
    cases = OBSERVED if source == "production" else CASES
    rows: list[Recommendation] = [
        replace(judged(source, case).actions[0], action_id=name) for name, (case, _, _) in cases.items()
    ]
    whole = judged(source, RIGHT)
    for pair in itertools.combinations(rows, 2):
        judged_rows = replace(whole, actions=pair, weak=()).actions
        steps = what_now(judged_rows, "diag SET")
        assert any(step.command == "diag SET" for step in steps) == any(map(will_be_set, judged_rows))
        assert len(steps) <= 3
        for row in judged_rows:
            if held_back(row) and row.next_command is not None:
                (step,) = [step for step in steps if row.action_id in step.action_ids]
                assert step.command is not None and parsed(step.command)[0] == parsed(row.next_command)[0]
                words = shlex.split(step.command)
                assert set(shlex.split(row.next_command)) <= {*words, *_smaller_numbers(words)}


def _smaller_numbers(words: Sequence[str]) -> set[str]:
    """Every smaller number of days, calls or minutes, which a larger one serves as well."""
    found = [(int(word.rstrip("dm")), unit) for word in words for unit in "dm " if _is_number(word, unit)]
    return {f"{number}{unit}".strip() for largest, unit in found for number in range(largest)}


def _is_number(word: str, unit: str) -> bool:
    return word.removesuffix(unit).isdecimal() and (unit == " " or word.endswith(unit))


def test_each_merged_command_is_read_by_its_verb() -> None:
    """Actions that need the same are named in one command; diag itself reads it."""
    names = ("Get it", "-x", "It's")
    rows = [
        replace(judged("run", case).actions[0], action_id=name)
        for (case, _, _), name in zip(itertools.islice(CASES.values(), 3), names, strict=False)
    ]
    for name, row in zip(names, rows, strict=True):
        (few,) = recommend(
            SampleSet(calls(lognormal(120, 2.0))), {"orders": ActionFacts("orders", name)}
        ).actions
        rows[names.index(name)] = replace(few, action_id=row.action_id)
    (step,) = what_now(rows, "diag SET")
    assert step.command is not None
    verb, given = parsed(step.command)
    assert (verb, given["actions"]) == ("measure", names)
