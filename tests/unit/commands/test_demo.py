"""The demo tells its story by the verbs, and none of them may reach an org whatever the settings point to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from diag import cli
from diag.commands import demo
from diag.exit_codes import ExitCode
from diag.notifying.chosen_webhooks import chosen_webhooks
from diag.sandbox import launch
from diag.sandbox.launch import SandboxProcess
from diag.settings import load_settings

ADDRESS = "http://127.0.0.1:9"


class Verbs:
    """In the place of `diag.cli.run`: remembers what would be run, and where it would lead."""

    def __init__(self, codes: dict[str, int]) -> None:
        self.ran: list[str] = []
        self.addresses: set[str | None] = set()
        self._codes = codes

    def __call__(self, arguments: Sequence[str]) -> int:
        self.ran.append(arguments[0])
        settings = load_settings({})
        connection = settings.connection()
        self.addresses.add(connection.api_base)
        assert connection.client_id == "sandbox" and settings.runs == Path("runs/demo-2")
        assert not settings.sandbox  # that of the usual port, which is another
        assert chosen_webhooks([], settings) == ()
        assert arguments[0] != "init" or "--all" in arguments  # else it would ask on a terminal
        return self._codes.get(arguments[0], ExitCode.OK)


@pytest.fixture(params=["environment", ".env"])
def an_org_is_meant(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Every setting of this machine points to an org, and there is a demo already."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "demo").mkdir(parents=True)
    org = 'client_id = "real"\nclient_secret = "real"\nregion = "us-east-1"\n'
    (tmp_path / "diag.toml").write_text(f"{org}[profile.prod]\n{org}")
    for name, value in (("OAUTHCLIENT_ID", "real"), ("OAUTHCLIENT_SECRET", "real"), ("REGION", "us-east-1")):
        monkeypatch.setenv(f"GENESYSCLOUD_{name}", value)
    if request.param == ".env":
        (tmp_path / ".env").write_text(
            "DIAG_PROFILE=prod\nDIAG_SANDBOX=1\nDIAG_NOTIFY=https://acme.example\n"
        )
    else:
        monkeypatch.setenv("DIAG_PROFILE", "prod")
        monkeypatch.setenv("DIAG_SANDBOX", "1")
        monkeypatch.setenv("DIAG_NOTIFY", "https://acme.example")
    monkeypatch.delenv("DIAG_RUNS", raising=False)

    @contextmanager
    def started(**_: object) -> Iterator[SandboxProcess]:
        yield SandboxProcess(ADDRESS, 1)

    monkeypatch.setattr(launch, "start_sandbox", started)
    for step in ("_show_window", "_compare"):
        monkeypatch.setattr(demo.Story, step, lambda *_: None)
    yield


@pytest.mark.usefixtures("an_org_is_meant")
def test_every_verb_is_led_to_the_sandbox_and_the_story_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = Verbs({"measure": ExitCode.INCOMPLETE})  # a busy machine spoils no story
    monkeypatch.setattr(cli, "run", verbs)
    result = CliRunner().invoke(demo.command, [], catch_exceptions=False)

    assert result.exit_code == 0
    assert verbs.ran == ["observe", "init", "measure", "tune", "apply", "watch", "undo"]
    assert verbs.addresses == {ADDRESS}
    assert load_settings({}).profile == "prod"  # all is as it was before


@pytest.mark.usefixtures("an_org_is_meant")
@pytest.mark.parametrize(
    ("verb", "code", "raised"),
    [("tune", ExitCode.ERROR, demo.DemoFailedError), ("apply", ExitCode.INTERRUPTED, click.Abort)],
)
def test_where_a_verb_fails_it_ends(
    verb: str, code: int, raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    verbs = Verbs({verb: code})
    monkeypatch.setattr(cli, "run", verbs)
    with pytest.raises(raised):
        demo.command.main([], standalone_mode=False)
    assert verbs.ran[-1] == verb
