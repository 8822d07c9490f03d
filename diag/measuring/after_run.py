"""What is made of a run once it is over: samples.parquet, recommendations.json, report.html.

`python -m diag.measuring.after_run RUN_FOLDER [--report]`, in a process of its own, at low priority:
pandas and matplotlib stay out of the load process. Without --report only the Parquet file (whoever
started the load writes the report).
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.format.atomic_write import write_whole
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.machine.processes import step_back

if TYPE_CHECKING:
    from diag.judged_files import RunEvidence


NOTABLE_SHARE: Final = 0.01
"""Of planned calls that were not sent; fewer are one slow moment (loadtests/steering/run_outcome.py)."""


def finish_run(folder: RunFolder, *, report: bool) -> None:
    """Make the files; each is written whole or not at all. Raises AnalysisError for a run without a call."""
    from analysis.samples.parquet_run import convert_run

    convert_run(folder)
    if report:
        from analysis.recommend_settings import RecommendSettings
        from diag.judged_files import gather

        write_report(folder, gather([folder.path], RecommendSettings(), detail=True))


def write_report(folder: RunFolder, evidence: "RunEvidence") -> None:
    """Write recommendations.json and report.html of a run."""
    from diag.flows.add_to_report import with_flows
    from diag.judged_files import report_data, write_recommendations
    from reports.pages.report_page import build_report

    manifest = read_manifest(folder)
    write_recommendations(folder, evidence.analysis)
    notes = (*manifest.notes, *places_filled(manifest, evidence)) if manifest else ()
    data = with_flows(report_data(evidence, notes=notes), folder.path.parent)
    write_whole(folder.report, build_report(data))


def places_filled(manifest: Manifest, evidence: "RunEvidence") -> tuple[str, ...]:
    """Return which action filled the places in flight, where so many calls found none free."""
    from analysis.views.in_flight_filled_by import filled_by

    dropped = manifest.dropped or 0
    if dropped <= NOTABLE_SHARE * ((manifest.calls or 0) + dropped):
        return ()
    filled = filled_by(evidence.samples.every_call())
    return () if filled is None else (filled.sentence,)


def main(folder: str, *flags: str) -> None:
    """Finish the run in `folder`, at low priority: whatever else runs here comes first, and still someone
    waits for the report."""
    step_back(5)
    finish_run(RunFolder(Path(folder)), report="--report" in flags)


if __name__ == "__main__":
    main(*sys.argv[1:])
