"""One planned change: read the action as it is now, and write down what will be set on it."""

from collections.abc import Callable

from diag.changes.plans.action_fields import digest_of, fields_of, new_salt
from diag.changes.plans.plan import Change, Evidence, SkippedChange, UnreadAction
from diag.genesys.api_errors import ApiError, NotFoundError
from diag.genesys.full_config import FullConfig

ReadConfig = Callable[[str], FullConfig]
"""Reads an action by its id: `GenesysClient.read_config`."""


def read_or_skip(read: ReadConfig, action_id: str, action_name: str) -> FullConfig | SkippedChange:
    """Return the action as it is now, whole and changeable, or why it cannot be planned.

    `UnreadAction` where it was asked for and cannot be done; other skips are on purpose.

    A login or permission error is raised: every further action would fail alike.
    """
    try:
        full = read(action_id)
        if full.action.configurable:
            full.action.require_whole()
    except NotFoundError:
        return UnreadAction(action_id, action_name, "it does not exist in this org")
    except ApiError as error:
        if error.category == "auth":
            raise
        return UnreadAction(action_id, action_name, f"it could not be read: {error.message}")
    reason = full.action.not_configurable_reason
    return full if reason is None else SkippedChange(action_id, action_name, reason)


def change_of(
    full: FullConfig,
    after_timeout_s: int,
    reason: str,
    *,
    evidence: Evidence | None = None,
    forced: bool = False,
    undoes: str | None = None,
) -> Change:
    """Return the change that sets `after_timeout_s` on an action as it is now.

    Raises UnexpectedReplyError for one that is not whole (`Action.require_whole`).
    """
    config = full.action.require_whole()
    salt = new_salt()
    fields = fields_of(full, salt)
    return Change(
        action_id=full.action.id,
        action_name=full.action.name,
        before_timeout_s=config.timeout_s,
        before_is_set=config.timeout_seconds is not None,
        after_timeout_s=after_timeout_s,
        reason=reason,
        action_version=full.action.version,
        fields=fields,
        digest=digest_of(fields),
        salt=salt,
        evidence=evidence,
        forced=forced,
        undoes=undoes,
    )
