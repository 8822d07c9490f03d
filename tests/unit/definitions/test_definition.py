import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.definitions.action_to_create import action_to_create
from diag.definitions.definition import definition_from, read_definition
from diag.definitions.definition_errors import AmbiguousTargetError, InvalidDefinitionError
from diag.definitions.export import definition_body
from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.full_config import FullConfig
from diag.genesys.integrations import Integration
from diag.genesys.replies.json_reply import JsonObject

EXPORT: dict[str, Any] = {
    "name": "Get Customer",
    "integrationType": "custom-rest-actions",
    "actionType": "custom",
    "config": {
        "request": {
            "requestUrlTemplate": "https://crm.example/${input.customerId}",
            "requestType": "GET",
            "headers": {"X-Key": "${credentials.key}"},
            "requestTemplate": "${input.rawRequest}",
        },
        "response": {"translationMap": {}, "translationMapDefaults": {}, "successTemplate": "${rawResult}"},
    },
    "contract": {
        "input": {"inputSchema": {"type": "object", "properties": {"customerId": {"type": "string"}}}},
        "output": {"successSchema": {"type": "object", "properties": {}}},
    },
    "secure": False,
}
CRM = Integration("i1", "CRM", "custom-rest-actions", "ENABLED")
LAMBDA = Integration("i2", "Lambda", "aws-lambda-data-actions", "ENABLED")

TOML = """
name = "Get Customer"
integration = "CRM"
secure = false

[config]
timeoutSeconds = 4

[config.request]
requestUrlTemplate = "https://crm.example/${input.customerId}"
requestType = "GET"

[contract.input.inputSchema]
type = "object"
properties.customerId.type = "string"

[contract.output.successSchema]
type = "object"
"""


def changed(path: str, value: object) -> dict[str, Any]:
    body = copy.deepcopy(EXPORT)
    *parents, last = path.split(".")
    place: Any = body
    for key in parents:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return body


def test_the_admin_uis_export_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(EXPORT))
    definition = read_definition(path)
    assert (definition.name, definition.integration_type, definition.timeout_s) == (
        "Get Customer",
        "custom-rest-actions",
        None,
    )
    assert definition.ignored == ()


def test_of_the_contract_only_what_the_platform_takes_is_sent() -> None:
    body = copy.deepcopy(EXPORT)
    body["contract"]["output"]["errorSchema"] = {"type": "object"}
    definition = definition_from(body, "f")
    assert definition.ignored == ("contract.output.errorSchema",)
    sent = action_to_create(definition, [CRM], cap_s=30).body["contract"]
    assert sent == EXPORT["contract"]


def test_toml_with_the_same_keys_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TOML)
    definition = read_definition(path)
    assert (definition.integration, definition.timeout_s) == ("CRM", 4)
    assert definition.contract["input"] == {
        "inputSchema": {"type": "object", "properties": {"customerId": {"type": "string"}}}
    }


@pytest.mark.parametrize(
    ("path", "value", "wording"),
    [
        ("name", None, "'name' is a required property"),
        ("name", "   ", "$.name"),
        ("name", "x" * 300, "$.name"),
        ("actionType", "static", "$.actionType"),
        ("config.timeoutSeconds", 61, "$.config.timeoutSeconds"),
        ("config.timeoutSeconds", 0, "$.config.timeoutSeconds"),
        ("config.timeoutSeconds", 2.5, "$.config.timeoutSeconds"),
        ("config.timeoutSecond", 5, "'timeoutSecond' was unexpected"),
        ("config.request.requestType", "FETCH", "$.config.request.requestType"),
        ("config.request.requestUrlTemplate", None, "'requestUrlTemplate' is a required property"),
        ("config.request.requestTemplateUri", "/x", "'requestTemplateUri' was unexpected"),
        ("config.request.headers", {"a": 1}, "$.config.request.headers.a"),
        ("contract.input.inputSchema", {"type": "obect"}, "not a JSON Schema"),
        ("contract.input.inputSchema", {"type": "string"}, 'the type of an input schema is "object"'),
        ("contract.output.successSchema", {"properties": 3}, "$.contract.output.successSchema.properties"),
        ("contract.output", None, "'output' is a required property"),
        (
            "config.request.requestUrlTemplate",
            "https://x/${input.custmerId}",
            "input.custmerId is not in the input",
        ),
        ("config.request.requestTemplate", '{"a": "$!{input.other}"}', "requestTemplate: input.other"),
        ("config.request.headers", {"X": "$input.third"}, "headers.X: input.third"),
    ],
)
def test_every_fault_is_named_with_its_place(path: str, value: object, wording: str) -> None:
    with pytest.raises(InvalidDefinitionError) as caught:
        definition_from(changed(path, value), "a.json")
    assert any(wording in line for line in caught.value.details), caught.value.details
    assert caught.value.category == "usage" and "Nothing was sent" in (caught.value.hint or "")


