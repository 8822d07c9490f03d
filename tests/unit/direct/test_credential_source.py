import os
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.direct.credentials.authorization import adds_authorization, authorization, names_for
from diag.direct.credentials.credential_source import (
    CredentialSource,
    NeededCredentials,
    credential_source,
    variable_of,
)
from diag.direct.credentials.own_environment import own_environment
from diag.direct.direct_action import DirectAction
from diag.errors import CredentialsError, UsageError

CANARY = "canary-5f2b"


def written(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_the_environment_wins_over_the_file_and_a_set_over_both(tmp_path: Path) -> None:
    file = written(tmp_path, 'key = "file"\nother = "o"\n[crm]\nkey = "crm file"\nname = "n"\n')
    plain = credential_source({}, file)
    assert plain.secrets({"key", "other"}) == {"key": "file", "other": "o"}
    assert plain.secrets({"key", "other", "name"}, "crm") == {"key": "crm file", "other": "o", "name": "n"}

    env = {"DIAG_CREDENTIAL_KEY": "env"}
    assert credential_source(env, file).secrets({"key"}) == {"key": "env"}
    assert credential_source(env, file).secrets({"key"}, "crm") == {"key": "crm file"}
    env["DIAG_CREDENTIAL_CRM_KEY"] = "crm env"
    assert credential_source(env, file).secrets({"key"}, "crm") == {"key": "crm env"}


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, 'key = "k"')
    assert credential_source({"DIAG_CREDENTIALS_FILE": file}, None).secrets({"key"}) == {"key": "k"}


@pytest.mark.parametrize(
    ("name", "whose", "variable"),
    [
        ("api-key", None, "DIAG_CREDENTIAL_API_KEY"),
        ("clientId", "my crm", "DIAG_CREDENTIAL_MY_CRM_CLIENTID"),
        ("größe", None, "DIAG_CREDENTIAL_GR_SSE"),
    ],
)
def test_a_name_becomes_a_variable(name: str, whose: str | None, variable: str) -> None:
    assert variable_of(name, whose) == variable


def test_everything_missing_is_named_at_once_with_what_to_set() -> None:
    source = CredentialSource({"DIAG_CREDENTIAL_KEY": "k", "DIAG_CREDENTIAL_EMPTY": ""})
    wanted = [
        NeededCredentials(frozenset({"key", "empty"})),
        NeededCredentials(frozenset({"user", "pass"}), "crm"),
    ]
    with pytest.raises(CredentialsError) as error:
        source.require(wanted)
    assert error.value.message == (
        "Credentials of a backend are missing: empty is empty; pass of 'crm'; user of 'crm'."
    )
    for name in ("DIAG_CREDENTIAL_EMPTY", "DIAG_CREDENTIAL_CRM_PASS", "DIAG_CREDENTIAL_CRM_USER"):
        assert name in str(error.value.hint)
    assert str(error.value.hint).endswith('DIAG_CREDENTIALS_FILE names: empty = "..."')


def test_two_names_of_one_variable_are_not_mixed_up() -> None:
    source = CredentialSource({"DIAG_CREDENTIAL_A_B": CANARY})
    with pytest.raises(CredentialsError) as error:
        source.secrets({"a-b", "a_b"})
    assert "stands for a-b and for a_b" in error.value.message


@pytest.mark.parametrize("value", ["line\nbreak", "cr\rX: 1", "nul\x00", "\ud800"])
def test_what_would_break_out_of_a_header_is_refused(value: str) -> None:
    with pytest.raises(CredentialsError) as error:
        CredentialSource({"DIAG_CREDENTIAL_KEY": CANARY + value}).secrets({"key"})
    assert CANARY not in str(error.value) + str(error.value.hint)


@pytest.mark.parametrize(
    "text",
    [
        f'key = ["{CANARY}"]', f'[crm]\nkey = {{ a = "{CANARY}" }}', "key = 5", f'key "{CANARY}"',
        f'[crm]\nkey = "{CANARY}"\nkey = "{CANARY}"', f'key = "{CANARY}', "\xff\xfe",
    ],
)  # fmt: skip
def test_a_file_that_is_not_plain_text_is_refused_without_a_value(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as error:
        credential_source({}, written(tmp_path, text.replace("\xff\xfe", "key = \x00")))
    shown = "".join(traceback.format_exception(error.value)) + str(error.value.hint)
    assert CANARY not in shown
    assert "secrets.toml" in error.value.message


def test_a_file_that_others_can_read_is_warned_about(tmp_path: Path) -> None:
    assert credential_source({}, written(tmp_path, 'key = "k"')).warnings == ()
    (warning,) = credential_source({}, written(tmp_path, 'key = "k"', 0o644)).warnings
    assert "chmod 600" in warning


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        credential_source({}, os.fspath(tmp_path / "none.toml"))


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=8), st.just(CANARY), max_size=4), st.sets(st.text(max_size=8)))
def test_no_value_shows_in_repr_or_error(environment: dict[str, str], names: set[str]) -> None:
    source = CredentialSource({f"DIAG_CREDENTIAL_{name}": value for name, value in environment.items()})
    assert CANARY not in repr(source)
    try:
        found = source.secrets(names)
    except CredentialsError as error:
        assert CANARY not in "".join(traceback.format_exception(error)) + str(error.hint)
    else:
        assert found.keys() == names


def test_authorization_is_added_only_where_no_template_sets_it() -> None:
    plain = DirectAction("a", "Get", "GET", "https://x", {"X-Key": "1"}, None, {}, {}, None, "{}")
    own = DirectAction("a", "Get", "GET", "https://x", {"authorization": "x"}, None, {}, {}, None, "{}")
    assert names_for(plain, "basic") == {"username", "password"}
    assert names_for(plain, "bearer") == {"token"}
    assert names_for(plain, None) == names_for(own, "basic") == frozenset()
    assert adds_authorization(plain, "bearer")
    assert not adds_authorization(own, "bearer")
    assert authorization("basic", {"username": "Aladdin", "password": "open sesame"}) == (
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    )
    assert authorization("bearer", {"token": "t"}) == "Bearer t"


def test_credentials_stand_in_dotenv_as_other_settings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("DIAG_CREDENTIAL_KEY='of file'\nDIAG_CREDENTIAL_OTHER=o\nPATH=nowhere\n")
    monkeypatch.setenv("DIAG_CREDENTIAL_OTHER", "of environment")
    found = own_environment(tmp_path)
    assert credential_source(found, None).secrets({"key", "other"}) == {
        "key": "of file",
        "other": "of environment",
    }
    assert found["PATH"] == os.environ["PATH"]
    assert "DIAG_CREDENTIAL_KEY" not in own_environment(tmp_path / "elsewhere")
