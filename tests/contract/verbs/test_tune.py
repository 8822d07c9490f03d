"""`diag tune` against a sandbox: production first, windows on a clock that jumps, and what comes out."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from diag.campaign.folder import CampaignFolder
from diag.campaign.window_loop import MadeWindow
from diag.changes.plans.plan_file import read_plan
from diag.cli import run
from diag.exit_codes import ExitCode
from diag.genesys.api_errors import NetworkError
from diag.genesys.client import GenesysClient
from diag.tuning.make_windows import LoadWindows
from tests.support.campaigns import FakeOutside
from tests.support.forked_children import forked_loads
from tests.support.running_sandbox import RunningSandbox
from tests.support.sandbox_process import start_sandbox
from tests.support.source_files import ROOT
from tests.support.terminal_session import action_named
from tests.support.webhook_server import WebhookServer, webhook_server

PRODUCTION: Final = ROOT / "diag" / "sandbox" / "scenarios" / "production-history.toml"
SPARSER: Final = 6
"""Each look reads a fortnight of calls one by one; a sixth of them decide the same."""


@pytest.fixture(scope="module")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox with production history, in the place of the demo."""
    scenario = tmp_path_factory.mktemp("org") / PRODUCTION.name
    peak = re.compile(r"(?<=peak_calls_per_hour = )\d{3}")
    scenario.write_text(peak.sub(lambda calls: str(int(calls[0]) // SPARSER), PRODUCTION.read_text()))
    with start_sandbox(scenario=str(scenario)) as sandbox:
        yield sandbox.environment


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with webhook_server() as running:
        yield running


class Jumping:
    """Replaces the clock of the live outside; `windows`, where it is given, makes windows up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, windows: FakeOutside | None = None) -> None:
        self.outside = windows or FakeOutside()
        self.outside.time = time.time()
        monkeypatch.setattr(LoadWindows, "now", lambda _: self.outside.now())
        monkeypatch.setattr(LoadWindows, "sleep", lambda _, seconds: self.outside.sleep(seconds))
        if windows is not None:
            monkeypatch.setattr(LoadWindows, "make", self._make())

    def _make(self) -> Any:
        def make(live: LoadWindows, *window: Any) -> MadeWindow:
            self.outside.place = live.saved.host, live.saved.org_id
            return self.outside.make(*window)

        return make


def campaign_in(session: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((session / "runs/tune/campaign.json").read_text())
    return body


@pytest.mark.slow
def test_a_dry_run_says_what_is_settled_what_is_not_and_what_it_costs(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    assert run(["tune", "--dry-run"]) == ExitCode.OK
    shown = capsys.readouterr().out

    assert "Production has the answer for 1 of 3 actions: Get Balance." in shown
    assert "Rarely used" in shown and "Look Up Orders" in shown
    assert "418 windows" in shown and "About " in shown
    (cost,) = [line for line in shown.splitlines() if line.startswith("This look took ")]
    assert 15 <= int(cost.split()[3]) <= 40 and " each window begins with at most 6 more" in cost
    assert not (session / "runs").exists()


@pytest.mark.slow
def test_what_diag_has_just_set_is_not_called(capsys: "pytest.CaptureFixture[str]", session: Path) -> None:
    """What it shows since the change is too little, and a call may change data: only where it is named."""
    assert run(["observe", "--out", "plan.json"]) == ExitCode.OK
    (change, *_) = read_plan(session / "plan.json").changes
    assert run(["apply", "plan.json", "--yes"]) == ExitCode.OK
    capsys.readouterr()
    try:
        assert run(["tune", "--dry-run"]) == ExitCode.OK
        shown = capsys.readouterr().out
        assert run(["tune", "--dry-run", "--cut-off", "0.1%"]) == ExitCode.OK
        another = capsys.readouterr().out
        assert run(["tune", "--dry-run", "--action", change.action_name]) == ExitCode.OK
        named = capsys.readouterr().out
    finally:
        assert run(["undo", "--yes"]) == ExitCode.OK

    settled, measured = shown.split("to measure")
    words = " ".join(settled.split())
    assert "Production has no answer yet for any of 3 actions." in words
    assert f"speaks against it: {change.action_name} (set to {change.after_timeout_s} s). " in words
    assert f"To call it all the same: diag tune --action '{change.action_name}'" in words
    assert change.action_name not in measured
    assert change.action_name in another.split("to measure")[1]  # that is another question
    assert change.action_name in named.split("to measure")[1]


@pytest.mark.slow
@pytest.mark.usefixtures("as_org")
def test_where_it_counts_as_an_org_nothing_is_called_before_a_yes(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["tune"]) == ExitCode.OK  # what may be called is not written down
    assert "Rarely used: there is no workload" in " ".join(capsys.readouterr().out.split())
    (session / "workload.toml").write_text('[[action]]\nname = "Rarely used"\n')
    monkeypatch.setattr(LoadWindows, "make", None)  # calling it would fail
    assert run(["tune", "--folder", "runs/other"]) == ExitCode.USAGE

    shown = capsys.readouterr()
    cost = " ".join(shown.out.split())
    assert "no terminal to ask on" in shown.err
    assert "requests a minute of the token's" in cost
    assert " that the token may send in a day. Genesys counts" in cost
    assert "Nothing was learnt of this platform" in cost and "diag doctor --learn" in cost
    (session / "diag.toml").write_text("protected = true\n")
    assert run(["tune", "--folder", "runs/other", "--once", "--yes"]) == ExitCode.USAGE  # as cron does
    assert "Begin it once on a terminal" in capsys.readouterr().err
    assert not (session / "runs/other/campaign.json").exists()


@pytest.mark.slow
def test_what_the_timeout_hides_in_production_is_not_called_but_sent_to_a_probe(
    capsys: "pytest.CaptureFixture[str]", sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its calls would have side effects, and show what production shows already."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    assert run(["tune", "--dry-run"]) == ExitCode.OK
    shown = " ".join(capsys.readouterr().out.split())

    assert (
        "only a probe sees beyond its timeout: diag measure --probe --action 'Create Support Ticket'" in shown
    )
    assert "Create Support Ticket may change real data" not in shown


@pytest.mark.slow
def test_from_an_org_to_a_plan_and_the_same_command_shows_it_again(
    capsys: "pytest.CaptureFixture[str]",
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: WebhookServer,
) -> None:
    Jumping(monkeypatch, FakeOutside())
    monkeypatch.setenv("DIAG_NOTIFY", server.address)
    line = ["tune", "--over", "2h", "--percentile", "0.9", "--metrics", "diag.prom"]
    assert run(line) == ExitCode.OK
    shown = capsys.readouterr()

    folder = CampaignFolder(session / "runs" / "tune")
    called = {one["name"] for one in campaign_in(session)["campaign"]["actions"]}
    assert "Get Balance" not in called and called
    assert "Report: runs/tune/report.html" in shown.err and "diag apply runs/tune/plan.json" in shown.out
    planned = {change.action_name for change in read_plan(folder.plan).changes}
    assert planned >= {"Get Balance"}
    head = re.search(r"<h1 id=.?headline.?>(.*?)</h1>", folder.report.read_text())
    assert head is not None and re.sub(r"<[^>]+>", "", head[1]) in " ".join(shown.out.split())
    assert f"Set {len(planned)} timeout" in folder.report.read_text()
    assert re.search(r"Get Balance \(not called\): [^<]* The plan sets it, too\.", folder.report.read_text())
    assert "<html" in folder.production_report.read_text()
    windows = len(folder.windows())

    capsys.readouterr()
    assert run(["recommend", "runs/tune", "--format", "json", "--percentile", "0.9"]) == ExitCode.OK
    judged = json.loads(capsys.readouterr().out)
    assert [one["action_id"] for one in judged["actions"]] == [action_named("Rarely used").id]
    assert len(judged["run_ids"]) == windows
    assert not [one for one in folder.windows() if one.recommendations.exists()]  # it is of no one window

    assert run(line) == ExitCode.OK
    assert len(folder.windows()) == windows
    again = "was over before; its result again. For another one: diag tune --folder runs/tune-2"
    assert again in capsys.readouterr().err
    (over,) = server.bodies  # of both: the second has nothing new
    assert over["title"].startswith("SANDBOX: diag tune: the campaign in runs/tune is over")
    assert over["where"].startswith(f"Report: {session / 'runs/tune/report.html'} on ")
    series = (session / "diag.prom").read_text()
    assert 'diag_tune_over{verb="tune"' in series and 'action_name="Get Balance",verdict="lower"} 1' in series

    assert run(["tune", "--status"]) == ExitCode.OK
    assert "production settled 2 more" in capsys.readouterr().out

    assert run(["tune", "--apply", "--yes"]) == ExitCode.OK
    assert "APPLIED  Get Balance" in capsys.readouterr().err
    assert action_named("Get Balance").timeout_s in (1, 2)  # from 60; telemetry counts by whole seconds
    capsys.readouterr()
    assert run(["tune", "--status"]) == ExitCode.OK
    assert "Its plan was carried out; the table has the timeouts before that." in capsys.readouterr().out

    assert run(["undo", "--yes", "--no-verify"]) == ExitCode.OK
    undone = action_named("Get Balance").timeout_s
    capsys.readouterr()
    assert run(["tune", "--apply", "--yes"]) == ExitCode.OK  # as from cron: what was undone stays undone
    assert "was carried out before" in capsys.readouterr().err
    assert action_named("Get Balance").timeout_s == undone
    assert [body["sentences"][0][:25] for body in server.bodies[1:]] == ["Its plan was carried out."]


@pytest.mark.slow
def test_another_question_is_another_campaign_and_each_command_keeps_its_own(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the bare command from cron, whatever is begun beside it later."""
    Jumping(monkeypatch, FakeOutside(most=1))
    assert run(["tune", "--action", "Rarely used"]) == ExitCode.INTERRUPTED
    assert "The same command goes on where it was." in capsys.readouterr().err

    assert run(["tune", "--over", "3d"]) == ExitCode.INTERRUPTED
    told = "runs/tune holds another campaign (another --over). This one is kept in runs/tune-2."
    assert told in capsys.readouterr().err
    assert run(["tune", "--over", "3d", "--once"]) == ExitCode.OK
    assert "Going on in runs/tune-2." in capsys.readouterr().err
    assert run(["tune", "--once"]) == ExitCode.INTERRUPTED
    assert "Going on in runs/tune." in capsys.readouterr().err

    for words, whole_org in (([], False), (["--over", "3d"], True)):
        assert run(["tune", *words, "--status"]) == ExitCode.OK
        shown = capsys.readouterr().out
        assert "0 of 1 action done" in shown and ("Not called: Look Up Orders" in shown) is whole_org
        other = "runs/tune" if whole_org else "runs/tune-2"
        (line,) = [line for line in shown.splitlines() if line.startswith("Also in ")]
        assert line.startswith(f"Also in {other}: {'24h of' if whole_org else '3d of'} ") and " ends " in line
        assert line.endswith(f"See: diag tune --status --folder {other}")
        assert ("only Rarely used" in line) is whole_org
    assert run(["tune", "--over", "5d", "--status"]) == ExitCode.USAGE
    shown = " ".join(capsys.readouterr().err.split())
    assert (
        "No such campaign was begun: runs/tune holds another campaign (another --over); runs/tune-2" in shown
    )
    assert run(["tune", "--over", "5d", "--folder", "runs/tune"]) == ExitCode.USAGE
    assert "Begin another campaign: diag tune --folder runs/tune-3" in capsys.readouterr().err


@pytest.mark.slow
def test_a_workload_that_was_changed_since_it_was_approved_is_not_called_by(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hours would be ignored, and what may have side effects now was not asked for."""
    workload = session / "workload.toml"
    workload.write_text('[[action]]\nname = "*"\n')
    outside = FakeOutside(most=1)
    Jumping(monkeypatch, outside)
    assert run(["tune"]) == ExitCode.INTERRUPTED
    made = len(outside.made)
    workload.write_text('[[action]]\nname = "*"\nallow_side_effects = true\n')
    capsys.readouterr()

    assert run(["tune"]) == ExitCode.USAGE
    assert "was changed since the campaign began" in capsys.readouterr().err
    assert len(outside.made) == made


@pytest.mark.slow
def test_where_it_cannot_be_read_when_production_calls_it_is_said_and_each_window_asks(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise NetworkError("the connection was lost")

    monkeypatch.setattr(GenesysClient, "hourly_executions", lost)
    outside = FakeOutside(most=1)
    Jumping(monkeypatch, outside)
    assert run(["tune", "--action", "Rarely used"]) == ExitCode.INTERRUPTED
    shown = " ".join(capsys.readouterr().out.split())

    assert "When production calls Rarely used could not be read; each window asks again." in shown
    assert " each window begins with at most 8 more" in shown  # two to ask again
    assert campaign_in(session)["campaign"]["production_weeks"] is None
    (order,) = (session / "runs/tune/windows").glob("*/turns.json")
    assert json.loads(order.read_text())["production_weeks"] is None

    assert run(["tune", "--status"]) == ExitCode.OK
    assert "When production calls Rarely used could not be read" in " ".join(capsys.readouterr().out.split())


def test_only_one_at_a_time_and_cron_does_not_mind(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    lock = CampaignFolder(session / "runs" / "tune").lock()

    assert lock is not None
    assert run(["tune"]) == ExitCode.USAGE
    assert "Another diag tune is at work" in capsys.readouterr().err
    assert run(["tune", "--once"]) == ExitCode.OK


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--over", "30m"], "A campaign over 30m is not possible."),
        (["--over", "15d"], "A campaign over 15d is not possible."),
        (["--over", "soon"], "Invalid span 'soon'."),
        (["--status"], "No campaign was begun in "),
        (["--folder", "notes.txt"], "notes.txt is a file, not a folder."),
        (["--action", "Nobody"], "There is no action 'Nobody' in this org."),
        (["nothing.toml"], "There is no workload file nothing.toml."),
        (["--status", "--metrics", "x.prom"], "--notify and --metrics do not go with --status"),
        (["--dry-run", "--notify", "none"], "--notify and --metrics do not go with --dry-run"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    capsys: "pytest.CaptureFixture[str]", session: Path, arguments: list[str], says: str
) -> None:
    (session / "notes.txt").write_text("mine")

    assert run(["tune", *arguments]) == ExitCode.USAGE
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_hours_in_which_production_hardly_calls_are_said_to_lower_nothing_before_the_first_call(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    hours = '[hours]\nallow = ["02:00-04:00"]\ntimezone = "UTC"\n'
    (session / "workload.toml").write_text(f'{hours}[[action]]\nname = "*"\n')

    assert run(["tune", "--dry-run"]) == ExitCode.OK
    shown = " ".join(capsys.readouterr().out.split())
    assert "Rarely used cannot be lowered by this campaign, and stays open to its end: no window" in shown
    assert "% of production's calls, and at most a third may be missing." in shown
    assert "What would do: allow some of those hours in [hours] of the workload" in shown
    assert not (session / "runs").exists()


@pytest.mark.slow
def test_hours_that_leave_too_little_are_refused_before_anything_is_called(
    capsys: "pytest.CaptureFixture[str]", session: Path
) -> None:
    hours = '[hours]\nallow = ["03:00-03:20"]\nzone = "UTC"\n'
    (session / "workload.toml").write_text(f'{hours}[[action]]\nname = "*"\n')

    assert run(["tune"]) == ExitCode.USAGE
    assert "The allowed hours leave 20 min of the next 24 h." in capsys.readouterr().err
    assert not (session / "runs/tune/campaign.json").exists()


@pytest.mark.e2e
def test_a_window_is_a_run_of_the_load_that_measures(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first window: one call to each action, which shows how slow it is."""
    jumping = Jumping(monkeypatch)
    with forked_loads():  # started by itself: tests/contract/verbs/test_tune_lapsed.py
        assert run(["tune", "--once", "--over", "1h"]) == ExitCode.OK
    assert "Window 1: 1 call so far" in capsys.readouterr().err

    folder = CampaignFolder(session / "runs" / "tune")
    (window,) = folder.windows()
    body = json.loads(window.manifest.read_text())
    assert (body["status"], body["calls"], body["arrivals"]) in {
        ("complete", 1, "constant"),
        ("invalid", 1, "constant"),
    }
    assert all(stated == {"warmup_s": 0} for stated in body["recommend"].values())
    weeks = campaign_in(session)["campaign"]["production_weeks"]
    assert [facts["production_week"] for facts in body["actions"]] == [
        weeks.get(facts["action_id"]) for facts in body["actions"]
    ]
    assert jumping.outside.tried == 0
