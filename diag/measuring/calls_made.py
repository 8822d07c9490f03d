"""How many calls a run made, how well this machine timed them, and what it left out: in sentences."""

from typing import Final

from analysis.format.manifest import Manifest
from analysis.name_lists import by_reason, first_names
from analysis.number_words import at_most, plural

SHOWN: Final = 5
"""Actions that were left out for the same reason; further ones are counted."""


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


def left_out_lines(manifest: Manifest) -> list[str]:
    """Return a line for each reason why actions were left out, with the first of them; what the notes say of
    one that was stopped on the way is not said again."""
    pairs = ((one.what, one.why) for one in manifest.left_out if one.why not in manifest.notes)
    return [f"Left out: {first_names(names, SHOWN)}: {why}" for names, why in by_reason(pairs)]


def _reads_high(manifest: Manifest) -> str:
    """How much too high times may be: the hub lag is about the error itself (generator_grade)."""
    lag_ms = (manifest.generator or {}).get("hub_lag_p99_ms", 0.0)
    return f"up to {at_most(lag_ms)}" if lag_ms else "a little"
