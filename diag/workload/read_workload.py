"""Reads a workload file. Every mistake is one sentence that says where, what, and what would be right."""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, cast, get_args

from analysis.errors import BadSettingError
from analysis.settings import RecommendSettings, with_overrides
from diag.errors import UsageError, why_unreadable
from diag.workload.load_shape import ARRIVALS, Arrivals, GuardLimits, Mode, Model, Poll, Ramp, Soak, Stage
from diag.workload.payload import Payload
from diag.workload.payload_files import read_payloads
from diag.workload.payloads import is_json, payload
from diag.workload.toml_section import TomlPart
from diag.workload.workload import MODES, WORKLOAD_VERSION, Workload, WorkloadEntry

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_TOP: Final = frozenset({"format_version", "run", "guard", "soak", "ramp", "stage", "action"})
_RUN: Final = frozenset(
    {"mode", "model", "arrivals", "seed", "duration", "calls_per_action", "rate", "max_in_flight",
     "exceed_limits", "allow_side_effects", "sla"}
)  # fmt: skip
_ACTION: Final = frozenset(
    {"id", "name", "category", "rate", "weight", "allow_side_effects", "payload", "payload_file",
     "generate", "recommend", "production_peak_rate", "poll"}
)  # fmt: skip


def read_workload(path: Path) -> Workload:
    """Return the workload of a file. Raises UsageError for anything that is not as it must be."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no workload file {path}.", hint=f"diag init {path} writes one."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read: {why_unreadable(error)}.",
            hint="Give a workload file (TOML); diag init writes one.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", hint="Fix that line.") from error
    return parse_workload(body, str(path), path.parent)


def parse_workload(body: Mapping[str, Any], where: str, folder: Path) -> Workload:
    """Return the workload of a parsed file; payload files are found from `folder`."""
    top = TomlPart(body, where)
    top.only(_TOP)
    version = top.number("format_version", WORKLOAD_VERSION, kind=int)
    if version != WORKLOAD_VERSION:
        top.wrong("format_version", version, f"this version of diag reads format {WORKLOAD_VERSION}")
    run = top.table("run")
    run.only(_RUN)
    entries = tuple(_entry(part, folder) for part in top.tables("action"))
    if not entries:
        raise UsageError(f"{where} names no action.", hint='Add one: [[action]] then name = "Get Customer".')
    return Workload(
        entries=entries,
        mode=cast(Mode, run.one_of("mode", MODES, "measure")),
        model=cast(Model, run.one_of("model", get_args(Model), "open")),
        arrivals=cast(Arrivals, run.one_of("arrivals", ARRIVALS, "poisson")),
        seed=run.number("seed", 1, kind=int),
        duration_s=_duration(run, "duration", None),
        calls_per_action=run.number("calls_per_action", None, kind=int, low=1),
        rate=run.number("rate", None, above=0),
        max_in_flight=run.number("max_in_flight", None, kind=int, low=1),
        exceed_limits=run.flag("exceed_limits"),
        allow_side_effects=run.flag("allow_side_effects"),
        stages=tuple(_stage(part) for part in top.tables("stage")),
        guard=_guard(top.table("guard")),
        guard_enabled=top.table("guard").flag("enabled", True) if "guard" in body else None,
        soak=_soak(top.table("soak")),
        ramp=_ramp(top.table("ramp")),
        sla=run.texts("sla"),
    )


def seconds(text: object) -> float | None:
    """Return the seconds of `90`, `"90s"`, `"10m"`, `"1h30m"`; None when it is none of these."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text) if math.isfinite(text) else None
    if not isinstance(text, str) or not text:
        return None
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def _entry(part: TomlPart, folder: Path) -> WorkloadEntry:
    part.only(_ACTION)
    named = [key for key in ("id", "name", "category") if key in part.body]
    if len(named) != 1:
        part.fail(
            "needs exactly one of id, name, category" + (f", not {' and '.join(named)}" if named else ""),
            'For example: name = "Get Customer", or a pattern: name = "Get *".',
        )
    entry = WorkloadEntry(
        id=part.text("id"),
        name=part.text("name"),
        category=part.text("category"),
        rate=part.number("rate", None, above=0),
        weight=part.number("weight", 1.0, above=0),
        allow_side_effects=part.flag("allow_side_effects"),
        payloads=_payloads(part, folder),
        generate=part.number("generate", None, kind=int, low=1, high=1000),
        recommend=_recommend(part),
        production_peak_rate=part.number("production_peak_rate", None, above=0),
        poll=_poll(part.table("poll")) if "poll" in part.body else None,
    )
    if entry.payloads and entry.generate is not None:
        part.fail("has payloads and generate", "Keep one of them.")
    return entry


