"""What a campaign costs is said whole: the calls, and what each window begins with."""

from functools import cache

from analysis.number_words import plural
from analysis.typed_command import Asked
from diag.campaign.forecast import CampaignForecast, forecast
from diag.campaign.prepare import Prepared
from diag.campaign.spread import next_slot
from diag.campaign.windows_judged import before_any_call
from diag.tuning.campaign_text import Requests, cost_lines
from tests.support.campaigns import action, campaign

PLAN = campaign(*(action(f"a{number}") for number in range(25)))
BEGINNING = 30


@cache
def whole() -> CampaignForecast:
    return forecast(PLAN, before_any_call(PLAN), next_slot(PLAN, 0, PLAN.began_at))


def costs(plan: CampaignForecast) -> str:
    return "\n".join(cost_lines(PLAN, Prepared((), ()), plan, plan, Requests(40, BEGINNING), None, Asked()))


def test_calls_and_what_windows_begin_with_are_added_up() -> None:
    coming = whole()
    calls, beginnings = sum(coming.calls.values()), coming.windows * BEGINNING

    assert beginnings > calls > 5000
    assert (
        f"That is up to {calls + beginnings:,} requests in all: {calls:,} calls, and {beginnings:,} with "
        f"which {plural(coming.windows, 'window')} begin."
    ) in costs(coming)


def test_the_beginning_of_a_window_is_in_the_requests_a_minute() -> None:
    coming = forecast(PLAN, before_any_call(PLAN), next_slot(PLAN, 0, PLAN.began_at))

    assert coming.most_calls >= 25 and coming.a_minute <= min(coming.most_calls, 60 * coming.peak + 1)
    assert (
        f"At most {BEGINNING + coming.a_minute} requests a minute of the token's 300, a window's beginning "
        "included (on average "
    ) in costs(coming)
