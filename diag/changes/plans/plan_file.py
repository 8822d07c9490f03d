"""A plan as a file: JSON with `format_version` and a digest, so that exactly what was reviewed is applied."""

import hashlib
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from analysis.format.atomic_write import write_whole
from analysis.format.sample_schema import PLATFORM_MAX_TIMEOUT_S, PLATFORM_MIN_TIMEOUT_S
from diag.changes.errors import PlanFileError
from diag.changes.plans.plan import (
    FORMAT_VERSION,
    Change,
    Evidence,
    OrgIdentity,
    Plan,
    SkippedChange,
    Unchanged,
)
from diag.errors import why_unreadable

_NEW_PLAN = "Make a new one: diag recommend --out plan.json"

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def plan_digest(plan: Plan) -> str:
    """Return the SHA-256 (hex) that names this plan in the journal."""
    body = asdict(plan)
    for change in body["changes"]:
        # Not in the first plan files: those keep their digest.
        if change["evidence"] is not None and change["evidence"]["invented_share"] is None:
            del change["evidence"]["invented_share"]
    return _digest(body)


def plan_to_json(plan: Plan) -> str:
    """Return the text of a plan file."""
    body = {
        "format_version": FORMAT_VERSION,
        "kind": "diag plan",
        "digest": plan_digest(plan),
        **asdict(plan),
    }
    return json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file whole or not at all, readable by its owner only (mode 0600). Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, plan_to_json(plan), mode=0o600)


def read_plan(path: Path) -> Plan:
    """Return the plan in a file. Raises PlanFileError for anything else."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanFileError(f"{path} cannot be read: {why_unreadable(error)}.", hint=_NEW_PLAN) from error
    return plan_from_json(text, str(path))


def plan_from_json(text: str, where: str) -> Plan:
    """Return the plan in `text`; `where` names it in errors."""
    try:
        body: Any = json.loads(text)
    except ValueError as error:
        raise PlanFileError(f"{where} is damaged: {error}.", hint=_NEW_PLAN) from None
    if not isinstance(body, dict) or body.get("kind") != "diag plan":
        raise PlanFileError(f"{where} is not a plan of diag.", hint=_NEW_PLAN)
    if body.get("format_version") != FORMAT_VERSION:
        raise PlanFileError(
            f"{where} has format_version {body.get('format_version')!r}, this diag reads {FORMAT_VERSION}.",
            hint="Use the diag that wrote it, or make a new plan: diag recommend --out plan.json",
        )
    try:
        plan = Plan(
            created_at=float(body["created_at"]),
            org=_made(OrgIdentity, body["org"]),
            changes=tuple(_change(row) for row in body["changes"]),
            skipped=tuple(_made(SkippedChange, row) for row in body["skipped"]),
            unchanged=tuple(_made(Unchanged, row) for row in body["unchanged"]),
            origin=body["origin"],
            settings_digest=body["settings_digest"],
            run_ids=tuple(body["run_ids"]),
            weak=tuple(body["weak"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PlanFileError(
            f"{where} is damaged ({type(error).__name__}: {error}).", hint=_NEW_PLAN
        ) from None
    if plan_digest(plan) != body.get("digest"):
        raise PlanFileError(
            f"{where} was changed after it was made: its digest does not match.",
            hint="A plan is carried out exactly as it was reviewed. To set another number: diag set NAME "
            "--timeout SECONDS",
        )
    return plan


def _change(row: dict[str, Any]) -> Change:
    evidence = row["evidence"]
    if evidence is not None:
        evidence = _made(Evidence, {**evidence, "warnings": tuple(evidence["warnings"])})
    values = {**row, "evidence": evidence}
    change = _made(Change, values)
    for seconds in (change.before_timeout_s, change.after_timeout_s):
        if type(seconds) is not int or not PLATFORM_MIN_TIMEOUT_S <= seconds <= PLATFORM_MAX_TIMEOUT_S:
            raise ValueError(f"{seconds!r} is not a timeout of 1 to 60 s")
    return change


def _made(kind: type[T], row: dict[str, Any]) -> T:
    unknown = set(row) - {item.name for item in fields(kind)}
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]}")
    return kind(**row)


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, allow_nan=False).encode()).hexdigest()
