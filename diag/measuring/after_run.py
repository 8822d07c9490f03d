"""What is made of a run once it is over: samples.parquet, recommendations.json, report.html.

`python -m diag.measuring.after_run RUN_FOLDER [--report]`, in a process of its own, at low priority:
pandas and matplotlib stay out of the load process. Without --report only the Parquet file (whoever
started the load writes the report).
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.format.atomic_write import write_whole
from analysis.format.run_folder import RunFolder, read_manifest

if TYPE_CHECKING:
    from diag.judged_files import RunEvidence


def finish_run(folder: RunFolder, *, report: bool) -> None:
    """Make the files; each is written whole or not at all. Raises AnalysisError for a run without a call."""
    from analysis.samples.parquet_run import convert_run

    convert_run(folder)
    if report:
        from analysis.settings import RecommendSettings
        from diag.judged_files import gather

        write_report(folder, gather([folder.path], RecommendSettings(), detail=True))


def write_report(folder: RunFolder, evidence: "RunEvidence") -> None:
    """Write recommendations.json and report.html of a run."""
    from diag.judged_files import report_data, write_recommendations
    from reports.pages.report_page import build_report

    manifest = read_manifest(folder)
    write_recommendations(folder, evidence.analysis)
    notes = manifest.notes if manifest else ()
    write_whole(folder.report, build_report(report_data(evidence, notes=notes)))


if __name__ == "__main__":
    os.nice(5)  # whatever else runs here comes first, and still someone waits for the report
    finish_run(RunFolder(Path(sys.argv[1])), report="--report" in sys.argv[2:])
