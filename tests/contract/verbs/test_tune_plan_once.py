"""A campaign's plan is carried out once, wherever a kill came in between: what was undone stays undone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from analysis.recommend_settings import RecommendSettings
from analysis.typed_command import apply_plan
from diag.apply_dialog import apply_flow
from diag.campaign.folder import CampaignFolder
from diag.changes.change_errors import JournalError
from diag.changes.journal.journal import Journal
from diag.changes.plans.manual_plan import actions_named
from diag.cli import run
from diag.console import Console
from diag.errors import PartialError
from diag.exit_codes import ExitCode
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from diag.genesys.http.pacing import RateBucket
from diag.notifying.notifier import Notifier
from diag.notifying.where_to_read import RunsFolder
from diag.settings import load_settings
from diag.target import find_target, sandbox_connection
from diag.tuning import apply_plan_once
from diag.tuning.apply_plan_once import CarriedOut, give_plan, how_far
from diag.tuning.notifying.outlets import Outlets
from diag.tuning.tune_context import TuneContext
from tests.support.campaigns import Killed
from tests.support.changes.recommendations import analysis_of, recommendation
from tests.support.running_sandbox import RunningSandbox
from tests.support.sandbox_process import start_sandbox
from tests.unit.tuning.test_which_campaign import NOTHING

EVENTS: Final = (
    (apply_plan_once, "write_plan"),
    (apply_flow, "identify"),
    (Journal, "append"),
    (GenesysClient, "patch_timeout"),
    (apply_plan_once, "write_whole"),
)
"""All that leaves a trace, here or in the org, from the plan to the mark that it was carried out."""
NAMES: Final = ("Get Orders", "Get Stock")
SCENARIO: Final = """
description = "Quick"
[limits]
token_requests_per_minute = 100000
[[integration]]
name = "Backend"
type = "custom-rest-actions"
"""
ACTION: Final = """
[[action]]
name = "{}"
integration = "Backend"
category = "c"
timeout_s = 5
result = {{ done = true }}
latency = {{ model = "fixed", at_ms = 5 }}
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A sandbox with limits that are never reached."""
    path = tmp_path_factory.mktemp("org") / "org.toml"
    path.write_text("".join((SCENARIO, *(ACTION.format(name) for name in NAMES))))
    with start_sandbox(scenario=str(path)) as process:
        yield RunningSandbox(process.base_url, process.pid, process.environment)


@pytest.fixture(scope="module")
def demo_environment(box: RunningSandbox) -> dict[str, str]:
    """In the place of the demo."""
    return box.environment


@dataclass(frozen=True, slots=True)
class Org:
    """The org as another admin sees it, who is logged in all along."""

    client: GenesysClient

    def actions(self) -> list[Action]:
        listed = self.client.list_actions()
        return [action for name in NAMES for action in actions_named(listed, [name])]

    def timeouts(self) -> list[int | None]:
        return [action.timeout_s for action in self.actions()]

    def reset(self) -> list[int | None]:
        """Set both to 5 s, by other means than this journal."""
        for action in self.actions():
            if action.timeout_s != 5:
                self.client.patch_timeout(self.client.read_config(action.id), 5)
        assert self.timeouts() == [5, 5]
        return [5, 5]


@pytest.fixture(scope="module")
def org(box: RunningSandbox) -> Iterator[Org]:
    with GenesysClient(sandbox_connection(box.base_url), bucket=RateBucket(10**6)) as client:
        yield Org(client)


class Kills:
    """Ends the process before or after event number so many; counts them where that is None."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int | None, when: str) -> None:
        self.count, self.at, self.when = 0, at, when
        for owner, name in EVENTS:
            monkeypatch.setattr(owner, name, self.around(getattr(owner, name)))

    def around(self, really: Callable[..., Any]) -> Callable[..., Any]:
        def event(*arguments: Any, **named: Any) -> Any:
            number, self.count = self.count, self.count + 1
            if number == self.at and self.when == "before":
                raise Killed
            done = really(*arguments, **named)
            if number == self.at:
                raise Killed
            return done

        return event


def context(**options: Any) -> TuneContext:
    settings = load_settings()
    folder = CampaignFolder(settings.runs / "tune")
    typed = replace(NOTHING, do_apply=True, yes=True, **options)
    target = find_target(settings)
    console = Console(quiet=True)
    nobody = Outlets(console, Notifier("tune", (), RunsFolder(settings.runs), console.warn))
    return TuneContext(console, settings, target, folder, typed, RecommendSettings(), nobody)


def carry_out(of: TuneContext, org: Org) -> None:
    """As `diag tune --apply --yes` does at the end of its campaign, again and again."""
    rows = [
        recommendation(
            action_id=action.id,
            action_name=action.name,
            current_timeout_s=action.timeout_s,
            recommended_timeout_s=45,
        )
        for action in org.actions()
    ]
    give_plan(of, analysis_of(*rows))


def test_all_that_leaves_a_trace_is_an_event(
    session: Path, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    org.reset()
    with monkeypatch.context() as patched:
        kills = Kills(patched, None, "")
        carry_out(context(), org)

    assert org.timeouts() == [45, 45]
    assert kills.count == 1 + 1 + 1 + 2 * (3 + 1) + 1  # plan, org (twice), three lines and a write each, mark


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(12))
def test_killed_anywhere_it_sets_nothing_again_that_was_undone(
    session: Path, org: Org, monkeypatch: pytest.MonkeyPatch, at: int, when: str
) -> None:
    undone = org.reset()
    of = context()
    with monkeypatch.context() as patched, pytest.raises(Killed):
        Kills(patched, at, when)
        carry_out(of, org)
    begun = bool(Journal(of.settings.journal).read())
    assert org.reset() == undone

    if how_far(of.folder, Journal(of.settings.journal)) is CarriedOut.IN_PART:
        with pytest.raises(PartialError) as error:
            carry_out(of, org)
        assert error.value.hint is not None and apply_plan(str(of.folder.plan), ()) in error.value.hint
    else:
        carry_out(of, org)
    assert org.timeouts() == (undone if begun else [45, 45])


@pytest.mark.slow
def test_what_was_stopped_is_finished_by_the_command_that_is_named(
    session: Path, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    org.reset()
    of = context()
    with monkeypatch.context() as patched, pytest.raises(Killed):
        Kills(patched, 4, "after")  # once the first was written
        carry_out(of, org)
    with pytest.raises(PartialError, match="was stopped before its end"):
        carry_out(of, org)

    assert run(["apply", "runs/tune/plan.json", "--yes"]) == ExitCode.OK
    assert org.timeouts() == [45, 45]
    assert how_far(of.folder, Journal(of.settings.journal)) is CarriedOut.ENDED
    carry_out(of, org)  # says so, and exits with 0


@pytest.mark.slow
def test_carried_out_by_hand_it_is_not_carried_out_again(session: Path, org: Org) -> None:
    org.reset()
    carry_out(replace(context(), options=replace(NOTHING)), org)  # shown, not applied
    assert run(["apply", "runs/tune/plan.json", "--yes"]) == ExitCode.OK
    undone = org.reset()

    carry_out(context(), org)
    assert org.timeouts() == undone


@pytest.mark.slow
def test_what_failed_before_the_first_change_is_tried_again(
    session: Path, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was marked as carried out, and the same command never set anything."""
    org.reset()

    def full(*_: object) -> None:
        raise JournalError("The disk is full.")

    with monkeypatch.context() as patched, pytest.raises(JournalError):
        patched.setattr(Journal, "append", full)
        carry_out(context(), org)
    carry_out(context(), org)

    assert org.timeouts() == [45, 45]
