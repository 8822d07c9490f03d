"""The result of a campaign: verdicts, plan, reports; and the plan carried out, where that was asked for."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.format.atomic_write import write_whole
from analysis.name_lists import first_names
from analysis.typed_command import apply_plan, path_to_type
from analysis.verdicts.evidence_to_set import will_be_set
from analysis.verdicts.measured_first import measured_first
from analysis.verdicts.recommendation import Analysis, Recommendation
from diag import __version__
from diag.campaign.judged_together import judged_together
from diag.campaign.saved import Saved
from diag.campaign.standing import Standing
from diag.flows.add_to_report import with_flows
from diag.interaction.show_analysis import show_analysis
from diag.judged_files import RunEvidence, report_data
from diag.production.drift_and_resemblance import findings_of
from diag.production.production_evidence import ProductionEvidence
from diag.production.report_series import production_page, with_history, with_production
from diag.production.saved_evidence import read_evidence
from diag.tuning.apply_plan_once import give_plan
from diag.tuning.campaign_text import MOST_NAMED, open_lines
from diag.tuning.campaign_warnings import gone_lines
from diag.tuning.tune_context import TuneContext
from reports.pages.report_page import build_report
from reports.wording.verdict_words import wording_of

MOST_WITH_A_SENTENCE: Final = 3
"""Actions that were not called whose sentence stands in the report of those that were; more are named."""


def give_result(
    context: TuneContext, saved: Saved, reached: Mapping[str, Standing], *, again: bool = False
) -> None:
    """Show the verdicts, write plan and reports, and apply the plan where that was asked for; `again`: it was
    over before.

    Raises what carrying a plan out raises, and DiagError for an action that could not be read.
    """
    console, folder = context.console, context.folder
    if again:
        console.note(f"This campaign was over before; its result again. For another one: {folder.another}")
    production = read_evidence(folder.production)
    windows = folder.windows()
    measured = judged_together(
        windows,
        saved.question.settings,
        detail=True,
        asked=replace(context.asked, calls=tuple(str(window.path) for window in windows)),
        zone=context.settings.zone,
    )
    to_apply = apply_plan(str(folder.plan), context.asked.org)
    production = replace(production, analysis=_set_by(production.analysis, to_apply))
    analysis = production.analysis
    if measured is not None:
        measured = replace(measured, analysis=_set_by(measured.analysis, to_apply))
        analysis = measured_first(measured.analysis, analysis)
    to_set = None if context.options.do_apply else to_apply
    show_analysis(console, analysis, to_set=to_set, brief=True)
    if saved.campaign is not None:
        names = {one.action_id: one.name for one in saved.campaign.actions}
        for line in (*open_lines(reached, names), *gone_lines(reached, names)):
            console.note(line)
    reports = _write_reports(context, measured, production, analysis, to_apply)
    for path in reports:
        console.note(f"Report: {path_to_type(path)}")
    context.outlets.judged(saved, folder, reached, analysis)
    become = give_plan(context, analysis)
    context.outlets.over(saved, folder, analysis, become, next(iter(reports), None))


def not_called_notes(both: Analysis, measured: Analysis, page: str) -> tuple[str, ...]:
    """Return what production says of the actions that were not called, in the order of `both` analyses.

    Whoever is sent the report of the calls may get no other. `page`: the report that draws these actions.
    """
    called = {row.action_id for row in measured.actions}
    others = [row for row in both.actions if row.action_id not in called]
    notes = [_not_called_note(row) for row in others[:MOST_WITH_A_SENTENCE]]
    if rest := [f"{one.action_name} ({wording_of(one).word})" for one in others[MOST_WITH_A_SENTENCE:]]:
        notes.append(f"Not called either, judged by production in {page}: {first_names(rest, MOST_NAMED)}.")
    return tuple(notes)


def _not_called_note(row: Recommendation) -> str:
    """The head of the report counts it; the table below shows only what was called."""
    planned = " The plan sets it, too." if will_be_set(row) else ""
    return f"{row.action_name} (not called): {row.reason}{planned}"


def _set_by(analysis: Analysis, command: str) -> Analysis:
    """Return the analysis with the command that carries the plan out, where its numbers can be set."""
    return replace(
        analysis,
        actions=tuple(
            replace(row, next_command=command) if will_be_set(row) else row for row in analysis.actions
        ),
    )


def _write_reports(
    context: TuneContext,
    measured: RunEvidence | None,
    production: ProductionEvidence,
    both: Analysis,
    to_set: str,
) -> list[Path]:
    """Write the report of what was measured, with production beside it, and that of production alone.

    The head of the first counts `both`, as the terminal and the plan do.
    """
    folder, zone = context.folder, context.settings.zone
    rules = production.analysis.settings
    findings = findings_of(production.observed, rules)
    written = []
    if measured is not None:
        notes = not_called_notes(both, measured.analysis, folder.production_report.name)
        data = replace(report_data(measured, notes=notes, zone=zone), counted=both.actions, to_set=to_set)
        data = with_production(data, production, findings, rules, to_compare=False)
        data = with_history(data, context.settings)
        data = with_flows(data, context.settings.runs)
        write_whole(folder.report, build_report(data))
        written.append(folder.report)
    if production.observed:
        page = production_page(production, findings, {}, version=__version__, zone=zone)
        page = with_history(replace(page, to_set=to_set), context.settings)
        page = with_flows(page, context.settings.runs)
        path = folder.report if measured is None else folder.production_report
        write_whole(path, build_report(page))
        written.append(path)
    return written
