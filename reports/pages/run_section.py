"""The section "what was run": where, how, when, with what, and what was left out."""

from dataclasses import dataclass

from analysis.name_lists import by_reason
from analysis.number_words import plural
from analysis.verdicts.sentences.left_out_reasons import why_left_out
from reports.pages.report_json import left_out, warnings_of, when
from reports.pages.windows_together import RunEntry, run_entries
from reports.report_data import ProductionSource, ReportData
from reports.wording import numbers
from reports.wording.date_and_time import moment
from reports.wording.direct_words import direct_calls
from reports.wording.traced_text import TracedText, traced, traced_join, traced_number


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The section "what was run", ready to be shown. Pairs are (term, text)."""

    sandbox: bool
    badge: str
    """What the verdicts come from, in one word: an org, a file, telemetry."""
    place: str
    when: str
    calls: str
    runs: tuple[RunEntry, ...]
    settings: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    """What weakens the whole report: a run cut short, or a generator that failed its own check."""


def run_facts(data: ReportData) -> RunFacts:
    """Return the facts of every run in the report; what is not known is shown as unknown."""
    analysis, manifests = data.analysis, data.manifests
    calls = sum(row.samples + row.left_out for row in analysis.actions)
    what = "execution" if data.from_production else "call"
    direct = direct_calls(analysis.actions)
    beside = traced(
        ", {} to their backends", traced_number(plural(direct, "direct call"), direct, "/direct_calls")
    )
    return RunFacts(
        sandbox=data.sandbox,
        badge="Production" if data.from_production else "Org" if manifests else "File",
        place=_place(data),
        when=_when(data),
        calls=traced(
            "{} to {}{}",
            traced_number(plural(calls, what), calls, "/calls"),
            traced_number(plural(len(analysis.actions), "action"), len(analysis.actions), "/called_actions"),
            beside if direct else "",
        ),
        runs=run_entries(manifests, data.zone),
        settings=_settings(data),
        left_out=_left_out(data),
        warnings=warnings_of(data),
    )


def _place(data: ReportData) -> str:
    manifests = data.manifests
    names = sorted({manifest.org_name or "unnamed org" for manifest in manifests if not manifest.sandbox})
    if data.production is not None and data.from_production:
        source = data.production
        if source.sandbox:
            return "made-up production of a local sandbox; nothing here comes from an org"
        return f"telemetry of {source.org_name or 'an unnamed org'} ({source.host}); nothing was executed"
    if data.sandbox and names:
        return f"made-up and real backends ({', '.join(names)}) in one report: do not act on it"
    if data.sandbox:
        return "made-up backends on one machine; nothing here was measured on an org"
    return ", ".join(names) or "an unnamed source (a file of samples without a run's manifest)"


def _when(data: ReportData) -> str:
    found = when(data)
    if found["started_at"] is None:
        return "at an unknown time"
    text = moment(found["started_at"], data.zone, "/started_at")
    if found["lasted_s"] is None:
        return text
    return traced(
        "{}, for {}", text, traced_number(numbers.duration(found["lasted_s"]), found["lasted_s"], "/lasted_s")
    )


def what_was_observed(source: ProductionSource, zone: str | None) -> tuple[tuple[str, str], ...]:
    """Return the facts of production telemetry as (term, text), numbers relative to `/production`."""
    hours = source.until - source.since
    return (
        ("Source", "SANDBOX" if source.sandbox else f"org {source.org_name or '(name unknown)'}"),
        ("Host", source.host),
        ("From", moment(source.since, zone, "since")),
        ("Until", moment(source.until, zone, "until")),
        ("Window", traced_number(numbers.duration(hours), hours, "lasted_s")),
        ("Not reported by the platform", source.unknown),
    )


def _settings(data: ReportData) -> tuple[tuple[str, str], ...]:
    s = data.analysis.settings
    rule = "the larger of bound and buffered percentile" if s.rule == "max" else "bound plus buffer"

    def share(name: str) -> TracedText:
        value = getattr(s, name)
        return traced_number(f"{value * 100:g} %", value, f"/settings/{name}")

    def seconds(name: str) -> TracedText:
        value = getattr(s, name)
        return traced_number(f"{value:g} s", value, f"/settings/{name}")

    of_tests = (
        (
            "Warm-up cut",
            traced("{}, at most {} of a run's calls", seconds("warmup_s"), share("warmup_max_share")),
        ),
        (
            "Slow backend errors",
            "count as slower than seen" if s.backend_errors == "censor" else "left out",
        ),
    )
    return (
        ("Percentile", traced_number(f"p{s.percentile * 100:g}", s.percentile, "/settings/percentile")),
        ("Confidence", traced("{} (one-sided)", share("confidence"))),
        ("Buffer", traced("{}, at least {}", share("buffer_ratio"), seconds("buffer_min_s"))),
        ("Rule", f"{s.rule}: {rule}"),
        ("Cap and floor", traced("{} and {}", seconds("cap_s"), seconds("floor_s"))),
        (
            "Left unchanged within",
            traced("{} or {}", share("hysteresis_ratio"), seconds("hysteresis_min_s")),
        ),
        *(() if data.from_production else of_tests),
    )


def _left_out(data: ReportData) -> tuple[tuple[str, str], ...]:
    """Everything that is not behind a number, and why, with the numbers' places."""
    found: list[tuple[str, str]] = []
    for index, one in enumerate(left_out(data)):
        at = f"/left_out/{index}"
        if "each" not in one:
            what, rows = one["what"], one.get("rows")
            if rows is not None:
                what = traced("{} ({})", what, traced_number(plural(rows, "row"), rows, f"{at}/rows"))
            found.append((what, one["why"]))
            continue
        calls, reason = one["calls"], one["reason"]
        shares = [
            traced("{} {}", name, traced_number(numbers.count(some), some, f"{at}/each/{place}/1"))
            for place, (name, some) in enumerate(one["each"])
        ]
        what = traced_number(plural(calls, "call"), calls, f"{at}/calls")
        found.append((what, traced("{} ({})", why_left_out(reason), traced_join(", ", shares))))
    return tuple((traced_join(", ", list(names)), why) for names, why in by_reason(found))
