"""Approval: what a person is asked before anything is written, and what each answer does."""

from pathlib import Path

import pytest

from diag.apply_dialog.approval import approve, approved_for
from diag.changes.plans.plan import OrgIdentity
from diag.console import Console
from diag.errors import UsageError
from diag.settings import Settings
from tests.support.typed_answers import press_ctrl_c, type_in

ACME = OrgIdentity("o1", "Acme\x1b[2J", "api.mypurecloud.ie")
PLAIN, PROTECTED = Settings(Path("runs")), Settings(Path("runs"), protected=True)
SHOWN = "Acme\ufffd[2J"
"""Its name as a terminal shows it."""


def approved(monkeypatch: pytest.MonkeyPatch, settings: Settings, typed: str, *, yes: bool = False) -> bool:
    type_in(monkeypatch, typed)
    try:
        approve(Console(), settings, ACME, yes=yes)
    except UsageError as refused:
        assert refused.message == "Not approved; nothing was changed."
        return False
    return True


@pytest.mark.parametrize(
    ("typed", "does"),
    [("yes\n", True), (" yes \n", True), ("y\n", False), ("YES\n", False), ("\n", False), ("", False)],
)
def test_only_yes_approves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, does: bool
) -> None:
    assert approved(monkeypatch, PLAIN, typed) is does
    asked = capsys.readouterr().err.rstrip("\n")
    assert asked == f"Apply to org {SHOWN} (api.mypurecloud.ie)? Only 'yes' will be accepted: "


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize(
    ("typed", "does"), [(f"{SHOWN}\n", True), ("yes\n", False), ("acme\n", False), ("\n", False), ("", False)]
)
def test_a_protected_profile_asks_for_the_orgs_name_whatever_flag_is_given(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    does: bool,
    yes: bool,
) -> None:
    assert approved(monkeypatch, PROTECTED, typed, yes=yes) is does
    assert f"type the org's name. Only '{SHOWN}' will be accepted: " in capsys.readouterr().err


def test_yes_beforehand_asks_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert approved(monkeypatch, PLAIN, "", yes=True)
    assert capsys.readouterr().err == ""


def test_without_a_terminal_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Console, "interactive", False)
    with pytest.raises(UsageError) as plain:
        approved_for(Console(), PLAIN, "Acme", "Apply?", yes=False)
    assert plain.value.hint == "Add --yes to approve without being asked."
    with pytest.raises(UsageError) as protected:  # --yes does not help there
        approved_for(Console(), PROTECTED, "Acme", "Apply?", yes=True)
    assert protected.value.hint == "Run the command on a terminal, or remove `protected` from the profile."


def test_ctrl_c_at_the_question_approves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    press_ctrl_c(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        approve(Console(), PLAIN, ACME, yes=False)
