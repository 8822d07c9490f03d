"""What production says beside the verdict does not contradict it."""

from analysis.production.timeout_still_fits import Drift
from analysis.views.summary import ProductionFinding
from diag.production.drift_and_resemblance import Finding
from reports.wording.production_words import production_words

FEW = Drift("fits", "0.052 % of executions reach 4 s (accepted: 1 %)", 0.0005, 0.0002, 0.001)


def test_a_timeout_that_cuts_off_few_is_not_said_to_fit() -> None:
    """It may leave too little margin, and is to be raised."""
    (_, answer) = production_words(ProductionFinding(3843, 168, 0.0, 604_800.0, FEW)).sentences()

    assert answer == f"Is more cut off than accepted? no: {FEW.reason}."
    (line,) = Finding(FEW).lines(changed=True)
    assert line == f"since it was last changed, no more is cut off than accepted: {FEW.reason}"
