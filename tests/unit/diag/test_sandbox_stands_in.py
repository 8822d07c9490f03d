"""The sandbox stands in for an org only where nothing points to one, and never unasked on a build server."""

from pathlib import Path
from typing import Final

import pytest

from diag import target as target_module
from diag.errors import CredentialsError
from diag.measuring_dialog.load_options import counts_as_org
from diag.settings import Settings, load_settings
from diag.target import About, find_target, must_name_sandbox
from loadtests.planning.org_or_sandbox import open_target

REGION: Final = {"GENESYSCLOUD_REGION": "us-east-1"}


def settings(tmp_path: Path, environment: dict[str, str], **flags: str) -> Settings:
    return load_settings(flags, environment=environment, folder=tmp_path, home=tmp_path)


@pytest.fixture
def _running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target_module, "_about", lambda base: About("demo", as_org=False))


@pytest.mark.usefixtures("_running")
@pytest.mark.parametrize(
    "environment",
    [
        REGION,
        {"GENESYSCLOUD_API_BASE": "https://api.mypurecloud.com"},
        {"GENESYSCLOUD_OAUTHCLIENT_ID": "an-id"},
        {"GENESYSCLOUD_OAUTHCLIENT_SECRET": "hunter2-hunter2"},
        {**REGION, "GENESYSCLOUD_OAUTHCLIENT_ID": "", "GENESYSCLOUD_OAUTHCLIENT_SECRET": ""},
    ],
)
def test_whatever_points_to_an_org_keeps_the_sandbox_out(tmp_path: Path, environment: dict[str, str]) -> None:
    found = settings(tmp_path, environment)

    with pytest.raises(CredentialsError) as verb:
        find_target(found)
    with pytest.raises(CredentialsError), open_target(found):
        pass

    assert "points to an org" in " ".join(verb.value.details) or "is missing" in verb.value.message
    assert "hunter2" not in str(verb.value.details)


@pytest.mark.usefixtures("_running")
def test_a_region_in_a_file_points_to_an_org_too(tmp_path: Path) -> None:
    (tmp_path / "diag.toml").write_text('region = "us-east-1"\n')

    with pytest.raises(CredentialsError) as refused:
        find_target(settings(tmp_path, {}))

    assert "diag.toml" in " ".join(refused.value.details)


@pytest.mark.usefixtures("_running")
def test_a_build_server_uses_the_sandbox_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError) as refused:
        find_target(settings(tmp_path, {"CI": "true"}))
    with pytest.raises(CredentialsError), open_target(settings(tmp_path, {"CI": "true"})):
        pass

    assert "DIAG_SANDBOX=1" in " ".join(refused.value.details)
    assert find_target(settings(tmp_path, {"CI": "true", "DIAG_SANDBOX": "1"})).sandbox
    assert find_target(settings(tmp_path, {"CI": "true"}, sandbox="1")).sandbox
    assert find_target(settings(tmp_path, {"CI": "false"})).sandbox


@pytest.mark.usefixtures("_running")
def test_asked_for_the_sandbox_wins_over_credentials(tmp_path: Path) -> None:
    org = {**REGION, "GENESYSCLOUD_OAUTHCLIENT_ID": "id", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "secret"}

    assert not find_target(settings(tmp_path, org)).sandbox
    assert find_target(settings(tmp_path, {**org, "DIAG_SANDBOX": "1"})).sandbox


@pytest.mark.usefixtures("_running")
def test_with_nothing_stated_every_verb_and_the_load_use_the_same_running_sandbox(tmp_path: Path) -> None:
    found = settings(tmp_path, {})

    with open_target(found) as load:
        assert load.connection.api_base == find_target(found).connection.api_base
    assert load.sandbox


@pytest.mark.parametrize(
    ("environment", "must"),
    [
        ({}, False),
        ({"CI": "1"}, True),
        ({"CI": "1", "DIAG_SANDBOX": "1"}, False),
        (REGION, True),
        ({**REGION, "DIAG_SANDBOX": "1"}, False),
        ({**REGION, "GENESYSCLOUD_OAUTHCLIENT_ID": "an-id"}, True),
        (
            {
                "GENESYSCLOUD_API_BASE": "http://127.0.0.1:1",
                "GENESYSCLOUD_OAUTHCLIENT_ID": "sandbox",
                "GENESYSCLOUD_OAUTHCLIENT_SECRET": "sandbox",
            },
            False,
        ),
    ],
)
def test_next_commands_name_the_sandbox_only_where_the_session_leads_elsewhere(
    tmp_path: Path, environment: dict[str, str], must: bool
) -> None:
    assert must_name_sandbox(settings(tmp_path, environment)) is must


@pytest.mark.parametrize(
    ("environment", "about", "as_org"),
    [
        ({}, About("rehearsal", as_org=True), True),
        ({}, About("demo", as_org=False), False),
        ({}, None, False),  # nothing is there: the load says so
        (REGION, About("demo", as_org=False), True),
    ],
)
def test_a_rehearsal_is_measured_as_long_as_an_org(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    about: About | None,
    as_org: bool,
) -> None:
    monkeypatch.setattr(target_module, "_about", lambda base: about)

    assert counts_as_org(settings(tmp_path, environment)) is as_org
