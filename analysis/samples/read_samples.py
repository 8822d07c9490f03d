"""Samples from anywhere: run folders, Parquet, CSV, files of other tools, several at once.

What is damaged is read as far as it goes; what was left out is reported (`SkippedInput`), never dropped
silently. Only a set without a single readable call is an error.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.manifest import Manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import COLUMNS, action_of_key, is_direct_key
from analysis.format.settled_file import read_settled
from analysis.long_arrays.pieces import walk
from analysis.number_words import plural
from analysis.other_tools.known_tools import USUAL, ToolOptions
from analysis.other_tools.recognise_tool import tool_of
from analysis.samples.calls_of_each_action import A_DAY_S
from analysis.samples.cleaning.copied_files import copies_among
from analysis.samples.cleaning.repeated_calls import without_repeated
from analysis.samples.cleaning.unnamed_runs import with_one_run_for_one_source
from analysis.samples.manifest_or_why_none import manifest_of
from analysis.samples.parquet_or_csv import add_sample_file
from analysis.samples.parquet_or_segments import add_segments, finished_parquet
from analysis.samples.read_progress import Note, Reached, ReadProgress
from analysis.samples.sample_set import SampleSet
from analysis.samples.table_builder import BothSides, TableBuilder
from analysis.samples.tool_file import ToolFile, add_tool_file, calls_of_tools
from analysis.skipped_input import SkippedInput

DETAIL_COLUMNS: Final = (
    "http_status",
    "error_code",
    "failed_step",
    "error_message",
    "in_flight",
    "payload",
    "correlation_id",
)
"""Needed for the report's tables, not for a recommendation."""


def read_samples(
    paths: Sequence[Path],
    *,
    detail: bool = False,
    options: ToolOptions = USUAL,
    watch: Callable[[Reached], None] = lambda reached: None,
) -> SampleSet:
    """Return the calls of all `paths` (run folders, .parquet, .csv, files of other tools) together, those
    that went straight to a backend apart.

    `options` say how files of other tools are to be read. `detail` also reads the columns only a report
    needs. Exact duplicates (a file merged twice) are dropped and counted. `watch` is called with how far the
    files are read. Raises UnreadableSamplesError when no call at all can be read.
    """
    columns = tuple(name for name in COLUMNS if detail or name not in DETAIL_COLUMNS)
    builder = BothSides()
    skipped: list[SkippedInput] = []
    manifests: list[Manifest] = []
    failed: list[UnreadableSamplesError] = []
    settled: frozenset[str] = frozenset()
    tools: dict[str, ToolFile] = {}
    others = False
    copies = copies_among(paths)
    each = list(dict.fromkeys(Path(path) for path in paths))
    progress = ReadProgress([path for path in each if path not in copies], builder, watch)
    for path in each:
        if path in copies:
            skipped.append(SkippedInput(path.name, None, f"a copy of {copies[path]}: counted once"))
            continue
        try:
            left_out, manifest, tool_file = _add(builder, path, columns, options, progress.of(path))
        except UnreadableSamplesError as error:
            failed.append(error)
            continue
        skipped.extend(left_out)
        if tool_file is not None:  # of which everything is read
            tools[str(path)] = tool_file
        else:
            others = True
        settled |= set(read_settled(RunFolder(path)))
        if manifest is not None:
            manifests.append(manifest)
    if not builder.rows and not builder.direct.rows:
        raise _nothing(paths, failed, skipped)
    skipped.extend(SkippedInput("input", None, error.message) for error in failed)
    whole = builder.finish()
    by_tools = calls_of_tools(whole, tools)
    names = [str(path) for path in paths]
    table = _cleaned(whole, names, frozenset(tools), skipped)
    direct = _cleaned(builder.direct.finish(), names, frozenset(), skipped) if builder.direct.rows else None
    return SampleSet(
        table,
        tuple(skipped),
        tuple(manifests),
        frozenset(key for key in settled if not is_direct_key(key)),
        by_tools,
        direct,
        frozenset(action_of_key(key) for key in settled if is_direct_key(key)),
        detail or not others,
    )


def _cleaned(
    whole: pd.DataFrame, files: Sequence[str], of_tools: frozenset[str], skipped: list[SkippedInput]
) -> pd.DataFrame:
    """The table without repeats, parts of one source as one run; what was left out is added to `skipped`.
    `of_tools`: the run ids of files of other tools."""
    # In a log of whole seconds many calls share a start and a latency: such a file is a copy or is none.
    table, dropped = without_repeated(whole, of_tools)
    if dropped:
        skipped.append(SkippedInput("duplicates", dropped, "the same call is in the input twice"))
    table = with_one_run_for_one_source(table, files)
    far = _far_from_their_plan(table)
    if far:
        what = f"scheduled_at of {plural(far, 'row')}"
        skipped.append(SkippedInput(what, None, "over a day away from started_at: not taken as the plan"))
    return table


def _far_from_their_plan(table: pd.DataFrame) -> int:
    if "scheduled_at" not in table:
        return 0
    with np.errstate(over="ignore", invalid="ignore"):
        starts = walk(table["started_at"].to_numpy(), table["scheduled_at"].to_numpy())
        return sum(int((np.abs(started - scheduled) > A_DAY_S).sum()) for started, scheduled in starts)


def _add(
    builder: TableBuilder, path: Path, columns: tuple[str, ...], options: ToolOptions, note: Note
) -> tuple[tuple[SkippedInput, ...], Manifest | None, ToolFile | None]:
    if not path.exists():
        raise UnreadableSamplesError(
            f"{path} does not exist.", hint="Give a run folder, .parquet or .csv file."
        )
    if not path.is_dir():
        return _add_file(builder, path, columns, options, note)
    folder = RunFolder(path)
    manifest, skipped = manifest_of(folder)
    parquet = finished_parquet(folder)
    if parquet is not None:
        return (*skipped, *add_sample_file(builder, parquet, columns, note)), manifest, None
    return (*skipped, *add_segments(builder, folder, manifest, columns)), manifest, None


def _add_file(
    builder: TableBuilder, path: Path, columns: tuple[str, ...], options: ToolOptions, note: Note
) -> tuple[tuple[SkippedInput, ...], None, ToolFile | None]:
    tool = tool_of(path, options)
    if tool is None:
        return add_sample_file(builder, path, columns, note), None, None
    found = add_tool_file(builder, path, tool, options, note)
    return found.skipped, None, found


def _nothing(
    paths: Sequence[Path], failed: list[UnreadableSamplesError], skipped: list[SkippedInput]
) -> UnreadableSamplesError:
    if len(failed) == 1 and not skipped:
        return failed[0]
    where = ", ".join(str(path) for path in paths) or "no path given"
    return UnreadableSamplesError(
        f"No call can be read ({where}).",
        hint="Give a run folder, or a .parquet or .csv file with the columns action_id, started_at, "
        "latency_ms and outcome.",
        details=(
            *(error.message for error in failed),
            *(f"{one.what}: {one.why}" for one in skipped),
        ),
    )
