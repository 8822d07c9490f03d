"""Reads a workload file. Every mistake is one sentence that says where, what, and what would be right."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from analysis.analysis_errors import BadSettingError
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ProductionWeek
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import WrongShapeError
from analysis.format.sample_schema import InputOrigin
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings, with_overrides
from diag.errors import UsageError
from diag.hours.allowed_hours import ALWAYS, read_hours
from diag.hours.genesys_approval import read_approval
from diag.toml_forms.read_form import read_form
from diag.toml_section import TomlSection
from diag.workload.payload import Payload, is_json
from diag.workload.payload_placeholders import PLACEHOLDER, unfilled
from diag.workload.read_payloads import read_payloads
from diag.workload.tables.direct_settings import DirectSettings, read_direct
from diag.workload.tables.guard_limits import GuardLimits
from diag.workload.tables.load_shape import Poll, Ramp, Soak, Stage
from diag.workload.tables.workload_file import (
    POLL_LEFT_OUT,
    WHEN_EXAMPLE,
    ActionTable,
    GuardTable,
    PayloadTable,
    ProductionHoursTable,
    RunTable,
    WorkloadTable,
)
from diag.workload.workload import EVERYTHING, Workload, WorkloadEntry

T = TypeVar("T")


def read_workload(path: Path) -> Workload:
    """Return the workload of a file. Raises UsageError for anything that is not as it must be."""
    if not os.path.lexists(path):
        raise UsageError(f"There is no workload file {path}.", hint=f"diag init {path} writes one.")
    return parse_workload(_document(path), str(path), path.parent)


def what_may_be_called(file: Path | None, *, as_org: bool) -> Workload | None:
    """Return the workload of a file; without one nothing in an org (None), and everything elsewhere.

    Raises UsageError."""
    if file is not None:
        return read_workload(file)
    return None if as_org else EVERYTHING


def tuned_by(file: Path | None, *, as_org: bool) -> Workload | None:
    """Return what may be called to tune: `what_may_be_called`, less the entries that call backends directly.

    Raises UsageError."""
    workload = what_may_be_called(file, as_org=as_org)
    return None if workload is None else workload.of_target("test")


def payload_files(path: Path) -> tuple[str, ...]:
    """Return the payload files that a workload names, each once, relative to its folder; reads none of them.

    Raises UsageError."""
    top = TomlSection(_document(path), str(path), UsageError)
    named = (part.text("payload_file", None) for part in top.tables("action"))
    return tuple(dict.fromkeys(name for name in named if name))


def workload_digest(path: Path) -> str:
    """Return one digest of a workload and of the payload files that it names. Raises UsageError."""
    files = {"": path, **{name: path.parent / name for name in payload_files(path)}}
    digests = {name: InputFile(file, UsageError).sha256() for name, file in files.items()}
    return hashlib.sha256(json_text(digests).encode()).hexdigest()


def _document(path: Path) -> dict[str, Any]:
    return InputFile(path, UsageError, "Fix the file; diag init writes one that is right (TOML).").toml()


def parse_workload(body: Mapping[str, Any], where: str, folder: Path) -> Workload:
    """Return the workload of a parsed file; payload files are relative to `folder`."""
    top = TomlSection(body, where, UsageError)
    file = read_form(top, WorkloadTable)  # a mistake in [labels], which are for other files, is said, too
    run = _read(file.run, RunTable)
    entries = tuple(_entry(part, folder) for part in file.action)
    if not entries:
        raise UsageError(f"{where} names no action.", hint='Add one: [[action]] then name = "Get Customer".')
    guard = _read(file.guard, GuardTable)
    return Workload(
        entries=entries,
        mode=run.mode,
        model=run.model,
        arrivals=run.arrivals,
        seed=run.seed,
        duration_s=run.duration_s,
        calls_per_action=run.calls_per_action,
        rate=run.rate,
        max_in_flight=run.max_in_flight,
        exceed_limits=run.exceed_limits,
        allow_side_effects=run.allow_side_effects,
        stages=tuple(read_form(part, Stage) for part in file.stage),
        guard=GuardLimits(**{each.name: getattr(guard, each.name) for each in fields(GuardLimits)}),
        guard_enabled=None if file.guard is None else guard.enabled,
        soak=_soak(file.soak),
        ramp=_read(file.ramp, Ramp),
        sla=run.sla,
        hours=ALWAYS if file.hours is None else read_hours(file.hours),
        approval=None if file.approval is None else read_approval(file.approval),
        direct=DirectSettings() if file.direct is None else read_direct(file.direct, folder),
    )


def _read(part: TomlSection | None, kind: type[T]) -> T:
    """Return what a table states; the defaults where it is not there."""
    return kind() if part is None else read_form(part, kind)


def _entry(part: TomlSection, folder: Path) -> WorkloadEntry:
    table = read_form(part, ActionTable)
    named = [key for key in ("id", "name", "category") if part.has(key)]
    if len(named) != 1:
        raise part.error(
            "needs exactly one of id, name, category" + (f", not {' and '.join(named)}" if named else ""),
            'For example: name = "Get Customer", or a pattern: name = "Get *".',
        )
    hours = table.production_hours
    entry = WorkloadEntry(
        id=table.id,
        name=table.name,
        category=table.category,
        rate=table.rate,
        weight=table.weight,
        allow_side_effects=table.allow_side_effects,
        payloads=_payloads(table, folder),
        generate=table.generate,
        recommend=_recommend(part, table.recommend),
        production_peak_rate=table.production_peak_rate,
        production_week=None if hours is None else _stated(hours),
        poll=None if table.poll is None else _poll(table.poll),
        target=table.target,
        credentials=table.credentials,
        auth=table.auth,
    )
    if entry.poll is not None and entry.target == "direct":
        raise part.error("polls a job, which goes through Genesys Cloud", 'Leave out target = "direct".')
    if entry.payloads and entry.generate is not None:
        raise part.error("has payloads and generate", "Keep one of them.")
    return entry


def _payloads(table: ActionTable, folder: Path) -> tuple[Payload, ...]:
    made = []
    for number, inline in enumerate(table.payload, start=1):
        payload = read_form(inline, PayloadTable)
        for key, value in payload.values.items():
            if not is_json(value):
                raise inline.error(
                    f"values.{key} cannot be sent as JSON", "Write a date or time as text, in quotes."
                )
        empty = unfilled(payload.values)
        if empty is not None:
            raise inline.error(
                f'{empty} is still "{PLACEHOLDER}"', "Put a value there that the action's backend knows."
            )
        label = payload.label or f"payload-{number}"
        made.append(Payload.of(label, dict(payload.values), InputOrigin.INLINE))
    if table.payload_file is not None:
        made += read_payloads(folder / table.payload_file)
    return tuple(made)


def _recommend(part: TomlSection, stated: Mapping[str, object]) -> Mapping[str, object]:
    try:
        with_overrides(RecommendSettings(), stated)
    except BadSettingError as error:
        raise UsageError(f"{part.where}, recommend: {error.message}.", hint=error.hint) from None
    return dict(stated)


def _stated(part: TomlSection) -> ProductionWeek:
    table = read_form(part, ProductionHoursTable)
    if not table.when:
        raise part.error("has no when", WHEN_EXAMPLE)
    try:
        return stated_week(table.when, table.zone)
    except WrongShapeError as error:
        raise part.error("is not understood", f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _soak(part: TomlSection | None) -> Soak:
    made = _read(part, Soak)
    if part is not None and made.window_s > made.every_s:
        raise part.error("has a window longer than every", "A window starts every so often and must fit in.")
    return made


def _poll(part: TomlSection) -> Poll:
    made = read_form(part, Poll, POLL_LEFT_OUT)
    if not made.done:
        raise part.wrong("done", "is []", "Name the states that mean so: else no job could ever be done.")
    return made
