"""Made-up small tables of one action, for the reports' factory."""

import numpy as np

from analysis.statistics.kaplan_meier import WATCHED_SLACK
from analysis.statistics.survival_curve import SurvivalCurve
from analysis.verdicts.recommendation import Verdict
from analysis.views.summary import ErrorGroup, LoadBin, PayloadGroup, Series, TimeBin

SPAN_S = 5040.0


def curve(latency: np.ndarray, ok: np.ndarray, censored: np.ndarray) -> SurvivalCurve:
    use = ok | censored
    order = np.argsort(latency[use], kind="stable")
    x, event = latency[use][order], ok[use][order]
    longest_ms = float(x[-1])
    at_risk = np.arange(len(x), 0, -1)
    share = np.cumprod(np.where(event, 1 - 1 / at_risk, 1.0))
    x, share = x[event], share[event]
    keep = np.unique(
        np.concatenate((np.linspace(0, len(x) - 1, 300).astype(int), np.arange(max(0, len(x) - 60), len(x))))
    )
    x, share = x[keep], share[keep]
    spread = 1.645 * np.sqrt(share * (1 - share) / use.sum())
    return SurvivalCurve(
        tuple(x.tolist()),
        tuple(share.tolist()),
        tuple(np.clip(share - spread, 0, 1).tolist()),
        tuple(np.clip(share + spread + 1 / use.sum(), 0, 1).tolist()),
        watched_ms=longest_ms / WATCHED_SLACK,
    )


def bins(
    started: np.ndarray, latency: np.ndarray, ok: np.ndarray, timed_out: np.ndarray, failed: np.ndarray
) -> tuple[TimeBin, ...]:
    width = SPAN_S / 60
    found = []
    for number in range(60):
        inside = (started >= number * width) & (started < (number + 1) * width)
        x = latency[inside & (ok | timed_out)]
        found.append(
            TimeBin(
                number * width,
                width,
                int(inside.sum()),
                int((inside & ok).sum()),
                int((inside & timed_out).sum()),
                int((inside & failed).sum()),
                float(np.quantile(x, 0.5)) if len(x) > 4 else None,
                float(np.quantile(x, 0.99)) if len(x) > 20 else None,
                float(x.max()) if len(x) else None,
                float(2 + 40 * (number == 41)),
            )
        )
    return tuple(found)


def errors(timeouts: int, limited: int) -> tuple[ErrorGroup, ...]:
    groups = []
    if timeouts:
        groups.append(
            ErrorGroup(
                "timeout",
                504,
                "gateway.timeout",
                timeouts,
                "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                failed_step="Execute",
                message="The request timed out after 5 s",
            )
        )
        groups.append(ErrorGroup("backend_error", 502, "ACTION.REMOTE_ENDPOINT:422", 1, None))
    if limited:
        groups.append(ErrorGroup("rate_limited", 429, "too.many.requests", limited, None))
    return tuple(groups)


def load_bins(median: float, verdict: Verdict) -> tuple[LoadBin, ...]:
    steep = 0.9 if verdict is Verdict.UNSTABLE else 0.0
    levels = ((1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 32), (33, 48))
    slow = [max(1.0, (high / 22) ** steep) for _, high in levels]
    return tuple(
        LoadBin(low, high, 700 - 90 * n, n, median * factor, median * factor * 3.6 if n < 6 else None)
        for n, ((low, high), factor) in enumerate(zip(levels, slow, strict=True))
    )


def payloads(calls: int, p50: float, p95: float) -> tuple[PayloadGroup, ...]:
    third = calls // 3
    return (
        PayloadGroup("customer with 400 orders", third, 40, p50 * 2.2, p95 * 1.9, slow=True),
        PayloadGroup("typical customer", third, 3, p50, p95, slow=False),
        PayloadGroup("unknown customer", calls - 2 * third, 0, p50 * 0.6, p95 * 0.7, slow=False),
    )


def series(
    latency: np.ndarray, ok: np.ndarray, timed_out: np.ndarray, in_force: np.ndarray, now: int
) -> tuple[Series, ...]:
    published, draft = in_force == now, in_force != now
    return (
        Series("published", int(published.sum()), curve(latency, ok & published, timed_out & published)),
        Series("draft", int(draft.sum()), curve(latency, ok & draft, timed_out & draft)),
    )
