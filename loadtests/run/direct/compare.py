"""`--dry-run --compare`: one test call of each direct action, its request held against ours."""

import os
from collections.abc import Iterator
from typing import Final

from diag.direct.comparison.compare_requests import differences, not_shown
from diag.direct.comparison.shown_request import shown_request
from diag.direct.credentials.credential_source import credential_source
from diag.direct.direct_action import RenderedRequest, Secrets
from diag.direct.direct_load import DirectLoad
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError
from diag.errors import DiagError
from diag.genesys.client import GenesysClient
from loadtests.planning.make_plan import PreparedRun
from loadtests.planning.plan import ActionLoad

_WAIT_S: Final = 70.0
_BY_LOGIN: Final = (
    "not compared: its request holds the result of a custom authentication action, which is not called here"
)


def compared_lines(prepared: PreparedRun, client: GenesysClient) -> Iterator[str]:
    """Yield what each direct action comes to: one test call with its first input. No line holds a value."""
    yield ""
    yield "  Our request, held against what Genesys Cloud made of the same input (one test call each):"
    for action in prepared.plan.actions:
        if action.direct is not None:
            for number, line in enumerate(_compared(prepared, action, action.direct, client)):
                yield f"    {action.action_name}: {line}" if number == 0 else f"      {line}"


def _compared(
    prepared: PreparedRun, action: ActionLoad, load: DirectLoad, client: GenesysClient
) -> tuple[str, ...]:
    payload = action.payloads[0].values
    ours = _rendered(prepared, load, payload)
    if isinstance(ours, str):
        return (ours,)
    reply = client.test_action(action.action_id, payload, wait_s=_WAIT_S, timeout_s=action.timeout_s)
    theirs = shown_request(reply.result.operations) if reply.result is not None else None
    if theirs is None:
        how = "" if reply.result is not None else f" (it ended as {reply.outcome.outcome})"
        return (f"the reply does not show the request{how}",)
    unlike = differences(ours, theirs, _names(load, payload))
    hidden = not_shown(theirs)
    beside = (f"not shown, so not compared: {', '.join(hidden)}",) if hidden else ()
    if not unlike:
        return ("the same", *beside)
    return (f"differs in {len(unlike)}:", *unlike, *beside)


def _names(load: DirectLoad, payload: dict[str, object]) -> str:
    action = load.action
    return "\n".join((action.url_template, action.request_template or "", *payload))


def _rendered(prepared: PreparedRun, load: DirectLoad, payload: dict[str, object]) -> RenderedRequest | str:
    one = prepare(load.action)
    if one.needs_auth_response:
        return _BY_LOGIN
    try:
        source = credential_source(os.environ, prepared.direct.rules.credentials_file)
        return one.request(payload, Secrets(source.secrets(one.credentials, load.credential_set)))
    except InputNotRenderedError as error:
        return f"its first input cannot be rendered: {error.where}: {error.what}"
    except DiagError as error:
        return f"not compared: {error.message}"
