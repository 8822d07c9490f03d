"""The room's door: an action read once, then a request for each input and a result for each reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from diag.direct.direct_action import DirectAction, RenderedRequest, Secrets
from diag.direct.rendering.refusals import TemplateRefusedError
from diag.direct.rendering.reply.reading import ReplyReader, read_reply
from diag.direct.rendering.reply.result import Result
from diag.direct.rendering.request import RequestTemplates, read_request

KEPT: Final = 1024
"""Actions whose read templates are kept: the steps of a plan, and then the calls, ask for the same ones."""


@dataclass(frozen=True, slots=True)
class PreparedAction:
    """An action whose every template was read and is rendered here as Genesys Cloud renders it."""

    credentials: frozenset[str]
    """The names used as `${credentials.NAME}`: all of them must be in `Secrets`."""
    auth_names: frozenset[str]
    """The names used as `${authResponse.NAME}`: what the custom authentication action returns."""
    warnings: tuple[str, ...]
    """What is done although the platform's way is unknown, or looks like a slip in a template."""
    _request: RequestTemplates = field(repr=False)
    _reply: ReplyReader = field(repr=False)

    @property
    def needs_auth_response(self) -> bool:
        """Return whether a custom authentication action has to be called first."""
        return bool(self.auth_names)

    def request(self, inputs: Mapping[str, object], secrets: Secrets) -> RenderedRequest:
        """Return the request of one input. Raises `InputNotRenderedError`, which holds no value."""
        return self._request.rendered(inputs, secrets)

    def result(self, status: int, body: bytes) -> Result:
        """Return what a reply becomes. Raises nothing; holds no value of the reply but in `Result.value`."""
        return self._reply.result(status, body)


@lru_cache(maxsize=KEPT)
def prepare(action: DirectAction) -> PreparedAction:
    """Return an action, read once per process. Raises `TemplateRefusedError` with everything that is not
    rendered."""
    request = read_request(action)
    reply, refusals, warnings = read_reply(action)
    if request.refusals or refusals or reply is None:
        raise TemplateRefusedError(action.action_name, (*request.refusals, *refusals))
    return PreparedAction(
        credentials=request.templates.credentials,
        auth_names=request.templates.auth_response,
        warnings=(*request.warnings, *warnings),
        _request=request.templates,
        _reply=reply,
    )
