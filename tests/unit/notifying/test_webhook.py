"""Which webhooks are told: named, read from where they are kept, and never shown."""

from pathlib import Path

import pytest

from diag.errors import UsageError
from diag.genesys.http.secret import Secret
from diag.notifying.chosen_webhooks import chosen_webhooks
from diag.notifying.hide_typed_addresses import without_addresses
from diag.notifying.webhook import webhook_at
from diag.setting_sources import SettingsFile
from diag.settings import Settings, load_settings

SLACK = "https://hooks.slack.com/services/T0/B0/secret"
TEAMS = "https://default0123.45.environment.api.powerplatform.com:443/powerautomate/workflows/w?sig=secret"
NOTHING = Settings(Path("runs"))


def test_a_name_wins_over_the_address_and_only_the_host_is_shown() -> None:
    (one,) = chosen_webhooks([f"slack={TEAMS}"], NOTHING)

    assert (one.kind, one.host) == ("slack", "default0123.45.environment.api.powerplatform.com")
    assert one.address.reveal() == TEAMS
    assert "secret" not in repr(one)
    assert webhook_at("http://[::1]:9/x", None, "--notify").host == "[::1]:9"


def test_addresses_come_from_variables_and_from_the_settings() -> None:
    variables = {"HOOK": f"teams={SLACK}", "OTHER": TEAMS}
    by_settings = Settings(Path("runs"), notify=Secret("env:HOOK json=env:OTHER"))

    found = chosen_webhooks([], by_settings, environment=variables)

    assert [one.kind for one in found] == ["teams", "json"]
    assert chosen_webhooks(["none"], by_settings, environment=variables) == ()
    assert chosen_webhooks([SLACK, SLACK], NOTHING) == (webhook_at(SLACK, None, "--notify"),)


def test_a_variable_may_stand_in_the_folders_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"HOOK={SLACK}\nDIAG_NOTIFY=env:HOOK\n")
    settings = load_settings(environment={}, home=tmp_path)

    (one,) = chosen_webhooks([], settings, environment={})

    assert one.host == "hooks.slack.com"
    assert "env:HOOK" not in repr(settings)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("http://acme.example/secret", "leads to acme.example by plain http"),
        ("https://user:secret@acme.example/x", "holds a user name or password for acme.example"),
        ("slack=secret", "is not a web address"),
        ("https://münchen.example/secret", "are written as xn--... in an address"),
        ("https://[secret/x", "is not a web address"),
        ("https://acme.example/\nsecret", "is not a web address"),
        ("https://acme.example:99999999/secret", "is not a web address"),
        ("env:secret-name", "is not the name of a variable"),
        ("env:NOT_THERE", "The variable NOT_THERE, which --notify names, is not set."),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_without_showing_it(typed: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_webhooks([typed], NOTHING, environment={})

    error = caught.value
    assert said in error.message
    assert "secret" not in f"{error.message}{error.details}" or typed.startswith("env:")
    assert error.__cause__ is None


def test_no_address_stands_in_a_file_that_is_shared() -> None:
    file = SettingsFile(Path("diag.toml"), {"notify": SLACK})

    with pytest.raises(UsageError) as caught:
        file.top()

    assert "secret." in caught.value.message and SLACK not in str(vars(caught.value))
    assert SettingsFile(Path("diag.toml"), {"notify": "env:HOOK"}).top().values == {"notify": "env:HOOK"}


def test_a_typed_address_leaves_the_command_line() -> None:
    words = ["tune", "--once", "--notify", f"slack={SLACK}", f"--notify={TEAMS}", "--notify", "env:HOOK"]

    shown, held = without_addresses(words)

    assert shown == [
        *("tune", "--once", "--notify", "slack=env:DIAG_NOTIFY_TYPED_1"),
        *("--notify=env:DIAG_NOTIFY_TYPED_2", "--notify", "env:HOOK"),
    ]
    assert held == {"DIAG_NOTIFY_TYPED_1": SLACK, "DIAG_NOTIFY_TYPED_2": TEAMS}
    found = chosen_webhooks([shown[3], shown[4].removeprefix("--notify=")], NOTHING, environment=held)
    assert [(one.kind, one.address.reveal()) for one in found] == [("slack", SLACK), ("teams", TEAMS)]


def test_of_a_typed_address_an_error_names_the_flag_that_was_typed() -> None:
    shown, held = without_addresses(["--notify", "http://acme.example/secret"])

    with pytest.raises(UsageError, match=r"^The webhook that --notify names leads to acme\.example by plain"):
        chosen_webhooks(shown[1:], NOTHING, environment=held)


def test_other_words_stay_as_they_are() -> None:
    words = ["doctor", "--api", "https://api.example.com", "--metrics", "x"]

    assert without_addresses(words) == (words, {})
