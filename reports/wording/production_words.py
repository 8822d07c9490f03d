"""What production says of an action, in sentences, for the texts that have no page."""

from analysis.views.summary import ProductionFinding
from reports.wording import numbers


def production_sentences(found: ProductionFinding) -> tuple[str, ...]:
    """Return how much was seen, whether a test resembles it, and whether the timeout still fits."""
    seen = numbers.plural(found.executions, "execution")
    texts = [f"{seen} in {numbers.plural(found.hours, 'hour')} with any."]
    if found.resemblance is not None:
        texts.append(f"Test against production: {found.resemblance.verdict}; {found.resemblance.reason}.")
    fits = {"fits": "yes", "drifted": "no"}.get(found.drift.verdict, found.drift.verdict)
    texts.append(f"Does the timeout still fit? {fits}; {found.drift.reason}.")
    texts += [f"{remark[:1].upper()}{remark[1:]}." for remark in found.remarks]
    return tuple(texts)
