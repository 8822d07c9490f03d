"""What a campaign costs is said whole: the calls, and what each window begins with."""

from functools import cache

import pytest

from analysis.number_words import plural
from analysis.typed_command import Asked
from diag.campaign.forecast import CampaignForecast, forecast
from diag.campaign.saved import NotCalled
from diag.campaign.what_to_measure import Prepared, ToMeasure
from diag.campaign.when_next_window import next_slot
from diag.campaign.windows_judged import before_any_call
from diag.tuning.campaign_text import Requests, cost_lines, look_lines, why_lines
from tests.support.campaigns import action, campaign

PLAN = campaign(*(action(f"a{number}") for number in range(25)))
BEGINNING = 30


@cache
def whole() -> CampaignForecast:
    return forecast(PLAN, before_any_call(PLAN), next_slot(PLAN, 0, PLAN.began_at))


def costs(plan: CampaignForecast) -> str:
    return "\n".join(cost_lines(PLAN, Prepared((), ()), plan, plan, Requests(40, BEGINNING), None, Asked()))


@pytest.mark.slow
def test_calls_and_what_windows_begin_with_are_added_up() -> None:
    coming = whole()
    calls, beginnings = sum(coming.calls.values()), coming.windows * BEGINNING

    assert beginnings > calls > 5000
    assert (
        f"each window begins with at most {BEGINNING} more. That is up to {calls + beginnings:,} in all: "
        f"{calls:,} calls, and {beginnings:,} with which {plural(coming.windows, 'window')} begin."
    ) in costs(coming)


@pytest.mark.slow
def test_the_beginning_of_a_window_is_in_the_requests_a_minute() -> None:
    coming = forecast(PLAN, before_any_call(PLAN), next_slot(PLAN, 0, PLAN.began_at))

    assert coming.most_calls >= 25 and coming.a_minute <= min(coming.most_calls, 60 * coming.peak + 1)
    assert (
        f"At most {BEGINNING + coming.a_minute} requests a minute of the token's 300, a window's beginning "
        "included (on average "
    ) in costs(coming)


def whys(*given: str) -> list[str]:
    measured = (ToMeasure(action(f"a{number}"), why) for number, why in enumerate(given))
    return why_lines(Prepared(tuple(measured), ()))


def test_why_actions_are_measured_is_said_once_for_each_reason() -> None:
    assert whys("no execution.") == ["Why: no execution."]
    assert whys("none", "none") == ["Why all: none."]
    assert whys("none", "few") == ["Why a0: none.", "Why a1: few."]
    assert whys("none", "none", "few", "none", "none") == ["Why a2: few.", "Why the others: none."]
    assert whys(*["none"] * 4, *["few"] * 4) == ["Why a0, a1, a2, a3: none.", "Why the others: few."]


def test_what_diag_has_set_is_said_with_the_reason_and_how_to_call_it_all_the_same() -> None:
    def not_called(*names: str) -> str:
        each = tuple(NotCalled(f"id-{name}", name, "set to 4 s", True, set_by_diag=True) for name in names)
        return " ".join(look_lines(each, 9, Asked(campaign="runs/tune-2")))

    assert not_called("Get A") == (
        "Production has no answer yet for any of 9 actions. Not called, because diag set it in the days "
        "looked at and nothing since speaks against it: Get A (set to 4 s). `diag watch` goes on looking. "
        "To call it all the same: diag tune --action 'Get A'"
    )
    assert not_called(*"ABCD").endswith("To call one all the same: diag tune --action NAME")
