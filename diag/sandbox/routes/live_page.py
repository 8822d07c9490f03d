"""The page at `/`: actions, timeouts, calls in flight and counts by outcome."""

from collections import Counter
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from analysis.plain_text import printable
from diag.sandbox.sandbox import Sandbox
from diag.sandbox.world.actions.revision import ActionEntry

_TEMPLATE: Final = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
_ROWS: Final = 200
_OUTCOMES: Final = {
    "ok": "ok",
    "timeout": "timed out",
    "backend_error": "backend error",
    "contract_error": "broken contract",
    "invalid_input": "invalid input",
    "rate_limited": "rate limited",
    "abandoned": "abandoned",
}


def live_page(sandbox: Sandbox) -> str:
    """The whole page; without JavaScript it reloads itself."""
    scenario = sandbox.scenario
    return _TEMPLATE.substitute(
        scenario=escape(printable(scenario.name)),
        description=escape(printable(scenario.description)),
        seed=sandbox.seed,
        standing="It counts as an org: limits, consent and guard as there. " if sandbox.as_org else "",
        table=live_table(sandbox),
    )


def live_table(sandbox: Sandbox) -> str:
    """The part of the page that changes; the busiest actions first once there are more than 200."""
    seen = sandbox.true_calls
    entries = [entry for entry in sandbox.org.entries() if entry.published is not None]
    shown = entries
    if len(entries) > _ROWS:
        shown = sorted(entries, key=lambda entry: -seen.counts.get(entry.id, Counter()).total())[:_ROWS]
    left_out = f" {len(entries) - _ROWS} more actions are not shown." if len(entries) > _ROWS else ""
    direct = sum(counts.total() for counts in seen.direct.values())
    beside = f", and {direct} that went to a backend directly" if direct else ""
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("timeout", "in flight", *_OUTCOMES.values(), "called directly")
    )
    rows = "".join(_row(sandbox, entry) for entry in shown)
    caption = (
        f"{sandbox.limits.in_flight} calls in flight of "
        f"{sandbox.limits.limits.concurrent_executions} allowed; "
        f"{seen.total - direct} calls in {sandbox.now_s():.0f} s{beside}.{left_out}"
    )
    return (
        f'<table><caption>{caption}</caption><thead><tr><th scope="col">action</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(sandbox: Sandbox, entry: ActionEntry) -> str:
    revision = entry.revision()
    counts = sandbox.true_calls.counts.get(entry.id, Counter())
    in_flight = sandbox.true_calls.in_flight[entry.id]
    timeout_s = revision.config.timeout_s
    timeout = "60 s (unset)" if timeout_s is None else f"{timeout_s} s"
    if entry.kind == "custom_auth":
        timeout = "none of its own"
    direct = sandbox.true_calls.direct.get(entry.id, Counter()).total()
    numbers = "".join(f"<td>{number or ''}</td>" for number in (*map(counts.__getitem__, _OUTCOMES), direct))
    draft = " (draft open)" if entry.draft is not None else ""
    return (
        f"<tr><td>{escape(printable(revision.name))}{draft}</td><td>{timeout}</td>"
        f'<td class="{"busy" if in_flight else ""}">{in_flight or ""}</td>{numbers}</tr>'
    )
