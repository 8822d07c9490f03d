"""What a load process was asked, as `loadtests.planning.prepare_run.prepare` reads it."""

from types import SimpleNamespace
from typing import Any, Final

_NONE: Final = (
    "seed", "rate", "max_in_flight", "calls_per_action", "model", "arrivals", "mode", "turns", "workload",
    "timeout", "audit", "metrics", "num_users", "run_time", "hosts_file", "auth", "top_up",
)  # fmt: skip
_NO: Final = ("probe", "dry_run", "direct", "both", "allow_private", "compare")


def plan_options(**asked: Any) -> SimpleNamespace:
    """Return the options of a locustfile to which only these were given."""
    lists: dict[str, Any] = {name: [] for name in ("sla", "action", "confirm_host")}
    nothing = {**dict.fromkeys(_NONE), **dict.fromkeys(_NO, False), **lists, "drain_s": 5.0}
    return SimpleNamespace(**{**nothing, **asked})
