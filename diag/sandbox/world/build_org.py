"""From a scenario to the org's first actions and integrations."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from diag.sandbox.backends.reply_form import reply_form
from diag.sandbox.backends.request_form import request_form
from diag.sandbox.flows.flow_configuration import flow_id
from diag.sandbox.flows.flow_spec import FlowSpec, FlowStepSpec
from diag.sandbox.reply_bodies import JsonObject
from diag.sandbox.world.actions.action_config import SandboxActionConfig
from diag.sandbox.world.actions.action_spec import ActionSpec
from diag.sandbox.world.actions.revision import ActionEntry, Revision
from diag.sandbox.world.scenario import IntegrationSpec, Scenario

_NAMESPACE: Final = uuid.UUID("5b1ff3a5-63a5-4a5c-8a53-0d2f0e2b3c10")


def published_entry(spec: ActionSpec, integration_id: str, backend: str) -> ActionEntry:
    """The published action that a scenario describes, version 1; `backend`: the name of its backend."""
    unique = stable_id("action", f"{spec.integration}/{spec.name}")
    id_ = {
        "static": f"static_{unique}",
        "custom_auth": f"customAuth_-_{integration_id}",
    }.get(spec.kind, f"custom_-_{unique}")
    names = spec.input_schema.get("properties")
    inputs = list(names) if isinstance(names, dict) else []
    request, request_template = request_form(spec.backend, backend, spec.request_type, inputs)
    response, success_template = reply_form(spec.backend)
    config = SandboxActionConfig(spec.timeout_s, request, request_template, response, success_template)
    output: JsonObject = spec.output_schema or {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {name: {} for name in spec.result},
        "additionalProperties": True,
    }
    contract: JsonObject = {
        "input": {"inputSchema": spec.input_schema},
        "output": {"successSchema": output},
    }
    function = new_function(spec.function_timeout_s) if spec.kind == "function" else None
    revision = Revision(spec.name, spec.category, 1, spec.secure, config, contract, function)
    return ActionEntry(id_, integration_id, spec.kind, revision)


def new_function(timeout_s: int | None) -> JsonObject:
    """A function's settings with a code bundle in place."""
    function: JsonObject = {
        "id": str(uuid.uuid4()),
        "name": "function",
        "description": "A function of the sandbox",
        "handler": "src/index.handler",
        "runtime": "nodejs22.x",
        "zipId": str(uuid.uuid4()),
    }
    if timeout_s is not None:
        function["timeoutSeconds"] = timeout_s
    return function


def stable_id(what: str, name: str) -> str:
    """The same id in every run, so that notes and scripts stay valid."""
    return str(uuid.uuid5(_NAMESPACE, f"{what}:{name}"))


def flows_of(scenario: Scenario) -> dict[str, FlowSpec]:
    """The flows by id: those described, and one for each name that actions give without more."""
    flows = {flow.name: flow for flow in scenario.flows}
    for action in scenario.actions:
        for name in action.flows:
            known = flows.setdefault(name, FlowSpec(name, ()))
            if all(step.action != action.name for step in known.steps):
                step = FlowStepSpec(action.name, action.name)
                flows[name] = replace(known, steps=(*known.steps, step))
    return {flow_id(flow.name): flow for flow in flows.values()}


def integrations_to_wire(integrations: Iterable[tuple[str, IntegrationSpec]]) -> list[JsonObject]:
    """Integrations as GET /api/v2/integrations lists them."""
    return [
        {
            "id": id_,
            "name": spec.name,
            "integrationType": {"id": spec.type, "selfUri": f"/api/v2/integrations/types/{spec.type}"},
            "intendedState": "ENABLED",
            "reportedState": {"code": "ACTIVE"},
            "selfUri": f"/api/v2/integrations/{id_}",
        }
        for id_, spec in integrations
    ]
