"""What a campaign cannot answer is said with what would."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from analysis.coverage.hours_seen import hours_seen
from analysis.coverage.week_of_hours import stated_week
from diag.campaign.saved import GoneAction
from diag.campaign.standing import ended
from diag.campaign.unreached_hours import UnreachedHours
from diag.tuning.campaign_warnings import (
    back_lines,
    changed_lines,
    gone_lines,
    probe_lines,
    put_off_line,
    reach_lines,
    unread_lines,
)
from tests.support.campaigns import action, before, campaign

OFFICE: Final = stated_week(["mon-fri 08:00-18:00"], "Europe/Berlin")
NOTHING: Final = hours_seen(np.zeros(0, np.int64), np.zeros(0, np.bool_), OFFICE, "Europe/Berlin")
ONE: Final = UnreachedHours("orders", "Get Orders", NOTHING, OFFICE, None, True)
WHEN: Final = "90 % of production's calls come between 08:00 and 17:00 (Europe/Berlin)"


def test_nothing_is_said_where_all_is_reached() -> None:
    assert reach_lines((), 3) == []


def test_hours_that_could_not_be_read_are_said_and_those_that_are_stated_are_not_among_them() -> None:
    plan = campaign(action("orders"), action("stock"))
    (line,) = unread_lines(plan)

    assert line.startswith("When production calls orders, stock could not be read; each window asks again.")
    (line,) = unread_lines(replace(plan, stated_weeks={"orders": OFFICE}))
    assert line.startswith("When production calls stock could not be read")
    assert unread_lines(replace(plan, stated_weeks={"orders": OFFICE, "stock": OFFICE})) == []
    assert unread_lines(replace(plan, production_weeks={})) == []


def test_one_action_by_name_with_when_production_calls_it_and_what_would_do() -> None:
    (line,) = reach_lines([ONE], 3)

    assert line == (
        "Get Orders cannot be lowered by this campaign, and stays open to its end: no window comes in the "
        "hours of 100 % of production's calls, and at most a third may be missing. "
        f"Get Orders: as stated, {WHEN}. "
        "What would do: allow some of those hours in [hours] of the workload."
    )


@pytest.mark.parametrize(
    ("one", "another", "says"),
    [
        (replace(ONE, reached_in_s=3 * 86_400.0, only_by_hours=False), None, "What would do: --over 3d."),
        (replace(ONE, reached_in_s=12 * 3600.0, only_by_hours=False), None, "What would do: --over 12h."),
        (replace(ONE, reached_in_s=3 * 86_400.0), None, "of the workload and --over 3d."),
        (replace(ONE, only_by_hours=False), None, "No span up to 14 days reaches them."),
        (ONE, "diag tune --folder f", "What would do, in another campaign (diag tune --folder f): allow"),
    ],
)
def test_what_would_do_is_a_flag_or_a_line_of_the_workload(
    one: UnreachedHours, another: str | None, says: str
) -> None:
    (line,) = reach_lines([one], 1, another)

    assert says in line


def test_many_are_counted_and_those_alike_are_named_together() -> None:
    many = [replace(ONE, action_id=f"a{number}", name=f"Get {number}") for number in range(12)]
    (line,) = reach_lines(many, 14)

    assert line.startswith("12 of 14 actions cannot be lowered by this campaign, and stay open")
    assert f"Get 0, Get 1, Get 2 and 9 more: as stated, {WHEN}." in line


def test_what_is_gone_and_what_a_probe_would_see_are_named() -> None:
    standings = before(campaign(action("orders"), action("stock"), action("rest")))
    standings["orders"] = ended(standings["orders"], GoneAction("it was deleted"))
    standings["stock"] = replace(standings["stock"], done="hidden", probe="diag measure --probe")
    names = {"orders": "Orders", "stock": "Stock", "rest": "Rest"}

    assert gone_lines(standings, names) == ["Orders: called no more: it was deleted"]
    assert probe_lines(standings, names) == [
        "Stock: its timeout hides the answer from every window. To see it: diag measure --probe"
    ]


def test_what_is_there_again_and_a_window_that_was_put_off_are_one_sentence_each() -> None:
    assert back_lines([]) == []
    assert back_lines(["Orders"]) == ["Orders: it is there again, and is called again"]
    assert put_off_line("No network.", made_up_for=True).endswith("No network. It is made up for.")
    assert "made up for" not in put_off_line("No network.", made_up_for=False)


def reached(share: float) -> UnreachedHours:
    return replace(ONE, hours=replace(NOTHING, share=share))


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ([0.6], "in the hours of 40 % of production's calls"),
        ([0.665], "in the hours of 34 % of production's calls"),  # more than a third, also when rounded
        ([0.6, 0.6], "in the hours of 40 % of production's calls"),
        ([0.6, 0.0, 0.3], "in the hours of 40 to 100 % of production's calls"),
    ],
)
def test_what_no_window_reaches_is_said_as_a_share(shares: list[float], says: str) -> None:
    (line,) = reach_lines([reached(share) for share in shares], 3)

    assert f"no window comes {says}, and at most a third may be missing" in line


def test_what_changed_while_it_was_measured_is_named() -> None:
    standings = before(campaign(action("orders"), action("stock")))
    standings["stock"] = replace(standings["stock"], changed="p99 rose from 1 s to 3 s at noon.")

    (line,) = changed_lines(standings, {"orders": "Orders", "stock": "Stock"})
    assert line == "Stock: p99 rose from 1 s to 3 s at noon."
