"""What to do now, with the command that sets what this report recommends, judged as this report was."""

from analysis.machine.command_words import one_after_the_other
from reports.report_data import ReportData
from reports.wording.what_now import ToDo, what_now


def next_steps(data: ReportData) -> tuple[ToDo, ...]:
    """Return the steps under the headline, at most three."""
    again = "" if data.source is None else f"{data.source} "
    to_set = f"diag recommend {again}--apply"
    if data.from_production:
        to_set = one_after_the_other(f"diag observe {again}--out plan.json", "diag apply plan.json")
    return what_now(data.in_head, data.to_set or to_set)
