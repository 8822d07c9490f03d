"""The same command always means the same campaign, whatever is begun beside it later."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.recommend_settings import RecommendSettings
from diag.campaign.folder import CampaignFolder
from diag.campaign.saved import Saved, TuneQuestion
from diag.errors import UsageError
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.production.production_evidence import Place
from diag.settings import SANDBOX_ID, Settings
from diag.target import Target
from diag.tuning import which_campaign
from diag.tuning.numbered_folders import another_folder, free_folder
from diag.tuning.tune_options import DEFAULT_OVER, TuneOptions
from diag.tuning.which_campaign import CampaignChoice
from tests.support.campaigns import campaign
from tests.support.examples import examples

NOTHING: Final = TuneOptions(
    workload=None,
    actions=(),
    over=None,
    days=None,
    folder=None,
    once=False,
    status=False,
    dry_run=False,
    do_apply=False,
    yes=False,
    stage=None,
    watch_for=None,
    profile=None,
    sandbox=False,
)
ACME: Final = Place("api.mypurecloud.com", sandbox=False, org_id="acme", org_name="Acme")
SANDBOX: Final = Place("127.0.0.1:8377", sandbox=True, org_id="acme-sandbox")
USUAL: Final = RecommendSettings()


def choice(runs: Path, place: Place = ACME, rules: RecommendSettings = USUAL, **typed: Any) -> CampaignChoice:
    return CampaignChoice(replace(NOTHING, **typed), rules, Settings(runs=runs), lambda: place)


def begin(of: CampaignChoice, place: Place = ACME) -> Path:
    """Go on with the campaign that is meant, or begin it; return its folder."""
    meant, options = of.choose(), of.options
    if meant.saved is None:
        question = TuneQuestion(
            options.over or DEFAULT_OVER,
            None if options.workload is None else str(options.workload.resolve()),
            options.actions,
            options.days or 7,
            {"percentile": of.rules.percentile} if of.rules != USUAL else {},
        )
        saved = Saved("i", place.host, place.org_id, place.org_name, place.sandbox, question, campaign())
        meant.folder.path.mkdir(parents=True, exist_ok=True)
        meant.folder.begin(saved)
    return meant.folder.path


TYPED = st.fixed_dictionaries(
    {},
    optional={
        "over": st.sampled_from(["24h", "3d"]),
        "actions": st.sampled_from([("Get Orders",), ("Get Stock",)]),
        "days": st.sampled_from([7, 14]),
        "workload": st.sampled_from([Path("acme.toml"), Path("crm.toml")]),
        "rules": st.sampled_from([RecommendSettings(percentile=0.999)]),
        "place": st.sampled_from([ACME, replace(ACME, org_id="emca")]),
    },
)


@pytest.mark.slow
@settings(max_examples=examples(25))
@given(lines=st.lists(TYPED, min_size=1, max_size=8))
def test_whatever_is_begun_the_same_command_keeps_its_folder(
    lines: list[Mapping[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    runs = tmp_path_factory.mktemp("runs")
    first = {}
    for number, line in enumerate(lines):
        place = line.get("place", ACME)
        first[number] = begin(choice(runs, **line), place)
        for before in range(number + 1):
            assert choice(runs, **lines[before]).choose().folder.path == first[before]

    for number, line in enumerate(lines):  # and by the folder that next commands name
        meant = choice(runs, **line).choose()
        if meant.asked.campaign is not None:
            named = choice(runs, line.get("place", ACME), folder=Path(meant.asked.campaign)).choose()
            assert named.folder.path == first[number]


def test_a_campaign_in_another_org_is_another_one_and_its_reason_is_said(tmp_path: Path) -> None:
    begin(choice(tmp_path))
    emca = replace(ACME, org_id="emca", org_name="Emca")
    meant = choice(tmp_path, place=emca).choose()

    assert meant.folder.path == tmp_path / "tune-2" and meant.asked.campaign is not None
    assert meant.beside is not None and "holds another campaign (in Acme, not Emca)" in meant.beside
    with pytest.raises(UsageError, match="holds another campaign"):
        choice(tmp_path, place=emca, folder=tmp_path / "tune").choose()


def test_a_folder_that_holds_something_else_is_passed_over_and_an_empty_one_is_used(tmp_path: Path) -> None:
    begin(choice(tmp_path))
    (tmp_path / "tune-2").mkdir()
    (tmp_path / "tune-2" / "notes.txt").write_text("mine")
    assert free_folder(tmp_path) == another_folder(tmp_path) == tmp_path / "tune-3"

    CampaignFolder(tmp_path / "tune-3").lock()  # what was not approved leaves a lock
    assert free_folder(tmp_path) == tmp_path / "tune-3"


def test_a_damaged_campaign_is_not_taken_for_none(tmp_path: Path) -> None:
    """Beginning beside it would call everything again."""
    folder = begin(choice(tmp_path))
    (folder / "campaign.json").write_text("{")

    with pytest.raises(UsageError) as error:
        choice(tmp_path, workload=Path("acme.toml")).choose()
    assert error.value.hint == f"Begin another campaign: diag tune acme.toml --folder {tmp_path / 'tune-2'}"


def test_the_status_tells_several_orgs_apart_by_their_host_alone(tmp_path: Path) -> None:
    begin(choice(tmp_path))
    there = Settings(runs=tmp_path, sandbox=True)
    status = CampaignChoice(replace(NOTHING, status=True, sandbox=True), USUAL, there)

    with pytest.raises(UsageError, match=r"No such campaign was begun: .*in Acme, not the sandbox"):
        status.of_status()
    assert CampaignChoice(NOTHING, USUAL, Settings(runs=tmp_path)).of_status().saved is not None


def test_the_status_asks_no_org_where_the_host_alone_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An org and the sandbox are two hosts, and which of them is meant is said by the settings."""
    begin(choice(tmp_path))
    begin(choice(tmp_path, place=SANDBOX), SANDBOX)
    asked: list[Settings] = []
    monkeypatch.setattr(which_campaign, "find_target", asked.append)
    there = Settings(runs=tmp_path, region="us-east-1", client_id="id", client_secret=Secret("secret"))

    assert CampaignChoice(NOTHING, USUAL, there).of_status().folder.path == tmp_path / "tune"
    assert not asked


def test_the_status_asks_once_whether_an_address_on_this_machine_is_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each campaign: something that does not answer there is waited for."""
    for place in (ACME, replace(ACME, org_id="emca"), SANDBOX):
        begin(choice(tmp_path, place=place), place)
    asked: list[Connection] = []

    def one_that_counts(connection: Connection) -> Target:
        asked.append(connection)
        return Target(connection, sandbox=True)

    monkeypatch.setattr(which_campaign, "target_at", one_that_counts)
    there = Settings(
        runs=tmp_path,
        api_base="http://127.0.0.1:9999",
        client_id=SANDBOX_ID,
        client_secret=Secret(SANDBOX_ID),
    )

    assert CampaignChoice(NOTHING, USUAL, there).of_status().folder.path == tmp_path / "tune-3"
    assert len(asked) == 1
