"""Whose verdicts go into the configuration: those of runs, of production, or of production beside runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.format.manifest import Manifest
from analysis.machine.command_words import joined
from analysis.name_lists import first_names
from analysis.number_words import noun, plural
from analysis.recommend_settings import RecommendSettings
from analysis.runs.campaign_windows import CAMPAIGN_NAME
from analysis.typed_command import Asked, path_to_type, rule_flags
from analysis.verdicts.evidence_to_set import will_be_set
from analysis.verdicts.measured_first import measured_first
from analysis.verdicts.recommendation import Analysis
from diag.campaign.folder import CampaignFolder
from diag.changes.plans.plan import OrgIdentity, org_noted_in
from diag.errors import UsageError
from diag.judged_files import RunEvidence
from diag.production.production_evidence import ProductionEvidence
from diag.production.saved_evidence import read_evidence


@dataclass(frozen=True, slots=True)
class EvidenceToEdit:
    """Verdicts, the org they are about (None: they do not say, or are of several), and what was asked."""

    analysis: Analysis
    org: OrgIdentity | None
    asked: Asked
    called: bool = True
    """False: production alone says it, and there is no run to name."""
    further: str | None = None
    """What else could be edited in, as a sentence."""


def evidence_of_runs(runs: RunEvidence, inputs: Sequence[Path] = ()) -> EvidenceToEdit:
    """Return what was measured in these inputs."""
    org, further = measured_org(runs.samples.manifests), left_to_production(inputs, runs)
    return EvidenceToEdit(runs.analysis, org, runs.asked, further=further)


def evidence_of_production(saved: Path, rules: RecommendSettings, asked: Asked) -> EvidenceToEdit:
    """Return what production alone says, as `diag observe` saved it. Raises UsageError for other rules."""
    production = _judged_by(rules, saved, asked)
    return EvidenceToEdit(production.analysis, org_noted_in(production.place), asked, called=False)


def with_production(runs: RunEvidence, saved: Path, rules: RecommendSettings) -> EvidenceToEdit:
    """Return what was measured, and for every action that was not, what production says.

    Raises UsageError where they are of two orgs, or were judged by two rules.
    """
    measured, production = evidence_of_runs(runs), _judged_by(rules, saved, runs.asked)
    org = org_noted_in(production.place)
    if org is None or measured.org is None or _place(org) != _place(measured.org):
        raise UsageError(
            f"The runs are of {_name(measured.org)}, and {saved} is of {_name(org)}.",
            hint="Give runs and an observation of one org.",
        )
    return EvidenceToEdit(measured_first(measured.analysis, production.analysis), org, measured.asked)


def left_to_production(inputs: Sequence[Path], runs: RunEvidence) -> str | None:
    """Return what the campaigns named have from production and not from calls, as a sentence; None: nothing.

    `diag tune --apply` sets those numbers, too."""
    known = {row.action_id for row in runs.analysis.actions}
    for saved in (CampaignFolder(path).production for path in inputs if (path / CAMPAIGN_NAME).is_file()):
        if saved.is_file():
            rows = read_evidence(saved).analysis.actions
            names = [row.action_name for row in rows if will_be_set(row) and row.action_id not in known]
            if names:
                return (
                    f"Production settled {plural(len(names), 'timeout')} more ({first_names(names, 3)}). "
                    f"To edit {noun(len(names), 'it', 'them')} in, too: --production {path_to_type(saved)}"
                )
    return None


def measured_org(runs: Sequence[Manifest]) -> OrgIdentity | None:
    """Return the one org that runs were measured in; None where they name none, or several."""
    orgs = {(run.org_id, run.host) for run in runs}
    return org_noted_in(runs[0]) if len(orgs) == 1 else None


def _judged_by(rules: RecommendSettings, saved: Path, asked: Asked) -> ProductionEvidence:
    """Numbers by two rules in one edit would be answers to two questions."""
    production = read_evidence(saved)
    theirs = production.analysis.settings
    if theirs != rules:
        again = joined(["diag", "observe", *rule_flags(rules, asked.cut_off), "-o", str(saved)])
        flags = joined(rule_flags(theirs)) or "the usual ones"
        raise UsageError(
            f"{saved} was judged by other rules ({flags}) than are asked for here.",
            hint=f"Give the same rules here, or judge production anew: {again}",
        )
    return production


def _place(org: OrgIdentity) -> tuple[str, str]:
    return org.org_id, org.host


def _name(org: OrgIdentity | None) -> str:
    return "an org not named there" if org is None else f"org {org.org_name} ({org.host})"
