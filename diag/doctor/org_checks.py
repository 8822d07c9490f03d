"""Checks that ask the org: reachable, token, name, permissions, limits, clock."""

from collections.abc import Callable, Iterator
from typing import Final, Literal

from diag.doctor.check import Check
from diag.doctor.needed_permissions import NEEDED_PERMISSIONS, NeededPermission
from diag.doctor.platform_checks import contradicted
from diag.genesys.api_errors import ApiError, LoginError, NetworkError, UnexpectedReplyError
from diag.genesys.client import GenesysClient
from diag.genesys.replies.granted_permissions import Permissions
from diag.workload.share_of_org_limits import CONCURRENCY_KEY, DEFAULT_CONCURRENCY

MAX_SKEW_S: Final = 30.0
"""Our times are compared with the platform's telemetry; half a minute does not matter there, more may."""

ROLE_FIX: Final = "Admin > People & Permissions > Roles: add it to a role of the OAuth client"


def check_org(client: GenesysClient) -> Iterator[Check]:
    """Yield the checks in order; when one makes the next pointless, those are skipped with the reason."""
    host = client.connection.host
    try:
        client.access_token()
        organization = client.organization()
    except ApiError as error:
        yield from _no_way_in(error, host)
        return
    yield Check("region", "ok", f"{host} answers")
    yield Check("token", "ok", _whose_token(client))
    yield Check("organization", "ok", f"{organization.name} ({organization.id})")
    yield from check_permissions(client)
    yield _actions(client)
    yield _limits(client)
    yield _clock(client)


def _no_way_in(error: ApiError, host: str) -> Iterator[Check]:
    if isinstance(error, NetworkError | UnexpectedReplyError):
        yield _failed("region", error)
        yield Check("token", "skipped", "the region was not reached")
    elif isinstance(error, LoginError):
        yield Check("region", "ok", f"{host} answers")
        yield _failed("token", error)
    else:
        yield Check("region", "ok", f"{host} answers")
        yield _failed("token", error)
    for name in ("organization", "permissions", "limits", "clock"):
        yield Check(name, "skipped", "there is no token")


def check_permissions(client: GenesysClient) -> Iterator[Check]:
    """Yield one check a permission. Where the org does not list them, harmless calls are tried instead."""
    learnt = client.connection.platform.subjects_me
    try:
        permissions = client.permissions()
    except ApiError as error:
        if learnt is not None and learnt.value:
            yield contradicted(
                f"roles can be read, and now they cannot ({error.status or 'no reply'})", learnt
            )
        yield from _tried_permissions(client, error)
        return
    if learnt is not None and not learnt.value:
        yield contradicted("roles cannot be read, and now they can", learnt)
    for need in NEEDED_PERMISSIONS:
        yield _permission(need, permissions)


def _permission(need: NeededPermission, permissions: Permissions) -> Check:
    name = f"permission {need.permission}"
    if permissions.allow_any([need.permission, *([need.or_else] if need.or_else else [])]):
        return Check(name, "ok", "granted")
    status: Literal["failed", "warning"] = "failed" if need.essential else "warning"
    return Check(name, status, f"missing: {need.breaks}", ROLE_FIX, category="auth")


def _tried_permissions(client: GenesysClient, why: ApiError) -> Iterator[Check]:
    """Try what only reads; executing and editing are never tried."""
    attempts: dict[str, Callable[[], object]] = {
        "integrations:action:view": client.count_actions,
        "integrations:integration:view": client.integrations,
    }
    learnt = client.connection.platform.subjects_me
    unlisted = f"Genesys does not list this token's permissions ({why.status})"
    if learnt is not None and not learnt.value:
        unlisted = f"this platform tells no client its permissions (that was learnt on {learnt.found_at})"
    for need in NEEDED_PERMISSIONS:
        name = f"permission {need.permission}"
        attempt = attempts.get(need.permission)
        if attempt is None:
            yield Check(name, "skipped", unlisted)
            continue
        try:
            attempt()
        except ApiError as error:
            yield (
                _failed(name, error) if need.essential else Check(name, "warning", error.message, error.hint)
            )
        else:
            yield Check(name, "ok", "granted (tried)")


def _whose_token(client: GenesysClient) -> str:
    try:
        info = client.token_info()
    except ApiError as error:
        return f"accepted; its owner is unknown ({error.status or 'no reply'})"
    return f"accepted: OAuth client {info.client_name or info.client_id or 'unknown'}"


def _actions(client: GenesysClient) -> Check:
    try:
        count = client.count_actions()
    except ApiError as error:
        return Check("actions", "skipped", error.message)
    if count == 0:
        fix = "Check the divisions of the OAuth client's roles"
        return Check("actions", "warning", "the org lists no data action", fix)
    return Check("actions", "ok", f"{count if count is not None else 'an unknown number of'} data actions")


def _limits(client: GenesysClient) -> Check:
    try:
        limits = client.limits()
    except ApiError as error:
        return Check(
            "limits",
            "warning",
            f"not readable: {error.message}",
            f"The load assumes {DEFAULT_CONCURRENCY} executions at once, the lower documented default",
        )
    concurrent = limits.get(CONCURRENCY_KEY)
    volume = limits.get("requests.volume.max")
    return Check(
        "limits",
        "ok",
        f"{concurrent if concurrent is not None else '?'} executions at once, "
        f"{volume if volume is not None else '?'} a minute, shared with production",
    )


def _clock(client: GenesysClient) -> Check:
    try:
        skew_s = client.clock_skew_s()
    except ApiError as error:
        return Check("clock", "skipped", error.message)
    if skew_s is None:
        return Check("clock", "skipped", "the reply has no Date")
    if abs(skew_s) <= MAX_SKEW_S:
        return Check("clock", "ok", f"within {max(1.0, abs(skew_s)):.0f} s of Genesys")
    side = "ahead of" if skew_s > 0 else "behind"
    return Check(
        "clock", "warning", f"{abs(skew_s):.0f} s {side} Genesys", "Turn on time synchronisation (NTP)"
    )


def _failed(name: str, error: ApiError) -> Check:
    text = "; ".join((error.message.rstrip("."), *error.details))
    return Check(name, "failed", text, error.hint, category=error.category)
