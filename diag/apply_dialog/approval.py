"""Asks for approval before anything is written to an org."""

from typing import TYPE_CHECKING

from diag.changes.plans.plan import OrgIdentity
from diag.errors import UsageError

if TYPE_CHECKING:
    from diag.console import Console
    from diag.settings import Settings


def approve(console: "Console", settings: "Settings", org: OrgIdentity, *, yes: bool) -> None:
    """Return when the change is approved. Raises UsageError otherwise.

    A protected profile asks for the org's name even with `--yes`: that is its purpose.
    """
    name = org.org_name or org.org_id
    question = f"Apply to org {name} ({org.host})?"
    if settings.protected:
        if not console.interactive:
            raise UsageError(
                f"The profile of org {name} is protected: the org's name has to be typed.",
                hint="Run the command on a terminal, or remove `protected` from the profile.",
            )
        approved = console.confirm(f"{question} Protected profile: type the org's name.", expected=name)
    else:
        approved = yes or console.confirm(question)
    if not approved:
        raise UsageError("Not approved; nothing was changed.")
