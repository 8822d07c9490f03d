"""`diag tune` in an org that changes meanwhile: actions deleted, renamed, changed; a load left behind."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from analysis.coverage.week_of_hours import stated_week
from analysis.format.run_folder import RunFolder
from diag.campaign.folder import CampaignFolder
from diag.campaign.gone_actions import NOT_LISTED, NOT_THERE, why_gone
from diag.campaign.what_to_measure import TuneScope
from diag.choice.choose_actions import Candidate
from diag.choice.make_inputs import with_inputs
from diag.choice.turns_file import Turn, WindowOrder, read_order, write_order
from diag.cli import run
from diag.errors import NotBegunError, UsageError
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.measuring.load_log import Refusal
from diag.measuring.load_process import LoadOptions, LoadResult
from diag.settings import load_settings
from diag.target import Target, find_target
from diag.tuning import make_windows
from diag.workload.read_workload import read_workload
from loadtests.planning.prepare_run import prepare
from tests.support.campaigns import write_window
from tests.support.genesys.counting_transport import CountingTransport
from tests.support.plan_options import plan_options
from tests.support.sandbox_control import log_in
from tests.support.sandbox_process import start_sandbox

ACTION = """
[[action]]
name = "{name}"
integration = "Backend"
category = "c"
timeout_s = 5
request_type = "{method}"
input.id = {{ type = "string", minLength = 1 }}
result = {{ done = true }}
latency = {{ model = "fixed", at_ms = 20 }}
"""
GETS = ("Kept", "Deleted", "Renamed", "Renamed back", "Refitted", "Gone at once", "Taken", "Typed")
SCENARIO = 'description = "Changes"\n[[integration]]\nname = "Backend"\ntype = "custom-rest-actions"\n'
NIGHTS = stated_week(["23:00-05:00"], "Europe/Berlin")


@pytest.fixture(scope="module")
def demo_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox in the place of the demo; each action is changed by one test only."""
    path = tmp_path_factory.mktemp("org") / "org.toml"
    actions = (ACTION.format(name=name, method="GET") for name in GETS)
    path.write_text("".join((SCENARIO, *actions, ACTION.format(name="Posted", method="POST"))))
    with start_sandbox(scenario=str(path)) as sandbox:
        yield sandbox.environment


def ids() -> dict[str, str]:
    with GenesysClient(find_target(load_settings()).connection) as client:
        return {action.name: action.id for action in client.list_actions()}


def change(environment: dict[str, str], method: str, action_id: str, **body: object) -> None:
    base = environment["GENESYSCLOUD_API_BASE"]
    bearer = {"Authorization": f"Bearer {log_in(base)}"}
    page = f"{base}/api/v2/integrations/actions/{action_id}"
    httpx.request(method, page, json=body or None, headers=bearer, trust_env=False).raise_for_status()


def workload(session: Path, *entries: str) -> Path:
    path = session / "workload.toml"
    path.write_text("\n".join(f"[[action]]\n{entry}" for entry in entries))
    return path


def reasons(
    file: Path, *action_ids: str, as_org: bool = False, hidden: str | None = None, held: bool = False
) -> dict[str, str]:
    with GenesysClient(find_target(load_settings()).connection) as client:
        inventory = tuple(one for one in client.list_actions() if one.id != hidden)
        scope = TuneScope(inventory, (), read_workload(file), file.name, as_org)
        return why_gone(client, scope, action_ids, "diag tune --folder f", inputs_held=held)


def rename(environment: dict[str, str], action_id: str, name: str) -> None:
    with GenesysClient(find_target(load_settings()).connection) as client:
        body = client.read_config(action_id).patch_body(5)
    change(environment, "PATCH", action_id, **{**body, "name": name})


@pytest.mark.slow
def test_what_was_deleted_renamed_or_is_not_listed_is_gone_and_each_says_so(
    session: Path, demo_environment: dict[str, str]
) -> None:
    known = ids()
    file = workload(session, 'name = "Kept"', 'name = "Deleted"', 'name = "Renamed"')
    kept, deleted, renamed = known["Kept"], known["Deleted"], known["Renamed"]
    change(demo_environment, "DELETE", deleted)
    rename(demo_environment, renamed, "Another")

    assert reasons(file, kept, deleted, renamed) == {
        deleted: NOT_THERE,
        renamed: "it is named 'Another' now, which workload.toml does not name",
    }
    assert reasons(file, kept, hidden=kept) == {kept: NOT_LISTED}  # no window can call it
    assert reasons(workload(session, 'name = "*"'), kept, renamed) == {}


