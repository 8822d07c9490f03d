"""A run on the terminal once it is over: what was called, where the report is, and the verdicts.

`python -m diag.measuring_dialog.show_finished_run RUN_FOLDER` after a bare Locust run, in a process of its
own: pandas stays out of the load process.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.analysis_errors import AnalysisError
from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.number_words import noun, plural
from analysis.typed_command import path_to_type
from diag.console import Console
from diag.errors import DiagError
from diag.interaction.show_analysis import CLOSED_MODEL, show_analysis
from diag.measuring.after_run import places_filled, write_report
from diag.measuring.calls_made import calls_made

if TYPE_CHECKING:
    from diag.judged_files import RunEvidence


def show_run(console: Console, folder: RunFolder, manifest: Manifest, evidence: "RunEvidence") -> None:
    """Write the report, and print the verdicts of a run with what must be known beside them."""
    write_report(folder, evidence)
    for note in places_filled(manifest, evidence):
        console.warn(note)
    if manifest.model == "closed":
        console.warn(CLOSED_MODEL)
    if manifest.calls is None:  # the run was killed before it counted
        calls = sum(len(table) for _, table in evidence.samples.sides())
        were = noun(calls, "was", "were")
        console.note(f"{plural(calls, 'call')} {were} recorded before the run was stopped")
    else:
        console.note(calls_made(manifest))
    console.note(f"Report: {folder.report}")
    if not console.quiet:
        show_analysis(console, evidence.analysis, to_set=evidence.asked.apply)


def main(folder: RunFolder) -> None:
    """Show a run that a bare Locust made; where it cannot be shown, say why and how to see the verdicts."""
    from analysis.machine.streams import write_every_character
    from analysis.recommend_settings import RecommendSettings
    from analysis.samples.parquet_run import convert_run
    from diag.judged_files import gather
    from diag.settings import load_settings

    write_every_character()
    console, manifest = Console(), read_manifest(folder)
    assert manifest is not None
    try:
        convert_run(folder)
        zone = load_settings().zone
        evidence = gather([folder.path], RecommendSettings(), detail=True, zone=zone)
        show_run(console, folder, manifest, evidence)
    except (AnalysisError, DiagError, OSError) as error:
        why = f"{error.filename}: {error.strerror}." if isinstance(error, OSError) else error.message
        console.warn(f"{why} Every call is kept. The verdicts: diag recommend {path_to_type(folder.path)}")


if __name__ == "__main__":
    main(RunFolder(Path(sys.argv[1])))
