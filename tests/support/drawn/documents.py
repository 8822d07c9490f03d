"""Which schemas there are: each names the type that a writer fills, and what writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import isfunction
from itertools import pairwise
from typing import Annotated, Any, Final

from analysis.dataclass_to_json import JsonObject
from analysis.format.manifest import MANIFEST_WRITTEN
from analysis.verdicts.analysis_json import AnalysisJson
from diag.audits.org_history import OrgHistoryJson
from diag.audits.scan_json import ScanJson
from diag.campaign.saved import CAMPAIGN_WRITTEN
from diag.changes.journal.history_json import HistoryOfJournal
from diag.changes.journal.journal_line import LINE_WRITTEN
from diag.changes.plans.plan_file import PLAN_WRITTEN
from diag.checks.rules import CheckJson
from diag.definitions.definition_form import FORM
from diag.doctor.check import ChecksJson
from diag.exported_view.export_json import ExportJson
from diag.learning_dialog.result_words import LearnJson
from diag.notifying.message_body import MessageJson
from diag.production.promises.watch_words import WatchJson
from diag.production.saved_evidence import ObservationJson
from diag.workload.tables.workload_file import WorkloadTable
from reports.pages.compare_keys import CompareJson
from reports.pages.index_keys import IndexJson
from reports.pages.report_keys import ReportJson
from tests.support.drawn.form_schema import platform_schema, settings_schema, table_schema
from tests.support.drawn.type_schema import Schema, SchemaMaker


@dataclass(frozen=True, slots=True)
class Document:
    """One schema: its name, what it describes in a few words, and the type it is drawn from.

    `kind`: the type; or a function that returns the schema: a third of a second, in each process that may
    hold an output to one.
    `verb`, `flag`: which command prints it; a flag that is not named here changes nothing. `kept`: it is
    a file, which an older diag may have written: fields that have a default may be missing.
    """

    name: str
    title: str
    kind: Any
    verb: str | None = None
    flag: str | None = None
    kept: bool = False

    def schema(self) -> Schema:
        """Return what is checked in."""
        kind = self.kind() if isfunction(self.kind) else self.kind
        body = kind if isinstance(kind, dict) else SchemaMaker(not self.kept).document(kind)
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:genesys-diag:schema:{self.name}",
            "title": self.title,
            **body,
        }


_PLAN = Annotated[JsonObject, PLAN_WRITTEN]
_MANIFEST = Annotated[JsonObject, MANIFEST_WRITTEN]
_CAMPAIGN = Annotated[JsonObject, CAMPAIGN_WRITTEN]
_LINE = Annotated[JsonObject, LINE_WRITTEN]


def _workload_schema() -> Schema:
    return table_schema(WorkloadTable)


DOCUMENTS: Final[Sequence[Document]] = (
    Document("workload", "A workload file (TOML): diag init", _workload_schema),
    Document("settings", "diag.toml, and ~/.config/diag/config.toml", settings_schema),
    Document("platform", "platform.toml: diag doctor --learn", platform_schema),
    Document("plan", "A plan file: diag recommend --out plan.json", _PLAN, kept=True),
    Document("manifest", "manifest.json of a run", _MANIFEST, kept=True),
    Document("journal-line", "One line of runs/journal.jsonl", _LINE, kept=True),
    Document("campaign", "campaign.json of a campaign (diag tune)", _CAMPAIGN, kept=True),
    Document("message", "What --notify posts to a webhook of another kind than Slack and Teams", MessageJson),
    Document("action", "An action as a file: diag export, diag register", FORM, "export"),
    Document(
        "recommendations",
        "diag recommend --format json, and recommendations.json of a run",
        AnalysisJson,
        "recommend",
    ),
    Document("report", "diag report --format json", ReportJson, "report"),
    Document("report-index", "diag report --all --format json", IndexJson, "report", "--all"),
    Document("compare", "diag compare --format json", CompareJson, "compare"),
    Document("check", "diag check --format json", CheckJson, "check"),
    Document("scan", "diag scan --format json", ScanJson, "scan"),
    Document("observe", "diag observe --format json", ObservationJson, "observe"),
    Document("observe-export", "diag observe --from FILE --format json", ExportJson, "observe", "--from"),
    Document("watch", "diag watch --format json", WatchJson, "watch"),
    Document("history", "diag history --format json", HistoryOfJournal, "history"),
    Document("history-org", "diag history --org --format json", OrgHistoryJson, "history", "--org"),
    Document("doctor", "diag doctor --format json", ChecksJson, "doctor"),
    Document("doctor-learn", "diag doctor --learn --format json", LearnJson, "doctor", "--learn"),
)


def printed_by(arguments: Sequence[str]) -> str | None:
    """Return the name of the schema of what a command prints as JSON; None: it prints none."""
    verb, *rest = arguments
    of_verb = [one for one in DOCUMENTS if one.verb == verb]
    if not of_verb or (verb != "export" and not _asks_for_json(rest)):
        return None
    return max(of_verb, key=lambda one: 0 if one.flag is None else 2 * (one.flag in rest) - 1).name


def _asks_for_json(rest: Sequence[str]) -> bool:
    return "--format=json" in rest or ("--format", "json") in pairwise(rest)
