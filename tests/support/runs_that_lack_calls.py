"""A run of two actions with a few quick calls each, which `diag measure --into` may top up."""

from pathlib import Path

from analysis.format.action_facts import ActionFacts
from analysis.format.manifest import Manifest, write_manifest
from analysis.format.run_folder import RunFolder
from tests.support.sample_tables import START, write_segment


def write_run(path: Path, *, calls: tuple[int, int] = (40, 40), timeout_s: int = 5) -> Path:
    """Write it with so many calls of "Get 1" and of "Get 2", 0.3 s each; return its folder."""
    folder = RunFolder(path)
    facts = tuple(
        ActionFacts(f"a{n}", f"Get {n}", current_timeout_s=timeout_s, timeout_is_set=True) for n in (1, 2)
    )
    rates = (("a1", 2.0), ("a2", 2.0))
    write_manifest(folder, Manifest("r1", START, "complete", True, "h", "open", facts, rates=rates))
    for n, some in enumerate(calls, start=1):
        latencies = [300.0 + ms for ms in range(some)]
        write_segment(folder, latency_ms=latencies, names={1: f"a{n}"}, worker=f"w-{n}")
    return path
