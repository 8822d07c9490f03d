"""What production says of an action, in sentences: the same on the page, in Markdown and on a terminal."""

from dataclasses import dataclass

from analysis.number_words import plural
from analysis.views.summary import ProductionFinding
from reports.wording.traced_text import TracedText, traced, traced_number

_AT = "summary/production"


@dataclass(frozen=True, slots=True)
class ProductionAnswer:
    """A question, its answer in a word or two, and the reason, which is a sentence without its full stop."""

    question: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProductionWords:
    """What telemetry says of one action. The numbers in `seen` are traced to the action's entry."""

    seen: TracedText
    findings: tuple[ProductionAnswer, ...]
    remarks: tuple[str, ...]
    """Exactly as in the JSON: without a capital letter and a full stop."""

    def sentences(self) -> tuple[str, ...]:
        """Return everything as plain sentences, for texts without markup."""
        answered = (f"{one.question} {one.answer}: {one.reason}." for one in self.findings)
        remarks = (f"{remark[:1].upper()}{remark[1:]}." for remark in self.remarks)
        return (self.seen, *answered, *remarks)


def production_words(finding: ProductionFinding) -> ProductionWords:
    """Return how much was seen, whether a test resembles it, and whether the timeout cuts off too many.

    Whether it fits is the verdict's to say: a timeout may cut off few, and still leave too little margin.
    """
    findings = []
    if finding.resemblance is not None:
        resemblance = finding.resemblance
        findings.append(ProductionAnswer("Test against production:", resemblance.verdict, resemblance.reason))
    more = {"fits": "no", "drifted": "yes"}.get(finding.drift.verdict, finding.drift.verdict)
    findings.append(ProductionAnswer("Is more cut off than accepted?", more, finding.drift.reason))
    return ProductionWords(
        seen=traced(
            "{} in {} with traffic.",
            traced_number(plural(finding.executions, "execution"), finding.executions, f"{_AT}/executions"),
            traced_number(plural(finding.hours, "hour"), finding.hours, f"{_AT}/hours"),
        ),
        findings=tuple(findings),
        remarks=finding.remarks,
    )