def test_what_may_not_be_called_any_more_says_what_the_workload_says(session: Path) -> None:
    posted = ids()["Posted"]
    found = reasons(workload(session, 'name = "Posted"'), posted, as_org=True)

    assert "its request is a POST" in found[posted]


def test_inputs_that_do_not_fit_are_a_mistake_to_mend_and_lose_no_action(session: Path) -> None:
    file = workload(session, 'name = "Refitted"\npayload = [{ values = { other = 1 } }]')

    with pytest.raises(UsageError, match="Inputs of 'Refitted' do not fit its contract") as caught:
        reasons(file, ids()["Refitted"])
    assert str(caught.value.hint).startswith("Put back what was changed: the action's contract, or")


def test_where_the_inputs_are_those_that_were_approved_the_contract_was_changed(session: Path) -> None:
    file = workload(session, 'name = "Kept"', 'name = "Refitted"\npayload = [{ values = { other = 1 } }]')
    refitted = ids()["Refitted"]
    found = reasons(file, refitted, ids()["Kept"], held=True)

    assert list(found) == [refitted]
    assert found[refitted].startswith("its contract was changed, and its inputs do not fit any more: ")


def prepared(session: Path, order: WindowOrder) -> tuple[Any, list[str]]:
    """The plan of a window, and the paths that were asked for it."""
    write_order(session / "turns.json", order)
    options = plan_options(workload=str(session / "workload.toml"), turns=session / "turns.json")
    transport, connection = CountingTransport(), find_target(load_settings()).connection
    with GenesysClient(connection, transport=transport) as client:
        run = prepare(options, Target(connection, sandbox=True), client)
    return run.plan, transport.paths


def test_a_window_is_planned_without_what_is_gone_and_reads_no_telemetry(session: Path) -> None:
    workload(session, 'name = "Long gone"', 'name = "Kept"')
    kept, until = ids()["Kept"], time.time() + 60.0
    turns = (Turn("unknown", 5, 1.0, True), Turn(kept, 3, 0.5, True))
    plan, paths = prepared(session, WindowOrder(turns, until, {kept: NIGHTS}))

    assert [(action.action_id, action.calls, action.rate) for action in plan.actions] == [(kept, 3, 0.5)]
    assert plan.may_call_until == until
    assert [facts.production_week for facts in plan.facts] == [NIGHTS]
    assert not [path for path in paths if "analytics" in path]

    assert [facts.production_read for facts in plan.facts] == [True]

    plan, paths = prepared(session, WindowOrder(turns, until, None))  # of a campaign that could not read them
    assert [path for path in paths if "analytics" in path]
    assert [facts.production_read for facts in plan.facts] == [True]


def test_where_every_action_of_a_window_is_gone_nothing_else_is_called_instead(session: Path) -> None:
    workload(session, 'name = "*"')

    with pytest.raises(NotBegunError, match="The org lists none of the actions of this window"):
        prepared(session, WindowOrder((Turn("unknown", 5, 1.0, True),), time.time() + 60.0))


def refuses(before: Callable[[RunFolder], object]) -> Callable[[LoadOptions], LoadResult]:
    def load(options: LoadOptions) -> LoadResult:
        folder = RunFolder(options.run_dir)
        before(folder)
        refusal = Refusal("A run is going on, or none of the actions may be called.")
        return LoadResult(folder, ExitCode.USAGE, "incomplete", None, folder.path / "load.log", refusal)

    return load


def write_a_window(folder: RunFolder) -> None:
    write_window(folder, read_order(folder.path / "turns.json").turns, time.time(), status="incomplete")


def on_a_clock_that_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    jumped = 0.0

    def sleep(_: object, seconds: float) -> None:
        nonlocal jumped
        jumped += seconds

    monkeypatch.setattr(make_windows.LoadWindows, "now", lambda _: time.time() + jumped)
    monkeypatch.setattr(make_windows.LoadWindows, "sleep", sleep)


