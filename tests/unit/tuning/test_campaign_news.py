"""What a campaign tells webhooks and collectors while it goes on, each thing once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved, TuneQuestion
from diag.campaign.window_loop import SILENT, carry_out
from diag.console import Console
from diag.notifying.chosen_webhooks import chosen_webhooks
from diag.notifying.notifier import Notifier
from diag.notifying.where_to_read import RunsFolder
from diag.settings import Settings
from diag.tuning.notifying.campaign_news import CARRIED_OUT
from diag.tuning.notifying.outlets import Outlets
from tests.support.campaigns import HOUR_S, FakeOutside, action, campaign
from tests.support.changes.recommendations import analysis_of, recommendation
from tests.support.webhook_server import WebhookServer, webhook_server

PLAN = campaign(action("orders"), action("stock"), span_s=HOUR_S)
SAVED = Saved("c-1", "h", "org-1", "Acme", False, TuneQuestion("1h", None, (), 7, {"percentile": 0.9}), PLAN)


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with webhook_server() as running:
        yield running


@pytest.fixture
def outlets(server: WebhookServer, tmp_path: Path) -> Outlets:
    console = Console(quiet=True)
    webhooks = chosen_webhooks([server.address], Settings(tmp_path))
    notifier = Notifier("tune", webhooks, RunsFolder(tmp_path), console.warn)
    return Outlets(console, notifier, tmp_path / "diag.prom")


def go_on(outlets: Outlets, tmp_path: Path, outside: FakeOutside) -> None:
    """As `diag tune --once` from cron: a window, or none."""
    folder = CampaignFolder(tmp_path / "tune")
    folder.path.mkdir(exist_ok=True)
    if folder.saved() is None:
        folder.begin(SAVED)
    notices = outlets.beside(SILENT, SAVED, folder)
    driven = carry_out(folder, SAVED, PLAN, outside, once=True, notices=notices)
    outlets.goes_on(SAVED, folder, driven)


@pytest.mark.slow
def test_what_goes_wrong_and_is_well_again_is_told_once_each(
    outlets: Outlets, server: WebhookServer, tmp_path: Path
) -> None:
    outside = FakeOutside(network=lambda window: window not in (2, 3, 4))
    for step in range(6):
        if step == 5:
            outside.lost = {"stock": "it was deleted"}
        outside.time += 300.0
        go_on(outlets, tmp_path, outside)

    said = [text.split("\n") for text in server.texts]
    assert [lines[1] for lines in said] == [
        "This window could not begin: No network. It is made up for.",
        "Windows are made again.",
        "stock: called no more: it was deleted",
    ]
    assert all(lines[0].startswith("diag tune: the campaign in ") for lines in said)
    assert all(lines[0].endswith("(Acme)") for lines in said)
    assert "diag_tune_windows{" in (tmp_path / "diag.prom").read_text()


@pytest.mark.slow
def test_a_webhook_that_refuses_is_asked_once_a_run(
    outlets: Outlets, server: WebhookServer, tmp_path: Path
) -> None:
    server.status = 500
    outside = FakeOutside()
    outside.lost = {"stock": "it was deleted"}
    outside.time += 300.0
    go_on(outlets, tmp_path, outside)

    assert len(server.bodies) == 1


def test_the_result_is_told_once_and_once_more_when_its_plan_is_carried_out(
    outlets: Outlets, server: WebhookServer, tmp_path: Path
) -> None:
    folder = CampaignFolder(tmp_path / "tune")
    row = recommendation(action_name="Get A", current_timeout_s=5, recommended_timeout_s=10)
    analysis = analysis_of(row)
    for plan in ("Nothing was changed.", "Nothing was changed.", CARRIED_OUT, CARRIED_OUT):
        outlets.judged(SAVED, folder, {}, analysis)
        outlets.over(SAVED, folder, analysis, plan, folder.report)

    first, second = (body["sentences"] for body in server.bodies)
    assert first[0].endswith("Nothing was changed.") and "can be set now" in first[0]
    assert first[1].startswith("Get A: 5 s to 10 s. ")
    assert [line.startswith(f"{CARRIED_OUT} Before that: ") for line in second] == [True]
    assert server.bodies[0]["where"].startswith(f"Report: {folder.report.absolute()} on ")
    assert server.bodies[0]["title"].endswith("is over (Acme)")
    assert 'diag_tune_over{verb="tune",host="h"} 1' in (tmp_path / "diag.prom").read_text()


def test_a_campaign_of_a_sandbox_says_so(outlets: Outlets, server: WebhookServer, tmp_path: Path) -> None:
    folder = CampaignFolder(tmp_path / "tune")
    outlets.over(replace(SAVED, sandbox=True), folder, analysis_of(recommendation()), "", None)

    assert server.bodies[0]["title"].startswith("SANDBOX: diag tune: ")
