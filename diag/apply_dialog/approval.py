"""Asks for approval before anything is written to an org, or called there unattended."""

from typing import TYPE_CHECKING, Final

from diag.changes.plans.plan import OrgIdentity
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.console import Console
    from diag.settings import Settings

_TYPE_IT: Final = "Run the command on a terminal, or remove `protected` from the profile."


def approve(console: "Console", settings: "Settings", org: OrgIdentity, *, yes: bool) -> None:
    """Return when the change is approved. Raises UsageError otherwise."""
    name = org.org_name or org.org_id
    if not approved_for(console, settings, name, f"Apply to org {name} ({org.host})?", yes=yes):
        raise UsageError("Not approved; nothing was changed.")


def approved_for(
    console: "Console", settings: "Settings", name: str, question: str, *, yes: bool, how: str = _TYPE_IT
) -> bool:
    """Return whether the question about the org of this name is answered yes; `yes`: it was beforehand.

    A protected profile asks for the org's name even then: that is its purpose. Raises UsageError where there
    is no terminal to ask on; `how`: what to do then.
    """
    if settings.protected:
        if not console.interactive:
            raise UsageError(
                f"The profile of org {name} is protected: the org's name has to be typed.",
                hint=how,
            )
        return console.confirm(f"{question} Protected profile: type the org's name.", expected=name)
    return yes or console.confirm(question)