def _payloads(part: TomlPart, folder: Path) -> tuple[Payload, ...]:
    made = []
    for number, inline in enumerate(part.tables("payload"), start=1):
        inline.only(frozenset({"label", "values"}))
        values = inline.mapping("values")
        for key, value in values.items():
            if not is_json(value):
                inline.fail(
                    f"values.{key} cannot be sent as JSON", "Write a date or time as text, in quotes."
                )
        made.append(payload(inline.text("label") or f"payload-{number}", values))
    file = part.text("payload_file")
    if file is not None:
        made += read_payloads(folder / file)
    return tuple(made)


def _recommend(part: TomlPart) -> Mapping[str, object]:
    stated = part.mapping("recommend")
    try:
        with_overrides(RecommendSettings(), stated)
    except BadSettingError as error:
        raise UsageError(f"{part.where}, recommend: {error.message}.", hint=error.hint) from None
    return dict(stated)


def _stage(part: TomlPart) -> Stage:
    part.only(frozenset({"duration", "factor"}))
    duration = _duration(part, "duration", None)
    if duration is None:
        part.fail("has no duration", 'For example: duration = "2m".')
    return Stage(cast(float, duration), part.number("factor", 1.0, low=0))


def _guard(part: TomlPart) -> GuardLimits:
    default = GuardLimits()
    stated = {one.name for one in fields(GuardLimits)} - {"latency_window_s", "no_token_s"}
    part.only(frozenset({*stated, "enabled", "latency_window", "no_token"}))
    return GuardLimits(
        error_share=part.number("error_share", default.error_share, low=0, high=1),
        error_calls=part.number("error_calls", default.error_calls, kind=int, low=1),
        timeouts_in_a_row=part.number("timeouts_in_a_row", default.timeouts_in_a_row, kind=int, low=0),
        latency_factor=part.number("latency_factor", default.latency_factor, above=1),
        latency_window_s=_duration(part, "latency_window", default.latency_window_s),
        rate_limited_stops=part.number("rate_limited_stops", default.rate_limited_stops, kind=int, low=1),
        pause_s=part.number("pause_s", default.pause_s, low=1),
        no_token_s=_duration(part, "no_token", default.no_token_s),
    )


def _soak(part: TomlPart) -> Soak:
    part.only(frozenset({"every", "window", "total"}))
    default = Soak()
    made = Soak(
        every_s=_duration(part, "every", default.every_s),
        window_s=_duration(part, "window", default.window_s),
        total_s=_duration(part, "total", default.total_s),
    )
    if made.window_s > made.every_s:
        part.fail("has a window longer than every", "A window starts every so often and must fit in.")
    return made


def _ramp(part: TomlPart) -> Ramp:
    part.only(frozenset({"step", "growth", "steps", "latency_factor", "error_share"}))
    default = Ramp()
    return Ramp(
        step_s=_duration(part, "step", default.step_s),
        growth=part.number("growth", default.growth, above=1, high=100),
        steps=part.number("steps", default.steps, kind=int, low=1, high=100),
        latency_factor=part.number("latency_factor", default.latency_factor, above=1),
        error_share=part.number("error_share", default.error_share, low=0, high=1),
    )


def _poll(part: TomlPart) -> Poll:
    part.only(
        frozenset(
            {"action", "job_id", "parameter", "status", "done", "failed", "cancelled", "every", "give_up"}
        )
    )
    for key in ("action", "job_id", "parameter", "status", "done"):
        if key not in part.body:
            part.fail(f"has no {key}", "It needs action, job_id, parameter, status and done.")
    if not part.texts("done"):
        part.wrong("done", [], "no job could ever be done: name the states that mean it is")
    return Poll(
        action=str(part.text("action")),
        job_id=str(part.text("job_id")),
        parameter=str(part.text("parameter")),
        status=str(part.text("status")),
        done=part.texts("done"),
        failed=part.texts("failed"),
        cancelled=part.texts("cancelled"),
        every_s=_duration(part, "every", 2.0),
        give_up_s=_duration(part, "give_up", 600.0),
    )


def _duration(part: TomlPart, key: str, default: float | None) -> Any:
    if key not in part.body:
        return default
    value = seconds(part.body[key])
    if value is None or value <= 0:
        part.wrong(key, part.body[key], 'use seconds or a text such as "90s", "10m", "1h30m"')
    return value
