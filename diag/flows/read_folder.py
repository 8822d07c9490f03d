"""Flows from a folder of files: exports of Architect (`.i3*`), configurations as JSON, Archy's YAML."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.flows.flow import ArchitectFlow, FlowsRead, UnreadFlow
from analysis.format.input_file import InputFile
from diag.errors import UsageError
from diag.flows.read_archy import read_archy
from diag.flows.read_flow_json import read_configuration
from diag.flows.read_i3 import configuration_in_i3
from diag.flows.unreadable_flow import UnreadableFlowError
from diag.flows.yaml_values import parse_yaml

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 32 << 20


def flows_in(folder: Path) -> FlowsRead:
    """Return the flows in a folder and below, in the order of their paths; what cannot be read says why.

    Files of other kinds are left alone. Raises UsageError for a folder without one that may hold a flow.
    """
    flows: list[ArchitectFlow] = []
    unread: list[UnreadFlow] = []
    for count, path in enumerate(_files(folder)):
        name = str(path.relative_to(folder))
        if count >= MOST_FILES:
            unread.append(
                UnreadFlow(str(folder), f"it holds more than {MOST_FILES:,} files: the others were not read")
            )
            break
        try:
            flows.append(replace(_flow_in(path), where=name))
        except UnreadableFlowError as error:
            unread.append(UnreadFlow(name, str(error)))
    if not flows and not unread:
        raise UsageError(
            f"There is no flow in {folder}.",
            hint="Export flows from Architect (.i3InboundFlow and so on) or with Archy (.yaml), or save "
            "configurations as .json.",
        )
    return FlowsRead(tuple(flows), tuple(unread))


def _files(folder: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(at, name) for name in sorted(names) if _kind(name) is not None)


def _kind(name: str) -> str | None:
    suffix = Path(name).suffix.lower()
    if suffix.startswith(".i3"):
        return "i3"
    return {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(suffix)


def _flow_in(path: Path) -> ArchitectFlow:
    def unreadable(message: str, *, hint: str | None = None) -> UnreadableFlowError:
        return UnreadableFlowError(f"it {message.removeprefix(f'{path} ').removesuffix('.')}")

    file = InputFile(path, unreadable, most_bytes=MOST_BYTES)
    match _kind(path.name):
        case "i3":
            return read_configuration(configuration_in_i3(file.read()), name=path.stem)
        case "json":
            return read_configuration(file.json(), name=path.stem)
        case _:
            return read_archy(parse_yaml(file.text()))
