"""`--dry-run --compare`: one test call of each direct action, its request held against ours."""

from collections.abc import Iterator
from typing import Final

from diag.direct.comparison.compare_requests import FromLogin, compare_requests
from diag.direct.comparison.shown_request import shown_request
from diag.direct.credentials.authorization import names_for, with_authorization
from diag.direct.credentials.credential_source import CredentialSource, credential_source
from diag.direct.credentials.own_environment import own_environment
from diag.direct.direct_action import DirectAction, RenderedRequest, Secrets
from diag.direct.direct_load import DirectLoad
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError
from diag.errors import CredentialsError
from diag.genesys.client import GenesysClient
from loadtests.planning.plan import ActionLoad
from loadtests.planning.prepare_run import PreparedRun

_WAIT_S: Final = 70.0


def compared_lines(prepared: PreparedRun, client: GenesysClient) -> Iterator[str]:
    """Yield what each direct action comes to: one test call with its first input. No line holds a value.

    Raises UsageError for a file of credentials that cannot be used.
    """
    yield ""
    yield "  Our request, held against what Genesys Cloud made of the same input (one test call each):"
    source = credential_source(own_environment(), prepared.direct.rules.credentials_file)
    for action in prepared.plan.actions:
        if action.direct is not None:
            for number, line in enumerate(_compared(action, action.direct, source, client)):
                yield f"    {action.action_name}: {line}" if number == 0 else f"      {line}"


def _compared(
    action: ActionLoad, load: DirectLoad, source: CredentialSource, client: GenesysClient
) -> tuple[str, ...]:
    payload = action.payloads[0].values
    ours = _rendered(load, payload, source)
    if isinstance(ours, str):
        return (ours,)
    reply = client.test_action(action.action_id, payload, wait_s=_WAIT_S, timeout_s=action.timeout_s)
    theirs = shown_request(reply.result.operations) if reply.result is not None else None
    if theirs is None:
        how = "" if reply.result is not None else f" (it ended as {reply.outcome.outcome})"
        return (f"the reply does not show the request{how}",)
    names = "\n".join((load.action.url_template, load.action.request_template or "", *payload))
    found = compare_requests(ours, theirs, known=names, from_login=_from_login(load.action))
    count = len(found.unlike)
    first = f"differs in {count}:" if count else "the same"
    return (
        first,
        *found.unlike,
        *([f"not compared: {', '.join(found.not_compared)}"] if found.not_compared else []),
    )


def _rendered(
    load: DirectLoad, payload: dict[str, object], source: CredentialSource
) -> RenderedRequest | str:
    """Return our request. What a custom authentication action returns is left open in it: a dry run calls no
    backend, and another login would return something else."""
    one, action = prepare(load.action), load.action
    names = one.credentials | names_for(action, load.auth)
    logged_in = dict.fromkeys(one.auth_names, "-")
    try:
        found = source.secrets(names, load.credential_set)
        request = one.request(payload, Secrets(found, logged_in))
    except InputNotRenderedError as error:
        return f"its first input cannot be rendered: {error.where}: {error.what}"
    except CredentialsError as error:
        return f"not compared: {error.message}"
    return with_authorization(request, action, load.auth, found)


def _from_login(action: DirectAction) -> FromLogin:
    def asks(template: str | None) -> bool:
        return "authResponse" in (template or "")

    headers = frozenset(name for name, template in action.headers.items() if asks(template))
    return FromLogin(asks(action.url_template), asks(action.request_template), headers)
