"""How many calls a run made, and how well this machine timed them, in a sentence."""

from analysis.format.run_folder import Manifest
from analysis.number_words import at_most, plural


def calls_made(manifest: Manifest) -> str:
    """Return how many calls were made, and whether this machine was too busy to time them well."""
    made = plural(manifest.calls or 0, "call")
    not_sent = f", {manifest.dropped:,} planned ones not sent" if manifest.dropped else ""
    match manifest.grade:
        case "WARN":
            high = f"{_reads_high(manifest)} high, which does not matter for whole seconds"
            return f"{made}{not_sent}; this machine was busy: times may read {high}"
        case "INVALID":
            return f"{made}{not_sent}; this machine was too busy to measure: measure again on a quieter one"
        case _:
            return f"{made}{not_sent}"


def _reads_high(manifest: Manifest) -> str:
    """How much too high times may be: the hub lag is about the error itself (generator_grade)."""
    lag_ms = (manifest.generator or {}).get("hub_lag_p99_ms", 0.0)
    return f"up to {at_most(lag_ms)}" if lag_ms else "a little"
