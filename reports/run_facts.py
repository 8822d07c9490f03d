"""What was run, in words: where, how, when, with what, and what was left out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.run_folder import Manifest
from analysis.weak_runs import run_weaknesses
from reports import numbers
from reports.data import ReportData

REASONS: Final = {
    "warm_up": "sent during the warm-up",
    "retry": "repeats of an earlier call",
    "invalid_input": "refused as wrong input",
    "rate_limited": "refused by a rate limit",
    "auth_error": "refused for missing rights",
    "other_load_level": "at a load level the number does not come from",
    "saturated_load_level": "at a load level the backend could not carry",
    "load_level_above_peak": "at a load level above the production peak",
}
"""Why calls were left out, in words; other reasons are shown as they are named."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The section "what was run", ready to be shown. Pairs are (term, text)."""

    sandbox: bool
    place: str
    when: str
    calls: str
    generated: str
    runs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    settings: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    """What weakens the whole report: a run cut short, or a generator that failed its own check."""


def run_facts(data: ReportData) -> RunFacts:
    """Return the facts of every run in the report; what is not known is said to be unknown."""
    analysis, manifests = data.analysis, data.manifests
    sandbox = analysis.sandbox is True or any(manifest.sandbox for manifest in manifests)
    calls = sum(row.samples + row.left_out for row in analysis.actions)
    return RunFacts(
        sandbox=sandbox,
        place=_place(manifests, sandbox),
        when=_span(manifests, data.zone),
        calls=f"{numbers.plural(calls, 'call')} to {numbers.plural(len(analysis.actions), 'action')}",
        generated=moment(data.generated_at, data.zone),
        runs=tuple((manifest.run_id, what_was_run(manifest, data.zone)) for manifest in manifests),
        settings=_settings(data),
        left_out=_left_out(data),
        warnings=tuple(text for manifest in manifests for text in run_weaknesses(manifest)),
    )


def moment(at: float, zone: str | None) -> str:
    """Return a time as `2026-11-21 22:13:10 UTC`, with the named zone's clock behind it when there is one."""
    utc = datetime.fromtimestamp(at, UTC)
    text = f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    if zone is None or zone == "UTC":
        return text
    try:
        local = utc.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return text
    day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
    return f"{text} ({day}{local:%H:%M} {zone})"


def _place(manifests: tuple[Manifest, ...], sandbox: bool) -> str:
    names = sorted({manifest.org_name or "unnamed org" for manifest in manifests if not manifest.sandbox})
    if sandbox and names:
        return (
            f"mixed with {', '.join(names)}: made-up backends and real ones in one report, do not act on it"
        )
    if sandbox:
        return "made-up backends on one machine; nothing here was measured on an org"
    return ", ".join(names) or "an unnamed source (a file of samples without a run's manifest)"


def _span(manifests: tuple[Manifest, ...], zone: str | None) -> str:
    if not manifests:
        return "at a time the samples' file does not tell"
    start = min(manifest.created_at for manifest in manifests)
    text = moment(start, zone)
    ends = [manifest.ended_at for manifest in manifests if manifest.ended_at is not None]
    return f"{text}, for {numbers.duration(max(ends) - start)}" if ends else text


def what_was_run(manifest: Manifest, zone: str | None) -> tuple[tuple[str, str], ...]:
    """Return one run's facts as (term, text); what is not known is left out."""
    model = {
        "open": "open: calls were sent on a schedule, whether or not earlier ones had come back",
        "closed": "closed: each user waited for its reply before the next call",
    }[manifest.model]
    status = (
        manifest.status if manifest.status_reason is None else f"{manifest.status}: {manifest.status_reason}"
    )
    grade = manifest.grade and " – ".join(filter(None, (manifest.grade, manifest.grade_reason)))
    lasted = None if manifest.ended_at is None else numbers.duration(manifest.ended_at - manifest.created_at)
    planned = sum(rate for _, rate in manifest.rates)
    facts: tuple[tuple[str, str | None], ...] = (
        ("Target", "SANDBOX" if manifest.sandbox else f"org {manifest.org_name or '(name unknown)'}"),
        ("Host", manifest.host),
        ("Started", moment(manifest.created_at, zone)),
        ("Lasted", lasted),
        ("Ended", status),
        ("Workload", manifest.workload),
        ("Load model", model),
        ("Arrivals", manifest.arrivals),
        ("Planned rate", f"{numbers.rate(planned)} over {len(manifest.rates)} actions" if planned else None),
        ("Calls", None if manifest.calls is None else numbers.count(manifest.calls)),
        ("Held back", None if manifest.dropped is None else _held_back(manifest.dropped)),
        ("Generator's verdict on itself", grade),
        ("Concurrent executions allowed", _optional_count(manifest.concurrency_limit)),
        ("Remarks", " ".join(note if note.endswith(".") else f"{note}." for note in manifest.notes) or None),
        ("Versions", ", ".join(f"{name} {version}" for name, version in manifest.versions) or None),
    )
    return tuple((term, text) for term, text in facts if text is not None)


def _held_back(dropped: int) -> str:
    if dropped == 0:
        return "no arrival was held back by the in-flight guard"
    return f"{numbers.plural(dropped, 'arrival')} held back by the in-flight guard"


def _optional_count(value: int | None) -> str | None:
    return None if value is None else numbers.count(value)


def _settings(data: ReportData) -> tuple[tuple[str, str], ...]:
    settings = data.analysis.settings
    rule = "the larger of bound and buffered percentile" if settings.rule == "max" else "bound plus buffer"
    return (
        ("Percentile", f"p{settings.percentile * 100:g}"),
        ("Confidence", f"{settings.confidence * 100:g} % (one-sided)"),
        ("Buffer", f"{settings.buffer_ratio * 100:g} %, at least {settings.buffer_min_s:g} s"),
        ("Rule", f"{settings.rule}: {rule}"),
        ("Cap and floor", f"{settings.cap_s} s and {settings.floor_s} s"),
        (
            "Warm-up cut",
            f"{settings.warmup_s:g} s, at most {settings.warmup_max_share * 100:g} % of a run's calls",
        ),
        (
            "Left alone when within",
            f"{settings.hysteresis_ratio * 100:g} % or {settings.hysteresis_min_s:g} s",
        ),
        (
            "Slow backend errors",
            "count as slower than seen" if settings.backend_errors == "censor" else "left out",
        ),
    )


def _left_out(data: ReportData) -> tuple[tuple[str, str], ...]:
    """Everything that is not behind a number, and why: files, actions, and rows by reason."""
    found = [(entry.what, entry.why) for manifest in data.manifests for entry in manifest.left_out]
    for skipped in data.analysis.skipped:
        rows = "" if skipped.rows is None else f" ({numbers.plural(skipped.rows, 'row')})"
        found.append((f"{skipped.what}{rows}", skipped.why))
    reasons: dict[str, list[tuple[str, int]]] = {}
    for action in data.analysis.actions:
        for reason, number in sorted(action.left_out_by_reason.items()):
            if number:
                reasons.setdefault(reason, []).append((action.action_name, number))
    for reason, actions in sorted(reasons.items()):
        what = numbers.plural(sum(number for _, number in actions), "call")
        each = ", ".join(f"{name} {numbers.count(number)}" for name, number in actions)
        found.append((what, f"{REASONS.get(reason, reason.replace('_', ' '))} ({each})"))
    return tuple(found)
