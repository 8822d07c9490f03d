"""Runs that assumed of the platform what is now known to be otherwise, each with what that means for it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from analysis.analysis_errors import AnalysisError
from analysis.format.call_record import OUTCOME_CODES, unpack
from analysis.format.drafts_file import DRAFTS_FILE
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import Outcome
from analysis.format.whole_records import SegmentTail, segment_paths
from analysis.number_words import plural
from analysis.plain_text import json_text
from diag.doctor.check import Check
from diag.genesys.timeout_reply import FORM_OF_STATUS
from diag.platform_facts.facts import PlatformFacts

_NAME: Final = "earlier runs"
_MOST_RUNS: Final = 50
_AT_ONCE: Final = 20_000
_MOST_CALLS: Final = 200_000
"""Of each load process: enough to see which form timeouts have."""
_WORDS: Final = {"success_false": "200 with success: false", "408": "HTTP 408", "504": "HTTP 504"}


def check_earlier_runs(facts: PlatformFacts, runs: Path, host: str) -> Iterator[Check]:
    """Yield a warning for each run against `host` that assumed otherwise; the newest runs are looked at.

    Nothing is yielded where no run did.
    """
    found: list[tuple[RunFolder, Manifest]] = []
    for path in sorted((*runs.glob("*/manifest.json"), *runs.glob("*/windows/*/manifest.json"))):
        folder = RunFolder(path.parent)
        try:
            manifest = read_manifest(folder)
        except AnalysisError:  # named by another check
            continue
        if manifest is not None and manifest.host == host:
            found.append((folder, manifest))
    newest = sorted(found, key=lambda run: run[1].created_at, reverse=True)[:_MOST_RUNS]
    for folder, manifest in newest:
        for what, fix in _assumed_otherwise(facts, folder, manifest):
            yield Check(_NAME, "warning", f"{folder.path.name}: {what}", fix)


def _assumed_otherwise(
    facts: PlatformFacts, folder: RunFolder, manifest: Manifest
) -> Iterator[tuple[str, str]]:
    """Yield what a run assumed wrongly and what that means, with what to do."""
    draft = facts.draft_timeout
    if draft is not None and draft.value == "published" and (folder.path / DRAFTS_FILE).exists():
        yield (
            "it called drafts, which were taken to wait up to 60 s; the published timeout cut them off "
            f"(learnt on {draft.found_at}), so it saw no further than that",
            "Do not set timeouts by it. Set a longer timeout (diag set), then measure without --probe",
        )
    edge = facts.edge_timeout_s
    beyond = [
        each for each in manifest.actions if (each.current_timeout_s or 0) > (edge.value if edge else 0)
    ]
    if edge is not None and edge.value and beyond:
        yield (
            f"{plural(len(beyond), 'action')} had a timeout above {edge.value} s, where the platform's edge "
            f"ends every call (learnt on {edge.found_at}); it saw no further than {edge.value} s",
            f"Take a recommendation above {edge.value} s as unproven",
        )
    yield from _other_forms(facts, folder, manifest)


def _other_forms(facts: PlatformFacts, folder: RunFolder, manifest: Manifest) -> Iterator[tuple[str, str]]:
    learnt = facts.timeout_form
    if learnt is None or any(
        used.key == "timeout_form" and used.value == json_text(learnt.value)
        for used in manifest.platform_facts
    ):
        return  # it went by the same, and says itself what did not fit
    forms = timeout_forms(folder)
    others = {form: count for form, count in forms.items() if form != learnt.value}
    if others:
        came = " and ".join(f"{count:,} by {_WORDS[form]}" for form, count in sorted(others.items()))
        yield (
            f"of {plural(sum(forms.values()), 'timeout')}, {came} had another form than this platform's "
            f"({_WORDS[learnt.value]}, learnt on {learnt.found_at}); something between may have ended them",
            "Its bounds hold: each of them counts as slower than it lasted. For the number of timeouts, "
            "measure again",
        )


def timeout_forms(folder: RunFolder) -> Counter[str]:
    """Return how many calls counted as timeouts, by their form; of each process the first calls."""
    forms: Counter[str] = Counter()
    timeout = OUTCOME_CODES[Outcome.TIMEOUT]
    for path in segment_paths(folder):
        tail, calls = SegmentTail(path), 0
        try:
            while calls < _MOST_CALLS and (records := tail.read(_AT_ONCE)):
                for call in unpack(records):
                    calls += 1
                    if call.outcome == timeout and call.http_status in FORM_OF_STATUS:
                        forms[FORM_OF_STATUS[call.http_status]] += 1
        except OSError:  # gone meanwhile, or no file of ours
            continue
    return forms
