"""How an action asks its backend: `config.request` and the request template."""

from collections.abc import Sequence

from diag.sandbox.backends.backend_address import kept_address
from diag.sandbox.backends.backend_spec import BackendSpec
from diag.sandbox.reply_bodies import JsonObject


def request_form(
    spec: BackendSpec, backend: str, request_type: str, inputs: Sequence[str]
) -> tuple[JsonObject, str]:
    """Return both, of an action with these inputs; `backend`: the name of its backend."""
    in_body = request_type != "GET"
    in_query = "" if in_body else "&".join(f"{name}=${{input.{name}}}" for name in inputs)
    fields = ", ".join(f'"{name}": "${{input.{name}}}"' for name in inputs)
    usual = f"{{{fields}}}" if in_body else "${input.rawRequest}"
    request: JsonObject = {
        "requestUrlTemplate": kept_address(backend, in_query if spec.query is None else spec.query),
        "requestType": request_type,
        "headers": {
            "Content-Type": "application/json",
            "UserAgent": "PureCloudIntegrations/1.0",
            **spec.headers,
        },
    }
    return request, usual if spec.request_template is None else spec.request_template
