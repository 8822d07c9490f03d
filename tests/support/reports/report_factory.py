"""Made-up but realistic analyses, so that pages can be built and looked at without a measurement."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from analysis.costs.chosen_number import MadeBy
from analysis.costs.rule_and_cost import ComparedRule, TimeoutRule
from analysis.coverage.hours_seen import HoursSeen, hours_of_week, hours_seen
from analysis.coverage.week_of_hours import stated_week
from analysis.flows.caller_silence import silence_ms
from analysis.format.action_facts import ActionFacts, ProductionWeek
from analysis.format.manifest import LeftOut, Manifest
from analysis.recommend_settings import RecommendSettings
from analysis.skipped_input import SkippedInput
from analysis.verdicts.hours_words import coverage_words
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from analysis.views.summary import ActionSummary, ColdStart, ErrorGroup, Histogram
from reports.report_data import ReportData
from tests.support.reports.report_tables import SPAN_S, bins, curve, errors, load_bins, payloads, series

START = 1_795_300_000.0

CASES: tuple[tuple[str, Verdict, float, float, int, int | None], ...] = (
    # name, verdict, median ms, sigma, timeout now, recommended
    ("Order lookup", Verdict.RAISE, 1900, 0.60, 5, 10),
    ("Credit decision (legacy SOAP)", Verdict.OVER_CAP_USE_ASYNC, 7800, 0.66, 30, 30),
    ("Customer by phone number", Verdict.CENSORED_NEEDS_PROBE, 2100, 0.55, 3, None),
    ("Warranty status", Verdict.RAISE, 900, 0.70, 4, 6),
    ("Opening hours", Verdict.LOWER, 120, 0.35, 60, 1),
    ("Branch finder", Verdict.LOWER, 700, 0.45, 60, 3),
    ("Loyalty balance", Verdict.UNSTABLE, 800, 0.50, 5, 6),
    ("Ticket create", Verdict.INSUFFICIENT_SAMPLES, 1500, 0.50, 10, None),
    ("Contract search", Verdict.OK, 600, 0.40, 3, 3),
    ("Appointment slots", Verdict.OK, 1100, 0.38, 5, 5),
    ("Address check", Verdict.NO_DATA, 0, 0, 10, None),
    ("Update Interaction (built in)", Verdict.NOT_CONFIGURABLE, 300, 0.3, 60, None),
)

REASONS = {
    Verdict.RAISE: "99 of 100 calls finish within {p99} (at most {upper} with 95 % confidence, "
    "{n:,} calls in 84 min); "
    "{cut} of good calls now time out at {now} s: raise to {to} s.",
    Verdict.LOWER: "99 of 100 calls finish within {p99} (at most {upper} with 95 % confidence, "
    "{n:,} calls in 84 min); "
    "{now} s is far more than it needs: lower to {to} s.",
    Verdict.OK: "99 of 100 calls finish within {p99} (at most {upper} with 95 % confidence, "
    "{n:,} calls in 84 min); "
    "the timeout of {now} s fits.",
    Verdict.OVER_CAP_USE_ASYNC: "No timeout up to 30 s fits: p99 is {p99}; make this call asynchronous.",
    Verdict.CENSORED_NEEDS_PROBE: "{cut} of all calls hit the {now} s timeout, so p99 is above {now} s "
    "and cannot be determined from this run: try a longer timeout, on a private copy (draft) of the action.",
    Verdict.INSUFFICIENT_SAMPLES: "Slow calls come in bursts here, so 212 calls tell as much as 140 "
    "independent ones: 160 more are needed.",
    Verdict.UNSTABLE: "p99 was 2.0 s in the first half and 4.4 s in the second: find out why; {to} s would "
    "cover the slow half.",
    Verdict.NO_DATA: "No call that counts was measured: all 50 were refused with 400 (invalid input).",
    Verdict.NOT_CONFIGURABLE: "A built-in (static) action: its timeout cannot be set.",
}


def week_of(number: int) -> ProductionWeek | None:
    """Return when production calls an action: at night, or not known."""
    return stated_week(["01:00-05:00", "mon-fri 09:00-17:00"], "Europe/Berlin") if number % 2 else None


def hours_of(number: int, started_s: np.ndarray, slower: np.ndarray) -> HoursSeen:
    """Return the hours of calls that began so many seconds after START."""
    week = week_of(number)
    zone = "UTC" if week is None else week.zone
    return hours_seen(hours_of_week(START + started_s, zone), slower, week, zone)


@cache
def make_action(
    number: int, case: tuple[str, Verdict, float, float, int, int | None], calls: int = 4962
) -> tuple[Recommendation, ActionSummary]:
    """Return the verdict and the summary of one made-up action."""
    name, verdict, median, sigma, now, to = case
    identity = f"custom_-_{number:08x}"
    if verdict is Verdict.NO_DATA:
        refused = (
            ErrorGroup("invalid_input", 400, "bad.request", 50, "c5fad4cb-1111-4222-8333-abcdefabcdef"),
        )
        return (
            Recommendation(
                identity,
                name,
                verdict,
                REASONS[verdict],
                current_timeout_s=now,
                left_out=50,
                left_out_by_reason={"invalid_input": 50},
                next_command=f"diag measure --action {identity} --payload FILE",
            ),
            ActionSummary(identity, name, 50, {"invalid_input": 50}, errors=refused),
        )
    if verdict is Verdict.INSUFFICIENT_SAMPLES:
        calls = 212
    rng = np.random.default_rng(number)
    latency = rng.lognormal(math.log(median), sigma, calls)
    started = np.sort(rng.uniform(0, SPAN_S, calls))
    if verdict is Verdict.UNSTABLE:
        latency[started > SPAN_S / 2] *= 2.2
    failed = rng.random(calls) < (0.012 if number % 3 == 0 else 0)
    in_force = np.where((verdict is Verdict.RAISE) & (rng.random(calls) < 0.3), 60, now)  # a draft probe
    timed_out = (latency > in_force * 1000) & ~failed
    latency = np.where(timed_out, in_force * 1000 + rng.uniform(5, 60, calls), latency)
    ok = ~timed_out & ~failed
    p50, p95, p99 = (
        float(v) for v in np.quantile(rng.lognormal(math.log(median), sigma, 50_000), (0.5, 0.95, 0.99))
    )
    lower, upper = p99 * 0.95, p99 * 1.07
    unknown = verdict in (Verdict.CENSORED_NEEDS_PROBE, Verdict.INSUFFICIENT_SAMPLES)
    cut_now = float(timed_out[in_force == now].mean())
    text = REASONS[verdict].format(
        p99=f"{p99 / 1000:.2g} s",
        upper=f"{upper / 1000:.2g} s",
        n=calls,
        cut=f"{cut_now * 100:.1f} %",
        now=now,
        to=to,
    )
    rate = calls / SPAN_S
    hours = hours_of(number, started, latency > p95)
    recommendation = Recommendation(
        identity,
        name,
        verdict,
        text,
        next_command=f"diag recommend --apply --action {identity}" if to not in (None, now) else None,
        recommended_timeout_s=to,
        uncapped_timeout_s=39 if verdict is Verdict.OVER_CAP_USE_ASYNC else to,
        current_timeout_s=now,
        timeout_is_set=now != 60,
        samples=int((ok | timed_out).sum()),
        ok=int(ok.sum()),
        timeouts=int(timed_out.sum()),
        censored=int(timed_out.sum()),
        left_out=int(failed.sum()),
        left_out_by_reason={"rate_limited": int(failed.sum())} if failed.any() else {},
        p50_ms=p50,
        p95_ms=p95 if not unknown else None,
        quantile_ms=None if unknown else p99,
        quantile_upper_ms=None if unknown else upper,
        quantile_lower_ms=None if unknown else lower,
        n_eff=calls / 1.3,
        design_effect=1.3,
        calls_needed=160 if verdict is Verdict.INSUFFICIENT_SAMPLES else None,
        cut_off_now=cut_now,
        cut_off_after=None
        if to is None
        else float((rng.lognormal(math.log(median), sigma, 50_000) > to * 1000).mean()),
        worst_wait_s=to if verdict in (Verdict.RAISE, Verdict.LOWER, Verdict.OK) else now,
        grade="B" if verdict is not Verdict.INSUFFICIENT_SAMPLES else "C",
        windows=34,
        span_s=SPAN_S,
        measured_s=33.0 if verdict is Verdict.INSUFFICIENT_SAMPLES else SPAN_S,
        coverage_reason=coverage_words(hours, week_of(number)),
        hours=hours,
        level_rate=rate,
        observed_rate=rate,
        hung_backend_slots=rate * (to or now),
        concurrency_share=rate * (to or now) / 50,
        safe_rate=50 / (to or now),
        warnings=("One worker has 3.4 times its share of slow calls.",) if number == 0 else (),
    )
    recommendation = replace(recommendation, **made_rules(recommendation, rate))
    edges = np.geomspace(10, 70_000, 91)
    histogram = Histogram(
        tuple(edges.tolist()),
        *(tuple(int(n) for n in np.histogram(latency[m], edges)[0]) for m in (ok, timed_out, failed)),
    )
    summary = ActionSummary(
        identity,
        name,
        calls,
        {
            k: int(m.sum())
            for k, m in (("ok", ok), ("timeout", timed_out), ("rate_limited", failed))
            if m.any()
        },
        histogram,
        curve(latency, ok, timed_out),
        bins(started, latency, ok, timed_out, failed),
        errors(int(timed_out.sum()), int(failed.sum())),
        load=load_bins(median, verdict),
        knee_in_flight=22.0 if verdict is Verdict.UNSTABLE else None,
        payloads=payloads(calls, p50, p95) if number % 2 == 0 else (),
        cold_start=ColdStart(6, p50 * 3.1, p50, p50 * 4) if number == 0 else None,
        series=series(latency, ok, timed_out, in_force, now) if verdict is Verdict.RAISE else (),
    )
    return recommendation, summary


def made_rules(action: Recommendation, rate: float) -> dict[str, Any]:
    """Return what other rules would set beside a made-up number, and how it was made; nothing without one."""
    if action.recommended_timeout_s is None or action.quantile_ms is None:
        return {}
    wanted = math.ceil(3 * action.quantile_ms / 1e3)
    capped = action.verdict is Verdict.OVER_CAP_USE_ASYNC
    rows = (
        (TimeoutRule.THREE_TIMES_P99, "3 x p99, Genesys' rule of thumb", wanted, None, 0.0062),
        (TimeoutRule.SUCCESSES_AND_BUFFER, "p99 of the successes + buffer", 3, 0.0213, 0.0287),
        (
            TimeoutRule.RECOMMENDED,
            "this recommendation: 1 good call in 100 may be cut off",
            action.recommended_timeout_s,
            action.cut_off_after,
            0.0094,
        ),
    )
    return {
        "made_by": MadeBy.CAP if capped else MadeBy.BUFFER,
        "made_how": f"{action.recommended_timeout_s} s, because p99 (4.74 s) plus 20 % (948 ms) is 5.69 s.",
        "needed_ms": 5690.0,
        "rules": tuple(
            ComparedRule(
                rule,
                name,
                timeout_s=min(seconds, 60),
                wanted_s=seconds,
                cut_off=cut_off,
                cut_off_at_most=at_most,
                hung_backend_slots=rate * min(seconds, 60),
                concurrency_share=rate * min(seconds, 60) / 50,
                safe_rate=50 / min(seconds, 60),
                silence_s=silence_ms(min(seconds, 60) * 1000) // 1000,
            )
            for rule, name, seconds, cut_off, at_most in rows
        ),
    }


def make_report(
    cases: Sequence[tuple[str, Verdict, float, float, int, int | None]] = CASES,
    *,
    calls: int = 4962,
    sandbox: bool = True,
) -> ReportData:
    """Return a whole report's data for the given actions."""
    pairs = [make_action(number, case, calls) for number, case in enumerate(cases)]
    facts = {
        r.action_id: ActionFacts(
            r.action_id,
            r.action_name,
            r.current_timeout_s,
            r.timeout_is_set,
            request_type="POST",
            production_week=week_of(number),
        )
        for number, (r, _) in enumerate(pairs)
    }
    manifest = Manifest(
        run_id="20261121T221310Z-9f3a1c",
        created_at=START,
        status="complete",
        sandbox=sandbox,
        host="http://127.0.0.1:8765" if sandbox else "https://api.mypurecloud.de",
        model="open",
        actions=tuple(facts.values()),
        left_out=(
            LeftOut("Payment authorise", "the action is marked as not to be called (it would move money)"),
        ),
        org_name=None if sandbox else "Acme Insurance",
        org_id=None if sandbox else "1f0c",
        workload="workload.toml",
        arrivals="poisson",
        rates=tuple((identity, 1.0) for identity in facts),
        ended_at=START + SPAN_S,
        calls=sum(s.calls for _, s in pairs),
        dropped=3,
        grade="OK",
        grade_reason="late arrivals p99 4 ms",
        versions=(("diag", "0.1.0"), ("python", "3.11.7"), ("locust", "2.47.0")),
        concurrency_limit=50,
    )
    analysis = Analysis(
        RecommendSettings(),
        tuple(r for r, _ in pairs),
        facts,
        skipped=(SkippedInput("segments/worker-2.seg", 1, "the last record was cut short by a kill"),),
        run_ids=(manifest.run_id,),
        sandbox=sandbox,
        concurrency_limit=50,
    )
    return ReportData(
        analysis,
        {s.action_id: s for _, s in pairs},
        "0.1.0",
        (manifest,),
        zone="Europe/Berlin",
        source="runs/20261121T221310Z-9f3a1c",
    )


def words_only(data: ReportData) -> ReportData:
    """Return the report without what charts are drawn from: drawing them is nine tenths of a page's time."""
    return replace(data, summaries={})


def in_windows(data: ReportData, many: int = 8) -> ReportData:
    """The same, measured in so many windows of a campaign, a quarter of an hour apart, beside its one run."""
    (one,) = data.manifests
    windows = tuple(
        replace(
            one,
            run_id=f"20261129T180019Z-7fedd5-w{number:04}",
            created_at=one.created_at + 900.0 * number,
            ended_at=one.created_at + 900.0 * number + 7.0,
            grade="WARN" if number % 4 == 0 else "OK",
            calls=10 + number,
        )
        for number in range(1, many + 1)
    )
    return replace(data, manifests=(*data.manifests, *windows))
