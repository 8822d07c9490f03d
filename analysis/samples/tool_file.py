"""One file of another tool into the table of calls, batch by batch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.long_arrays.pieces import pieces
from analysis.other_tools.delimiter_and_header import layout_of
from analysis.other_tools.formats import access_log, jmeter_csv, jmeter_xml, k6, vegeta
from analysis.other_tools.formats.locust_requests import request_batches, requests_layout
from analysis.other_tools.formats.mapped_table import mapped, mapped_batches
from analysis.other_tools.known_tools import FROM_ELSEWHERE, TOOLS, Tool, ToolName, ToolOptions
from analysis.other_tools.label_to_action import with_actions
from analysis.other_tools.reading import Reading
from analysis.other_tools.recognise_tool import checked_head
from analysis.samples.read_progress import Note
from analysis.samples.sample_arrays import codes_of
from analysis.samples.sample_set import OtherTools
from analysis.samples.table_builder import TableBuilder
from analysis.skipped_input import SkippedInput


@dataclass(frozen=True, slots=True)
class ToolFile:
    """A file of another tool that was read: which tool's, what was left out, and what has to be said."""

    tool: Tool
    skipped: tuple[SkippedInput, ...]
    said: tuple[str, ...]


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


def _batches(reading: Reading, tool: ToolName) -> Iterator[pd.DataFrame]:
    head = checked_head(reading.path)
    layout, json_lines = layout_of(head), head.lstrip()[:1] == "{"
    match tool:
        case "jmeter" if jmeter_xml.is_jtl_xml(head):
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
