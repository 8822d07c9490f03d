"""Reads a workload file. Every mistake is one sentence that says where, what, and what would be right."""

import hashlib
import math
import os
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, cast, get_args

from analysis.analysis_errors import BadSettingError
from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ProductionWeek
from analysis.format.input_file import InputFile
from analysis.format.sample_schema import InputOrigin
from analysis.format.typed_json import WrongShapeError
from analysis.plain_text import json_text
from analysis.settings import RecommendSettings, with_overrides
from diag.errors import UsageError
from diag.hours.allowed_hours import ALWAYS, AllowedHours, read_hours
from diag.hours.approval import read_approval
from diag.toml_section import TomlSection
from diag.workload.direct_settings import TARGETS, CallTarget, read_auth, read_direct
from diag.workload.load_shape import ARRIVALS, Arrivals, GuardLimits, Mode, Model, Poll, Ramp, Soak, Stage
from diag.workload.make_payloads import is_json
from diag.workload.payload import Payload
from diag.workload.read_payloads import read_payloads
from diag.workload.real_inputs import PLACEHOLDER, unfilled
from diag.workload.workload import EVERYTHING, MODES, WORKLOAD_VERSION, Workload, WorkloadEntry

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_TOP: Final = frozenset(
    {
        "format_version",
        "run",
        "guard",
        "soak",
        "ramp",
        "hours",
        "approval",
        "direct",
        "stage",
        "action",
        "labels",
    }
)
_RUN: Final = frozenset(
    {"mode", "model", "arrivals", "seed", "duration", "calls_per_action", "rate", "max_in_flight",
     "exceed_limits", "allow_side_effects", "sla"}
)  # fmt: skip
_ACTION: Final = frozenset(
    {"id", "name", "category", "rate", "weight", "allow_side_effects", "payload", "payload_file",
     "generate", "recommend", "production_peak_rate", "production_hours", "poll", "target", "credentials",
     "auth"}
)  # fmt: skip


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
    named = (_named(part, "payload_file") for part in top.tables("action"))
    return tuple(dict.fromkeys(name for name in named if name is not None))


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
    top.only(_TOP)
    version = top.integer("format_version", WORKLOAD_VERSION)
    if version != WORKLOAD_VERSION:
        raise top.wrong(
            "format_version", f"is {version}", f"This version of diag reads format {WORKLOAD_VERSION}."
        )
    top.text_map("labels")  # for files of other tools; a mistake in them is said here, too
    run = _table(top, "run")
    run.only(_RUN)
    entries = tuple(_entry(part, folder) for part in top.tables("action"))
    if not entries:
        raise UsageError(f"{where} names no action.", hint='Add one: [[action]] then name = "Get Customer".')
    return Workload(
        entries=entries,
        mode=cast(Mode, run.text("mode", "measure", choices=MODES)),
        model=cast(Model, run.text("model", "open", choices=get_args(Model))),
        arrivals=cast(Arrivals, run.text("arrivals", "poisson", choices=ARRIVALS)),
        seed=run.integer("seed", 1),
        duration_s=_duration(run, "duration", None),
        calls_per_action=run.integer("calls_per_action", None, low=1),
        rate=run.number("rate", None, above=0),
        max_in_flight=run.integer("max_in_flight", None, low=1),
        exceed_limits=run.flag("exceed_limits"),
        allow_side_effects=run.flag("allow_side_effects"),
        stages=tuple(_stage(part) for part in top.tables("stage")),
        guard=_guard(_table(top, "guard")),
        guard_enabled=_table(top, "guard").flag("enabled", True) if top.has("guard") else None,
        soak=_soak(_table(top, "soak")),
        ramp=_ramp(_table(top, "ramp")),
        sla=run.texts("sla"),
        hours=_hours(_table(top, "hours")) if top.has("hours") else ALWAYS,
        approval=None if (approval := top.table("approval")) is None else read_approval(approval),
        direct=read_direct(_table(top, "direct"), folder),
    )


