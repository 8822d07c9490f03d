"""A plan as a file: JSON with `format_version` and a digest, so that exactly what was reviewed is applied."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal, TypedDict

from analysis.dataclass_to_json import Written
from analysis.format.atomic_write import write_whole
from analysis.format.input_file import InputFile
from analysis.format.json_to_dataclass import WrongShapeError, other_version, typed
from analysis.format.json_within_limits import UnfitJsonError, parse_json
from analysis.plain_text import json_text
from diag.changes.change_errors import PlanFileError
from diag.changes.plans.plan import FORMAT_VERSION, Plan

_NEW_PLAN: Final = "Make a new one: diag recommend --out plan.json"
_LATER_EVIDENCE: Final = (
    ("invented_share", None),
    ("percentile", 0.99),
    ("promised_share", None),
    ("source", "test"),
)


class PlanHead(TypedDict):
    """What a plan file says of itself."""

    format_version: Literal[1]
    kind: Literal["diag plan"]
    digest: str
    """Over the whole plan (SHA-256): one that was edited is refused."""


PLAN_WRITTEN: Final = Written(Plan, added=(PlanHead,))


def plan_digest(plan: Plan) -> str:
    """Return the SHA-256 (hex) that names this plan in the journal."""
    body = asdict(plan)
    # Not in the first plan files: those keep their digest.
    _drop_empty(body, "flow_waits")
    for change in body["changes"]:
        _drop_empty(change, "flow_warnings")
        evidence = change["evidence"] or {}
        for name, unsaid in _LATER_EVIDENCE:
            if name in evidence and evidence[name] == unsaid:
                del evidence[name]
    return _digest(body)


def _drop_empty(body: dict[str, Any], name: str) -> None:
    if not body[name]:
        del body[name]


def plan_to_json(plan: Plan) -> str:
    """Return the text of a plan file."""
    head: PlanHead = {"format_version": FORMAT_VERSION, "kind": "diag plan", "digest": plan_digest(plan)}
    return json_text({**head, **PLAN_WRITTEN.of(plan)}, indent=1, readable=True) + "\n"


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan file whole or not at all, readable by its owner only (mode 0600). Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, plan_to_json(plan), mode=0o600)


def read_plan(path: Path) -> Plan:
    """Return the plan in a file. Raises PlanFileError for anything else."""
    return _plan(InputFile(path, PlanFileError, _NEW_PLAN).json(), str(path))


def plan_from_json(text: str, where: str) -> Plan:
    """Return the plan in `text`; `where` names it in errors."""
    try:
        return _plan(parse_json(text), where)
    except UnfitJsonError as error:
        raise PlanFileError(f"{where} {error}.", hint=_NEW_PLAN) from None


def _plan(body: object, where: str) -> Plan:
    if not isinstance(body, dict) or body.get("kind") != "diag plan":
        raise PlanFileError(f"{where} is not a plan of diag.", hint=_NEW_PLAN)
    if other := other_version(body, FORMAT_VERSION):
        raise PlanFileError(
            f"{where} {other}.",
            hint="Use the diag that wrote it, or make a new plan: diag recommend --out plan.json",
        )
    given = {name: value for name, value in body.items() if name not in PlanHead.__annotations__}
    try:
        plan = typed(Plan, given, closed=True)
    except WrongShapeError as error:
        raise PlanFileError(f"{where} is damaged: {error}.", hint=_NEW_PLAN) from None
    if plan_digest(plan) != body.get("digest"):
        raise PlanFileError(
            f"{where} was changed after it was made: its digest does not match.",
            hint="A plan is carried out exactly as it was reviewed. To set another number: diag set NAME "
            "--timeout SECONDS",
        )
    return plan


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, allow_nan=False).encode()).hexdigest()