def test_all_faults_are_listed_at_once() -> None:
    body = changed("name", 7) | {"secure": "no"}
    with pytest.raises(InvalidDefinitionError) as caught:
        definition_from(body, "a.json")
    assert len(caught.value.details) == 2 and "2 faults" in caught.value.message


@pytest.mark.parametrize(
    ("name", "content", "wording"),
    [
        ("a.json", "{half", "not valid JSON"),
        ("a.toml", "= 3", "not valid TOML"),
        ("a.json", "[1]", "not an action definition"),
        ("a.json", "[" * 90 + "]" * 90, "not an action definition"),
        ("a.json", "[" * 200_000, "nested more than 100 levels deep"),
        ("a.json", "\xff", "cannot be read: not UTF-8 text"),
        ("a.json", "\xff\xfe{", "cannot be read: not UTF-16 text"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, name: str, content: str, wording: str) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InvalidDefinitionError, match=wording):
        read_definition(path)


MARK = " - Exported 2024-12-05 @ 13:36"


@pytest.mark.parametrize("mark", ["", MARK, MARK + MARK, " - Exported 12/5/2024 @ 1:36 PM", MARK + "  "])
def test_the_mark_of_an_export_is_no_part_of_the_name(mark: str) -> None:
    definition = definition_from(EXPORT | {"name": "Get Customer" + mark}, "a.json")

    assert definition.name == "Get Customer"
    assert definition.name_in_file == ("Get Customer" + mark).strip()
    kept = definition_from(EXPORT | {"name": "Get Customer" + mark}, "a.json", keep_name=True)
    assert kept.name == definition.name_in_file


@pytest.mark.parametrize("name", ["Exported orders @ 13:36", "Orders - Exported", "A - Exported 2024 items"])
def test_other_names_stay(name: str) -> None:
    assert definition_from(EXPORT | {"name": name}, "a.json").name == name


def test_a_function_action_is_refused_with_what_can_be_done() -> None:
    exported = changed("config.request.requestUrlTemplate", None)
    untyped = {key: value for key, value in exported.items() if key != "integrationType"}
    for body in (exported | {"integrationType": "function-data-actions"}, untyped):
        with pytest.raises(
            InvalidDefinitionError, match="a function action, which cannot be created"
        ) as caught:
            definition_from(body, "a.json")
        assert "diag set NAME --timeout SECONDS" in (caught.value.hint or "")
        assert caught.value.details == ()
    functions = Integration("i3", "Functions", "function-data-actions", "ENABLED")
    with pytest.raises(InvalidDefinitionError, match="'Functions' is a function action"):
        action_to_create(definition_from(EXPORT, "f"), [functions], cap_s=30, integration="Functions")


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.dictionaries(st.sampled_from(["name", "config", "contract", "request", "input"]), inner)
            | st.lists(inner, max_size=2)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_definition_or_a_clear_error(body: object) -> None:
    with pytest.raises(InvalidDefinitionError):
        definition_from(body, "x")


def test_what_will_be_created() -> None:
    creation = action_to_create(definition_from(EXPORT | {"note": "x"}, "f"), [CRM, LAMBDA], cap_s=30)
    assert creation.integration == CRM and creation.category == "CRM"
    assert creation.timeout_s == 30 and "cap" in creation.timeout_reason
    assert creation.warnings == ("not sent, because the platform does not accept it: note",)
    assert creation.body == {
        "name": "Get Customer",
        "category": "CRM",
        "integrationId": "i1",
        "secure": False,
        "config": {**EXPORT["config"], "timeoutSeconds": 30},
        "contract": EXPORT["contract"],
    }


def test_flags_go_before_the_file_and_the_cap_holds() -> None:
    definition = definition_from(changed("config.timeoutSeconds", 20), "f")
    assert action_to_create(definition, [CRM], cap_s=30).timeout_s == 20
    chosen = action_to_create(
        definition, [CRM, LAMBDA], cap_s=30, integration="i2", category="C", timeout_s=7
    )
    assert (chosen.timeout_s, chosen.integration, chosen.category) == (7, LAMBDA, "C")
    with pytest.raises(InvalidDefinitionError, match=r"outside 1\.\.10 s"):
        action_to_create(definition, [CRM], cap_s=10)


def test_the_name_policy() -> None:
    definition = definition_from(EXPORT, "f")
    assert action_to_create(definition, [CRM], cap_s=30, name_prefix="Get ").definition == definition
    with pytest.raises(InvalidDefinitionError, match="does not begin with 'CUSTOM_'"):
        action_to_create(definition, [CRM], cap_s=30, name_prefix="CUSTOM_")


def test_an_integration_is_never_guessed() -> None:
    definition = definition_from(EXPORT, "f")
    twin = Integration("i3", "CRM 2", "custom-rest-actions", None)
    for integrations, wanted in (([CRM, twin], None), ([LAMBDA], None), ([CRM], "Nope"), ([], None)):
        with pytest.raises(AmbiguousTargetError, match="The org has"):
            action_to_create(definition, integrations, cap_s=30, integration=wanted)


def test_credentials_in_clear_text_are_pointed_out_but_not_shown() -> None:
    body = changed(
        "config.request.headers", {"Authorization": "Bearer pat-123", "X-Api-Key": "${credentials.k}"}
    )
    (warning,) = action_to_create(definition_from(body, "f"), [CRM], cap_s=30).warnings
    assert "Authorization" in warning and "pat-123" not in warning
    plain = changed("config.request.requestUrlTemplate", "http://x/${input.customerId}")
    assert "plain http" in action_to_create(definition_from(plain, "f"), [CRM], cap_s=30).warnings[0]


def test_an_export_is_what_register_reads() -> None:
    request = {**EXPORT["config"]["request"], "requestTemplateUri": "/x"}
    del request["requestTemplate"]
    config = ActionConfig(9, request, {"translationMap": {}, "successTemplateUri": "/y"})
    action = Action("a1", "Get Customer", "i1", "Web", 3, True, config)
    contract: JsonObject = {
        "input": {"inputSchema": EXPORT["contract"]["input"]["inputSchema"], "inputSchemaUri": "/z"},
        "output": {
            "successSchema": {"type": "object"},
            "errorSchema": {"type": "object"},
            "successSchemaUri": "/s",
        },
    }
    body = definition_body(
        FullConfig(action, "${input.rawRequest}", "${rawResult}"), contract, "custom-rest-actions"
    )
    definition = definition_from(json.loads(json.dumps(body)), "export")
    assert (definition.timeout_s, definition.secure, definition.category) == (9, True, "Web")
    assert definition.request["requestTemplate"] == "${input.rawRequest}"
    assert definition.response["successTemplate"] == "${rawResult}"
    assert definition.ignored == ("contract.output.errorSchema",)