@pytest.mark.slow
def test_where_its_only_action_is_deleted_the_campaign_ends_with_a_sentence(
    capsys: "pytest.CaptureFixture[str]",
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    demo_environment: dict[str, str],
) -> None:
    lost = ids()["Gone at once"]
    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(lambda _: change(demo_environment, "DELETE", lost)))

    assert run(["tune", "--action", "Gone at once", "--over", "1h"]) == ExitCode.OK
    shown = capsys.readouterr()
    assert shown.err.count(f"Gone at once: called no more: {NOT_THERE}") == 2  # when found, and at the end
    (gone_one,) = CampaignFolder(session / "runs/tune").gone().values()
    assert (gone_one.why, gone_one.times) == (NOT_THERE, 2)

    assert run(["tune", "--status"]) == ExitCode.OK
    shown = capsys.readouterr()
    assert "0 of 1 action done, 0 open, 1 gone" in shown.out and f"called no more: {NOT_THERE}" in shown.out


def test_a_window_that_a_load_left_behind_has_begun_is_taken_as_made(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its starter was killed while it read the org; the same command began the same window anew."""

    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))

    assert run(["tune", "--action", "Taken", "--over", "1h", "--once"]) == ExitCode.OK
    assert "Window 1: 1 call so far" in capsys.readouterr().err
    body = json.loads((session / "runs/tune/campaign.json").read_text())
    assert body["campaign"]["production_weeks"] == {}


@pytest.mark.usefixtures("as_org")
def test_a_campaign_that_had_nothing_to_call_begins_anew_once_there_is_a_workload(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own sentence asked for one; going on with the old look would measure nothing for ever."""
    assert run(["tune", "--action", "Kept"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "Kept: there is no workload, which says what may be called" in shown
    assert "To call them: diag init, then diag tune" in shown

    workload(session, 'name = "*"')
    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))
    assert run(["tune", "--action", "Taken", "--folder", "runs/tune", "--once", "--yes"]) == ExitCode.USAGE
    assert "runs/tune holds another campaign (other --action)" in capsys.readouterr().err
    assert run(["tune", "--over", "1h", "--once", "--yes"]) == ExitCode.OK
    assert "Window 1: 1 call so far" in capsys.readouterr().err  # of Kept, and of no other


@pytest.mark.usefixtures("as_org")
def test_a_campaign_whose_plan_was_carried_out_does_not_begin_anew(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From cron with --apply --yes, it would set again what somebody has undone since."""
    assert run(["tune", "--action", "Kept"]) == ExitCode.OK
    folder = CampaignFolder(session / "runs/tune")
    kept = folder.campaign.read_text()
    folder.applied.touch()
    workload(session, 'name = "Kept"')
    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(lambda _: None))  # none is to be made
    capsys.readouterr()

    assert run(["tune", "--apply", "--yes"]) == ExitCode.OK
    shown = " ".join(capsys.readouterr().err.split())
    assert "begun before workload.toml was as it is now, and calls nothing. Begin another" in shown
    assert "was carried out before" in shown
    assert folder.applied.exists() and folder.campaign.read_text() == kept


@pytest.mark.slow
@pytest.mark.usefixtures("as_org")
def test_a_campaign_that_had_a_workload_and_nothing_to_call_goes_on_whatever_becomes_of_it(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workload(session, 'name = "Posted"')
    assert run(["tune", "--action", "Kept", "--yes"]) == ExitCode.OK
    kept = (session / "runs/tune/campaign.json").read_text()
    file.write_text(file.read_text() + "# changed\n")
    assert run(["tune", "--yes"]) == ExitCode.OK
    assert "calls nothing. Begin another campaign" in " ".join(capsys.readouterr().err.split())
    file.unlink()
    assert run(["tune", "--yes"]) == ExitCode.OK

    assert (session / "runs/tune/campaign.json").read_text() == kept
    assert run(["tune", "--status"]) == ExitCode.OK
    assert "What production left open is not called" in capsys.readouterr().out


ONCE = ["tune", "--once", "--yes"]
PAYLOADS = '{"id": "7"}\n'


def begin_with_a_payload_file(session: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Begin a campaign of one action with inputs in a file, make its first window; return that file."""
    file = session / "inputs.jsonl"
    file.write_text(PAYLOADS)
    workload(session, 'name = "Typed"\npayload_file = "inputs.jsonl"')
    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))
    assert run(["tune", "--action", "Typed", "--over", "1h", "--once", "--yes"]) == ExitCode.OK
    return file


