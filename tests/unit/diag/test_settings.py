"""Where settings come from, and who wins."""

from pathlib import Path

import pytest

from diag.errors import CredentialsError, UsageError
from diag.settings import Settings, load_settings

ENVIRONMENT = {
    "GENESYSCLOUD_OAUTHCLIENT_ID": "env-id",
    "GENESYSCLOUD_OAUTHCLIENT_SECRET": "env-secret",
    "GENESYSCLOUD_REGION": "eu-west-1",
}


def load(tmp_path: Path, flags: dict[str, str | None] | None = None, /, **environment: str) -> Settings:
    return load_settings(flags, environment=environment, folder=tmp_path, home=tmp_path / "home")


def write_gc(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "home" / ".gc" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_environment_is_read_and_its_origin_kept(tmp_path: Path) -> None:
    settings = load(tmp_path, **ENVIRONMENT)

    assert settings.client_id == "env-id"
    assert settings.client_secret is not None
    assert settings.client_secret.reveal() == "env-secret"
    assert settings.origins["client_id"] == "environment"


def test_flag_wins_over_environment_and_environment_over_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GENESYSCLOUD_REGION=us-west-2\nDIAG_RUNS='elsewhere'\n")

    by_environment = load(tmp_path, **ENVIRONMENT)
    by_flag = load(tmp_path, {"region": "us-east-1"}, **ENVIRONMENT)

    assert (by_environment.region, by_flag.region) == ("eu-west-1", "us-east-1")
    assert by_environment.runs == Path("elsewhere")


def test_dotenv_alone_is_enough(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(f"export {name}={value}" for name, value in ENVIRONMENT.items()))

    assert load(tmp_path).connection().api_base == "https://api.mypurecloud.ie"


def test_the_genesys_clis_profiles_are_read_as_they_are(tmp_path: Path) -> None:
    write_gc(
        tmp_path,
        '[DEFAULT]\nenvironment="mypurecloud.de"\nclient_credentials="a"\nclient_secret="b"\n'
        '[prod]\nenvironment="us_east_1"\nclient_credentials="c"\nclient_secret="d"\n',
    )

    assert load(tmp_path).client_id == "a"
    assert load(tmp_path, {"profile": "prod"}).connection().api_base == "https://api.mypurecloud.com"


def test_credentials_of_two_sources_are_never_mixed(tmp_path: Path) -> None:
    write_gc(
        tmp_path, '[DEFAULT]\nenvironment="mypurecloud.de"\nclient_credentials="a"\nclient_secret="gc"\n'
    )
    settings = load(tmp_path, GENESYSCLOUD_OAUTHCLIENT_ID="env-id")

    assert settings.client_secret is None
    with pytest.raises(CredentialsError, match="GENESYSCLOUD_OAUTHCLIENT_SECRET is missing"):
        settings.connection()


def test_a_protected_profile_is_read_from_the_project_file(tmp_path: Path) -> None:
    (tmp_path / "diag.toml").write_text('[profile.prod]\nprotected = true\nregion = "us-east-1"\n')

    assert load(tmp_path, {"profile": "prod"}).protected
    assert not load(tmp_path).protected


def test_unknown_profile_setting_and_broken_toml_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no profile 'nope'"):
        load(tmp_path, {"profile": "nope"})
    (tmp_path / "diag.toml").write_text('regoin = "us-east-1"\n')
    with pytest.raises(UsageError, match="regoin"):
        load(tmp_path)
    (tmp_path / "diag.toml").write_text("region =\n")
    with pytest.raises(UsageError, match="not valid TOML"):
        load(tmp_path)


def test_nothing_found_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError) as caught:
        load(tmp_path).connection()

    assert "diag demo" in (caught.value.hint or "")
    assert any(".gc/config.toml" in line for line in caught.value.details)


def test_missing_region_is_named(tmp_path: Path) -> None:
    settings = load(tmp_path, GENESYSCLOUD_OAUTHCLIENT_ID="a", GENESYSCLOUD_OAUTHCLIENT_SECRET="b")

    with pytest.raises(CredentialsError, match="No region"):
        settings.connection()


def test_a_secret_others_can_read_is_warned_about_and_never_shown(tmp_path: Path) -> None:
    write_gc(tmp_path, '[DEFAULT]\nclient_credentials="a"\nclient_secret="hunter2"\n', mode=0o644)
    settings = load(tmp_path)

    assert any("chmod 600" in warning for warning in settings.warnings)
    assert "hunter2" not in repr(settings)


