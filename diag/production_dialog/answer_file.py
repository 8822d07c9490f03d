"""What production says, as the text of a file: JSON, CSV, Markdown, or the page."""

from dataclasses import replace

from analysis.plain_text import json_text
from analysis.samples.sample_set import SampleSet
from diag.production_dialog.answer import Answer
from diag.settings import Settings
from reports.report_data import ReportData


def answer_as_text(answer: Answer, test: SampleSet | None, form: str, settings: Settings) -> str:
    """Return the answer as json, csv, md or html (`form`); `test` is what it is compared with."""
    if form == "json":
        from diag.production.saved_evidence import to_json

        return json_text(to_json(answer.evidence, answer.findings), indent=1) + "\n"
    if form == "csv":
        from reports.exports.csv import build_csv

        return build_csv(answer.evidence.analysis)
    from diag.flows.add_to_report import with_flows
    from diag.production.report_series import with_history

    data = with_flows(with_history(page_of(answer, test, settings.zone), settings), settings.runs)
    if form == "md":
        from reports.exports.markdown import build_markdown

        return build_markdown(data)
    from reports.pages.report_page import build_report

    return build_report(data)


def page_of(answer: Answer, test: SampleSet | None, zone: str | None) -> ReportData:
    """Return what the report shows of production, with the curve of the test beside it."""
    from analysis.verdicts.recommend import recommend
    from analysis.views.summarise import summarise
    from diag import __version__
    from diag.production.report_series import production_page

    tests = {}
    if test is not None:  # its curve is the one its own verdict rests on
        rules = answer.evidence.analysis.settings
        tests = summarise(test, rules, recommend(test, settings=rules).waiting)
    page = production_page(
        answer.evidence,
        answer.findings,
        tests,
        version=__version__,
        zone=zone,
        source=answer.source or None,
    )
    return replace(page, to_set=answer.to_set)
