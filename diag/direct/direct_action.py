"""An action's own request as the org holds it, and the same request as it goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DirectAction:
    """What one action asks its backend, how the reply becomes a result, and which results are allowed.

    Plain values only, because it also travels from a master to its workers. It holds templates of
    credentials (`$!{credentials.NAME}`), never the credentials themselves.
    """

    action_id: str
    action_name: str
    method: str
    url_template: str
    headers: Mapping[str, str]
    """Name -> template of the value, as `config.request.headers` has them."""
    request_template: str | None
    translation_map: Mapping[str, str]
    """Name -> JSONPath into the reply, as `config.response.translationMap` has them."""
    translation_defaults: Mapping[str, str]
    success_template: str | None
    output_schema: str
    """`contract.output.successSchema` as JSON text."""

    def __hash__(self) -> int:
        """Return a hash by what tells actions apart: the mappings have none, and equality compares them."""
        return hash((self.action_id, self.url_template, self.request_template, self.success_template))


@dataclass(frozen=True, slots=True)
class RenderedRequest:
    """A request as it goes out. It may hold secrets and inputs, so nothing of it shows in `repr`."""

    method: str = field(repr=False)
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a request may hold beside its inputs; filled in by whoever makes the calls, never stored."""

    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name -> value of `$!{credentials.NAME}`."""
    auth_response: Mapping[str, object] = field(default_factory=dict, repr=False)
    """What the integration's custom authentication action returned: `authResponse` in templates."""