def test_a_named_profile_wins_over_the_environment_address_and_all(tmp_path: Path) -> None:
    (tmp_path / "diag.toml").write_text(
        '[profile.dev]\nclient_id = "dev"\nclient_secret = "d"\nregion = "us-west-2"\n'
        '[profile.no-region]\nclient_id = "dev"\nclient_secret = "d"\n'
    )
    dev = load(tmp_path, {"profile": "dev"}, **ENVIRONMENT, GENESYSCLOUD_API_BASE="https://prod.example")
    without = load(tmp_path, {"profile": "no-region"}, **ENVIRONMENT)

    assert (dev.client_id, dev.connection().api_base) == ("dev", "https://api.usw2.pure.cloud")
    with pytest.raises(CredentialsError, match="No region"):
        without.connection()


def test_a_profile_that_only_protects_takes_the_environments_credentials(tmp_path: Path) -> None:
    (tmp_path / "diag.toml").write_text("[profile.prod]\nprotected = true\n")
    settings = load(tmp_path, DIAG_PROFILE="prod", **ENVIRONMENT)

    assert settings.protected
    assert settings.connection().api_base == "https://api.mypurecloud.ie"


def test_a_region_is_never_mixed_with_another_sources_address(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GENESYSCLOUD_API_BASE=https://elsewhere.example\n")

    assert load(tmp_path, **ENVIRONMENT).connection().api_base == "https://api.mypurecloud.ie"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("runs = [{}]", "runs .* is not a text in quotes"),
        ("region = 61", "region .* is not a text in quotes"),
        ("client_id = [[]]", "client_id .* is not a text in quotes"),
        ("client_secret = 2026-01-01", "client_secret .* is not a text in quotes"),
        ('protected = "true"', "protected .* is neither true nor false"),
        ("protected = 1", "protected .* is neither true nor false"),
        ('runs = "a\\u0000b"', "runs .* holds a line break, another control character"),
        ('access_token = "top-secret\\nX-Evil: 1"', "access_token .* holds a line break"),
        ('zone = "\\u001b]0;x"', "zone .* holds a line break, another control character"),
        (f'name_prefix = "{"x" * 20_000}"', "name_prefix .* has more than 16,384 characters"),
    ],
)
def test_a_value_that_no_setting_can_have_is_named_and_never_shown(
    tmp_path: Path, line: str, said: str
) -> None:
    for text, flags in ((line, {}), (f"[profile.p]\n{line}", {"profile": "p"})):
        (tmp_path / "diag.toml").write_text(text)
        with pytest.raises(UsageError, match=rf"(?s){said}") as caught:
            load(tmp_path, dict(flags))
        assert "diag.toml" in str(caught.value) and "top-secret" not in str(caught.value)


@pytest.mark.slow
def test_the_same_holds_for_the_environment_and_the_genesys_cli(tmp_path: Path) -> None:
    secret = {**ENVIRONMENT, "GENESYSCLOUD_OAUTHCLIENT_SECRET": "top-secret\n"}
    with pytest.raises(UsageError, match=r"OAUTHCLIENT_SECRET .* holds a line break") as caught:
        load(tmp_path, **secret)
    assert "top-secret" not in str(caught.value)
    write_gc(tmp_path, "[DEFAULT]\nenvironment = 5e-324\nclient_credentials = 'i'\n")
    with pytest.raises(UsageError, match=r"region .*\.gc/config\.toml \[DEFAULT\]. is not a text"):
        load(tmp_path)


def test_a_home_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "~")
    with pytest.raises(UsageError, match="HOME does not name a folder"):
        load_settings(environment={}, folder=tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"OAUTHCLIENT_SECRET .* not UTF-8"):
        load(tmp_path, **{**ENVIRONMENT, "GENESYSCLOUD_OAUTHCLIENT_SECRET": "\udcff"})


def test_the_file_about_the_platform_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "diag.toml").write_text('platform = "prod-platform.toml"\n')

    assert load(tmp_path).platform == Path("prod-platform.toml")
    assert load(tmp_path, DIAG_PLATFORM="other.toml").platform == Path("other.toml")
    assert load(tmp_path / "elsewhere").platform is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_files_are_read_as_the_editors_of_windows_save_them(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-8-sig" else "\ufeff"
    for name, text in ((".env", "DIAG_ZONE=Europe/Berlin\r\n"), ("diag.toml", 'region = "us-west-2"\r\n')):
        (tmp_path / name).write_bytes((mark + text).encode(encoding))

    settings = load(tmp_path)

    assert (settings.zone, settings.region) == ("Europe/Berlin", "us-west-2")


def test_a_dotenv_that_an_editor_named_otherwise_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / ".env.txt").write_text("DIAG_ZONE=Europe/Berlin\n")

    settings = load(tmp_path)
    assert settings.warnings == (f"{tmp_path / '.env.txt'} is not read. Fix: rename it to .env",)
    with pytest.raises(CredentialsError) as refused:
        settings.connection()
    assert settings.warnings[0] in refused.value.details

    (tmp_path / ".env").touch()
    assert load(tmp_path).warnings == ()