def seconds(text: object) -> float | None:
    """Return the seconds of `90`, `"90s"`, `"10m"`, `"1h30m"`; None when it is none of these."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text) if math.isfinite(text) else None
    if not isinstance(text, str) or not text:
        return None
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def _entry(part: TomlSection, folder: Path) -> WorkloadEntry:
    part.only(_ACTION)
    named = [key for key in ("id", "name", "category") if part.has(key)]
    if len(named) != 1:
        raise part.error(
            "needs exactly one of id, name, category" + (f", not {' and '.join(named)}" if named else ""),
            'For example: name = "Get Customer", or a pattern: name = "Get *".',
        )
    entry = WorkloadEntry(
        id=_named(part, "id"),
        name=_named(part, "name"),
        category=_named(part, "category"),
        rate=part.number("rate", None, above=0),
        weight=part.number("weight", 1.0, above=0),
        allow_side_effects=part.flag("allow_side_effects"),
        payloads=_payloads(part, folder),
        generate=part.integer("generate", None, low=1, high=1000),
        recommend=_recommend(part),
        production_peak_rate=part.number("production_peak_rate", None, above=0),
        production_week=None if (hours := part.table("production_hours")) is None else _stated(hours),
        poll=None if (poll := part.table("poll")) is None else _poll(poll),
        target=cast(CallTarget, part.text("target", "test", choices=TARGETS)),
        credentials=_named(part, "credentials"),
        auth=read_auth(part),
    )
    if entry.poll is not None and entry.target == "direct":
        raise part.error("polls a job, which goes through Genesys Cloud", 'Leave out target = "direct".')
    if entry.payloads and entry.generate is not None:
        raise part.error("has payloads and generate", "Keep one of them.")
    return entry


def _payloads(part: TomlSection, folder: Path) -> tuple[Payload, ...]:
    made = []
    for number, inline in enumerate(part.tables("payload"), start=1):
        inline.only(frozenset({"label", "values"}))
        values = inline.mapping("values")
        for key, value in values.items():
            if not is_json(value):
                raise inline.error(
                    f"values.{key} cannot be sent as JSON", "Write a date or time as text, in quotes."
                )
        empty = unfilled(values)
        if empty is not None:
            raise inline.error(
                f'{empty} is still "{PLACEHOLDER}"', "Put a value there that the action's backend knows."
            )
        label = _named(inline, "label") or f"payload-{number}"
        made.append(Payload.of(label, values, InputOrigin.INLINE))
    file = _named(part, "payload_file")
    if file is not None:
        made += read_payloads(folder / file)
    return tuple(made)


def _recommend(part: TomlSection) -> Mapping[str, object]:
    stated = part.mapping("recommend")
    try:
        with_overrides(RecommendSettings(), stated)
    except BadSettingError as error:
        raise UsageError(f"{part.where}, recommend: {error.message}.", hint=error.hint) from None
    return dict(stated)


def _stated(part: TomlSection) -> ProductionWeek:
    part.only(frozenset({"when", "zone"}))
    if not part.texts("when"):
        raise part.error("has no when", 'For example: when = ["mon-fri 08:00-18:00"]')
    if part.text("zone", None) is None:
        raise part.error("has no zone", 'Say which clock is meant: zone = "Europe/Berlin"')
    try:
        return stated_week(part.texts("when"), part.text("zone"))
    except WrongShapeError as error:
        raise part.error("is not understood", f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _stage(part: TomlSection) -> Stage:
    part.only(frozenset({"duration", "factor"}))
    duration = _duration(part, "duration", None)
    if duration is None:
        raise part.error("has no duration", 'For example: duration = "2m".')
    return Stage(cast(float, duration), part.number("factor", 1.0, low=0))


def _guard(part: TomlSection) -> GuardLimits:
    default = GuardLimits()
    stated = {each.name for each in fields(GuardLimits)} - {"latency_window_s", "no_token_s"}
    part.only(frozenset({*stated, "enabled", "latency_window", "no_token"}))
    return GuardLimits(
        error_share=part.number("error_share", default.error_share, low=0, high=1),
        error_calls=part.integer("error_calls", default.error_calls, low=1),
        timeouts_in_a_row=part.integer("timeouts_in_a_row", default.timeouts_in_a_row, low=0),
        latency_factor=part.number("latency_factor", default.latency_factor, above=1),
        latency_window_s=_duration(part, "latency_window", default.latency_window_s),
        rate_limited_stops=part.integer("rate_limited_stops", default.rate_limited_stops, low=1),
        pause_s=part.number("pause_s", default.pause_s, low=1),
        no_token_s=_duration(part, "no_token", default.no_token_s),
    )


def _soak(part: TomlSection) -> Soak:
    part.only(frozenset({"every", "window", "total"}))
    default = Soak()
    made = Soak(
        every_s=_duration(part, "every", default.every_s),
        window_s=_duration(part, "window", default.window_s),
        total_s=_duration(part, "total", default.total_s),
    )
    if made.window_s > made.every_s:
        raise part.error("has a window longer than every", "A window starts every so often and must fit in.")
    return made


def _hours(part: TomlSection) -> AllowedHours:
    part.only(frozenset({"allow", "days", "timezone", "zone"}))
    return read_hours(part)


def _ramp(part: TomlSection) -> Ramp:
    part.only(frozenset({"step", "growth", "steps", "latency_factor", "error_share"}))
    default = Ramp()
    return Ramp(
        step_s=_duration(part, "step", default.step_s),
        growth=part.number("growth", default.growth, above=1, high=100),
        steps=part.integer("steps", default.steps, low=1, high=100),
        latency_factor=part.number("latency_factor", default.latency_factor, above=1),
        error_share=part.number("error_share", default.error_share, low=0, high=1),
    )


def _poll(part: TomlSection) -> Poll:
    part.only(
        frozenset(
            {"action", "job_id", "parameter", "status", "done", "failed", "cancelled", "every", "give_up"}
        )
    )
    for key in ("action", "job_id", "parameter", "status", "done"):
        if not part.has(key):
            raise part.error(f"has no {key}", "It needs action, job_id, parameter, status and done.")
    if not part.texts("done"):
        raise part.wrong("done", "is []", "Name the states that mean so: else no job could ever be done.")
    return Poll(
        action=str(_named(part, "action")),
        job_id=str(_named(part, "job_id")),
        parameter=str(_named(part, "parameter")),
        status=str(_named(part, "status")),
        done=part.texts("done"),
        failed=part.texts("failed"),
        cancelled=part.texts("cancelled"),
        every_s=_duration(part, "every", 2.0),
        give_up_s=_duration(part, "give_up", 600.0),
    )


def _duration(part: TomlSection, key: str, default: float | None) -> Any:
    if not part.has(key):
        return default
    value = seconds(part.value(key))
    if value is None or value <= 0:
        raise part.wrong_value(key, part.value(key), 'seconds or a text such as "90s", "10m", "1h30m"')
    return value


def _table(part: TomlSection, key: str) -> TomlSection:
    """Return a table; an empty one when it is not there."""
    return part.table(key) or TomlSection({}, f"{part.where}, [{key}]", UsageError)


def _named(part: TomlSection, key: str) -> str | None:
    """Return a text that is not empty, or None when the key is not there."""
    text = part.text(key, None)
    if text == "":
        raise part.wrong_value(key, text, "a text in quotes, not empty")
    return text