@pytest.mark.slow
def test_inputs_that_were_changed_since_they_were_approved_are_not_called_with(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = begin_with_a_payload_file(session, monkeypatch)
    folder = CampaignFolder(session / "runs/tune")
    before = len(folder.windows())

    file.write_text('{"id": "8"}\n')
    assert run(ONCE) == ExitCode.USAGE
    assert "inputs.jsonl was changed since the campaign began" in capsys.readouterr().err
    file.unlink()
    assert run(ONCE) == ExitCode.USAGE
    assert "inputs.jsonl is not there any more" in capsys.readouterr().err
    assert len(folder.windows()) == before and not folder.gone()

    file.write_text(PAYLOADS)
    assert run(ONCE) == ExitCode.OK
    assert len(folder.windows()) > before


@pytest.mark.slow
def test_a_contract_that_a_colleague_changed_ends_its_action_and_not_the_campaign(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load of a window refuses as a whole; then it is made without the action, by the same command."""
    workload(session, 'name = "Typed"\npayload = [{ values = { id = "7" } }]', 'name = "Taken"')
    on_a_clock_that_jumps(monkeypatch)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))
    command = ["tune", "--action", "Typed", "--action", "Taken", "--over", "1h", "--once", "--yes"]
    assert run(command) == ExitCode.OK
    typed = ids()["Typed"]

    def fits(client: GenesysClient, kept: list[Candidate], seed: int) -> object:
        if any(each.action.id == typed for each in kept):
            raise UsageError("Inputs of 'Typed' do not fit its contract: 'id' is not an integer.")
        return with_inputs(client, kept, seed)

    def load(options: LoadOptions) -> LoadResult:
        turns = read_order(RunFolder(options.run_dir).path / "turns.json").turns
        with_typed = any(turn.action_id == typed for turn in turns)
        return refuses(lambda _: None if with_typed else write_a_window(RunFolder(options.run_dir)))(options)

    monkeypatch.setattr("diag.campaign.gone_actions.with_inputs", fits)
    monkeypatch.setattr(make_windows, "run_load", load)
    capsys.readouterr()

    assert run(ONCE) == ExitCode.OK
    said = " ".join(capsys.readouterr().err.split())
    assert "Typed: called no more: its contract was changed, and its inputs do not fit any more: 'id'" in said
    assert "Window 2: " in said and "1 of 2 actions done" in said


@pytest.mark.slow
def test_a_mistake_in_a_payload_file_is_mended_and_the_same_command_goes_on(
    capsys: "pytest.CaptureFixture[str]", session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a campaign whose file keeps the digest of the workload alone, as an earlier diag wrote it."""
    file = begin_with_a_payload_file(session, monkeypatch)
    folder = CampaignFolder(session / "runs/tune")
    body = json.loads(folder.campaign.read_text())
    assert list(body["question"].pop("payload_files_sha256")) == ["inputs.jsonl"]
    folder.campaign.write_text(json.dumps(body))
    before = len(folder.windows())

    file.write_text('{"id": 5}\n')
    monkeypatch.setattr(make_windows, "run_load", refuses(lambda _: None))
    capsys.readouterr()
    assert run(ONCE) == ExitCode.USAGE
    assert "Inputs of 'Typed' do not fit its contract" in capsys.readouterr().err
    assert not folder.gone() and not folder.report.exists()

    file.write_text(PAYLOADS)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))
    assert run(ONCE) == ExitCode.OK
    assert len(folder.windows()) > before


@pytest.mark.slow
def test_what_was_renamed_and_renamed_back_is_called_again(
    capsys: "pytest.CaptureFixture[str]",
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    demo_environment: dict[str, str],
) -> None:
    action_id, name = ids()["Renamed back"], "Renamed back"
    workload(session, f'name = "{name}"')
    on_a_clock_that_jumps(monkeypatch)

    def another_name(_: RunFolder) -> None:
        rename(demo_environment, action_id, "For a minute")

    monkeypatch.setattr(make_windows, "run_load", refuses(another_name))
    assert run(["tune", "--action", name, "--over", "1h", "--once", "--yes"]) == ExitCode.OK
    assert "it is named 'For a minute' now" in capsys.readouterr().err

    rename(demo_environment, action_id, name)
    monkeypatch.setattr(make_windows, "run_load", refuses(write_a_window))
    assert run(ONCE) == ExitCode.OK
    assert f"{name}: it is there again, and is called again" in capsys.readouterr().err
    folder = CampaignFolder(session / "runs/tune")
    assert folder.gone() == {} and folder.windows()
