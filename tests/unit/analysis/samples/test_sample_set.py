"""What several runs know of an action, together."""

import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.action_facts import ActionFacts, ProductionWeek
from analysis.format.manifest import Manifest
from analysis.samples.sample_set import SampleSet
from tests.support.sample_tables import calls, lognormal

NIGHTS = stated_week(["01:00-05:00"], "UTC")
DAYS = stated_week(["08:00-18:00"], "UTC")
Known = tuple[ProductionWeek | None, bool | None]


@pytest.mark.parametrize(
    ("runs", "known"),
    [
        ([(NIGHTS, True), (DAYS, True)], (DAYS, True)),
        ([(NIGHTS, True), (None, False)], (NIGHTS, True)),  # the network was gone: nothing was taken back
        ([(NIGHTS, None), (None, None)], (NIGHTS, None)),
        ([(NIGHTS, True), (None, True)], (None, True)),  # seldom called since
        ([(None, True), (None, False)], (None, True)),
        ([(None, False), (NIGHTS, True)], (NIGHTS, True)),
    ],
)
def test_what_one_run_learnt_of_productions_hours_is_not_lost_to_one_that_could_not_read_them(
    runs: list[Known], known: Known
) -> None:
    manifests = tuple(
        Manifest(
            *(f"r{number}", 1000.0 + number, "complete", True, "h", "open"),
            (ActionFacts("a", current_timeout_s=number, production_week=week, production_read=read),),
        )
        for number, (week, read) in enumerate(runs, start=1)
    )
    found = SampleSet(calls(lognormal(5, 2.0, 1)), manifests=manifests[::-1]).facts()["a"]

    assert (found.production_week, found.production_read) == known
    assert found.current_timeout_s == len(runs)  # of everything else the newest
