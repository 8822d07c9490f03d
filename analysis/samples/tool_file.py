"""One file of another tool into the table of calls: recognised or as it was said, batch by batch."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.checked_json import parse_line
from analysis.format.input_file import InputFile, check_regular
from analysis.format.sample_schema import REQUIRED_COLUMNS
from analysis.format.skipped_input import SkippedInput
from analysis.long_arrays.pieces import pieces
from analysis.other_tools.aggregates import NO_NUMBER, aggregate_in
from analysis.other_tools.decoded_text import head_of
from analysis.other_tools.delimiter_and_header import Layout, first_line, layout_of
from analysis.other_tools.formats import access_log, jmeter_csv, jmeter_xml, k6, vegeta
from analysis.other_tools.formats.locust_requests import request_batches, requests_layout
from analysis.other_tools.formats.mapped_table import mapped, mapped_batches
from analysis.other_tools.known_tools import TOOLS, Tool, ToolName, ToolOptions
from analysis.other_tools.label_to_action import with_actions
from analysis.other_tools.reading import Reading
from analysis.samples.read_progress import Note
from analysis.samples.sample_arrays import codes_of
from analysis.samples.sample_file import FROM_ELSEWHERE
from analysis.samples.sample_set import OtherTools
from analysis.samples.table_builder import TableBuilder


@dataclass(frozen=True, slots=True)
class ToolFile:
    """A file of another tool that was read: which tool's, what was left out, and what has to be said."""

    tool: Tool
    skipped: tuple[SkippedInput, ...]
    said: tuple[str, ...]


def tool_of(path: Path, options: ToolOptions) -> ToolName | None:
    """Return whose file it is; None where it is a table of ours (a CSV with our columns), or not known.

    Raises UnreadableSamplesError for an aggregate, and where the file cannot be read.
    """
    if options.tool is not None:
        return options.tool
    if options.columns:
        return "csv"
    if options.pattern is not None:
        return "nginx"
    head = _head(path)
    layout = layout_of(head)
    if head.startswith("PAR1") or set(REQUIRED_COLUMNS) <= set(layout.names):
        return None
    aggregate = aggregate_in(layout, head)
    if aggregate is not None:
        what, instead = aggregate
        raise UnreadableSamplesError(f"{path} is {what}, not a list of calls: {NO_NUMBER}.", hint=instead)
    return _recognised(layout, head)


def add_tool_file(
    builder: TableBuilder, path: Path, tool: ToolName, options: ToolOptions, note: Note
) -> ToolFile:
    """Add the calls of a file of another tool to `builder`; return what was left out and has to be said.
    `note` is called with how far it is read.

    Raises UnreadableSamplesError where it is not such a file, or says too little.
    """
    reading = Reading(path, options)
    builder.run_unless_said = str(path)
    before = builder.left_out.copy()
    any_row = False
    for batch in _batches(reading, tool):
        if len(batch):
            any_row = True
            builder.add(with_actions(batch, options))
        note(reading.bytes_read)
    bad = builder.left_out - before
    if not any_row and not any(reading.left_out.values()) and not reading.damage:
        raise reading.unfit(
            f"is a file of {TOOLS[tool].title} without a call", "Give that of a test with calls."
        )
    skipped = (*reading.skipped(), *(SkippedInput(path.name, rows, why) for why, rows in bad.items()))
    return ToolFile(TOOLS[tool], skipped, tuple(reading.said))


def calls_of_tools(table: pd.DataFrame, files: Mapping[str, ToolFile]) -> dict[str, OtherTools]:
    """Return which other tools made calls, by action id. `files`: those of other tools, by their run id."""
    if not files:
        return {}
    runs, actions = codes_of(table, "run_id"), codes_of(table, "action_id", required=True)
    called = np.zeros((len(runs.texts), len(actions.texts)), dtype=np.bool_)
    for piece in pieces(len(table)):
        called[runs.at(piece), actions.at(piece)] = True
    found: dict[str, OtherTools] = {}
    for run_id, file in files.items():
        title, unknown = file.tool.title, (*file.tool.unknown, *file.said)
        mine = called[runs.texts.index(run_id)] if run_id in runs.texts else called[:0].any(axis=0)
        for action in np.flatnonzero(mine).tolist():
            known = found.get(actions.texts[action], OtherTools((), ()))
            found[actions.texts[action]] = OtherTools(
                tuple(dict.fromkeys((*known.titles, title))),
                tuple(dict.fromkeys((*known.unknown, *unknown))),
            )
    return found


def copies_among(paths: Sequence[Path]) -> dict[Path, Path]:
    """Return which files hold what another one before them holds, byte for byte, and which that is."""
    seen: dict[str, Path] = {}
    found: dict[Path, Path] = {}
    files = [path for path in dict.fromkeys(map(Path, paths)) if path.is_file()]
    sizes = Counter(path.stat().st_size for path in files)
    for path in files:
        if sizes[path.stat().st_size] < 2:
            continue
        try:
            digest = InputFile(path, UnreadableSamplesError).sha256()
        except UnreadableSamplesError:  # said where it is read
            continue
        first = seen.setdefault(digest, path)
        if first is not path:
            found[path] = first
    return found


def _head(path: Path) -> str:
    try:
        check_regular(path)
        return head_of(path)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UnreadableSamplesError(f"{path} cannot be read: {why}.", hint=FROM_ELSEWHERE) from None


def _recognised(layout: Layout, head: str) -> ToolName | None:
    if jmeter_csv.layout_of_jtl(head) is not None or _is_jtl_xml(head):
        return "jmeter"
    if set(k6.CSV_NEEDED) <= set(layout.names):
        return "k6"
    if requests_layout(layout) is not None:
        return "locust"
    first = first_line(head)
    if access_log.alb_line(first):
        return "alb"
    row = parse_line(first.strip()) if first.lstrip()[:1] == "{" else None
    if row is not None and {"metric", "type"} <= row.keys():
        return "k6"
    if row is not None and row.keys() >= vegeta.JSON_KEYS:
        return "vegeta"
    cells = first.split(",")
    if len(cells) in (10, 11, 12) and cells[0].isdigit() and len(cells[0]) == 19 and cells[1].isdigit():
        return "vegeta"
    return None


def _batches(reading: Reading, tool: ToolName) -> Iterator[pd.DataFrame]:
    head = _head(reading.path)
    layout, json_lines = layout_of(head), head.lstrip()[:1] == "{"
    match tool:
        case "jmeter" if _is_jtl_xml(head):
            return jmeter_xml.xml_batches(reading)
        case "jmeter" if (jtl := jmeter_csv.layout_of_jtl(head)) is not None:
            return jmeter_csv.jtl_batches(reading, jtl)
        case "k6" if json_lines:
            return k6.json_batches(reading)
        case "k6" if set(k6.CSV_NEEDED) <= set(layout.names):
            return k6.csv_batches(reading, layout)
        case "vegeta":
            return vegeta.json_batches(reading) if json_lines else vegeta.csv_batches(reading)
        case "locust" if (holds := requests_layout(layout)) is not None:
            return request_batches(reading, layout, holds)
        case "nginx":
            return access_log.nginx_batches(reading)
        case "alb":
            return access_log.alb_batches(reading)
        case "csv":
            return mapped_batches(reading, layout, mapped(reading, layout))
        case _:
            raise reading.unfit(f"does not look like a file of {TOOLS[tool].title}", FROM_ELSEWHERE)


def _is_jtl_xml(head: str) -> bool:
    begin = head.lstrip()
    return begin.startswith("<") and "<testResults" in begin[:4096]
