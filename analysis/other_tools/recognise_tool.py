"""Whose file it is, by how it begins: which load tool's or log's, or a table of ours."""

from pathlib import Path

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.input_file import check_regular
from analysis.format.json_within_limits import parse_line
from analysis.format.sample_schema import REQUIRED_COLUMNS
from analysis.other_tools.aggregates import NO_NUMBER, aggregate_in
from analysis.other_tools.decoded_text import head_of
from analysis.other_tools.delimiter_and_header import Layout, first_line, layout_of
from analysis.other_tools.formats import access_log, jmeter_csv, jmeter_xml, k6, vegeta
from analysis.other_tools.formats.locust_requests import requests_layout
from analysis.other_tools.known_tools import FROM_ELSEWHERE, ToolName, ToolOptions


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
    head = checked_head(path)
    layout = layout_of(head)
    if head.startswith("PAR1") or set(REQUIRED_COLUMNS) <= set(layout.names):
        return None
    aggregate = aggregate_in(layout, head)
    if aggregate is not None:
        what, instead = aggregate
        raise UnreadableSamplesError(f"{path} is {what}, not a list of calls: {NO_NUMBER}.", hint=instead)
    return _recognised(layout, head)


def checked_head(path: Path) -> str:
    """Return how a regular file begins. Raises UnreadableSamplesError where it cannot be read."""
    try:
        check_regular(path)
        return head_of(path)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UnreadableSamplesError(f"{path} cannot be read: {why}.", hint=FROM_ELSEWHERE) from None


def _recognised(layout: Layout, head: str) -> ToolName | None:
    if jmeter_csv.layout_of_jtl(head) is not None or jmeter_xml.is_jtl_xml(head):
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
