"""What the Resource Center says of templates, construct by construct; each test names its source.

RC-V: help.mypurecloud.com/articles/velocity-macros-data-actions, "Velocity macros for data actions".
RC-U: help.mypurecloud.com/?p=296518, "URI (URL) form encoding for data actions".
RC-Q: help.mypurecloud.com/?p=138534, "Request configuration for data actions".
RC-R: help.mypurecloud.com/?p=135983, "Response configuration for data actions".
RC-C: help.mypurecloud.com/articles/how-to-use-the-user-defined-credential-type.
RC-O: help.mypurecloud.com/?p=149269, "How to use the User Defined (OAuth) credential type".
TF: github.com/MyPureCloud/terraform-provider-genesyscloud, examples of integration actions.
"""

import base64
import json
from typing import Any

import pytest

from diag.direct.direct_action import Secrets
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError, TemplateRefusedError
from diag.direct.rendering.tools.url_tool import URL_TOOL
from tests.unit.direct.rendering.test_prepare import action


def body(template: str, secrets: Secrets | None = None, **inputs: object) -> str:
    made = prepare(action(method="POST", url_template="https://h/", request_template=template))
    return made.request(inputs, secrets or Secrets()).body.decode()


def url(template: str, **inputs: object) -> str:
    return prepare(action(url_template=template)).request(inputs, Secrets()).url


def result(reply: object, template: str, defaults: dict[str, str] | None = None, **paths: str) -> Any:
    made = prepare(
        action(
            output_schema="{}",
            translation_map=paths,
            translation_defaults=defaults or {},
            success_template=template,
        )
    ).result(200, json.dumps(reply).encode())
    return made.value if made.ok else made.problem


def test_formal_notation_prints_the_name_of_what_is_null() -> None:
    """RC-V, "If the variable is null, formal notation outputs the variable name"."""
    assert body("${input.a} ${input.b}", a=None) == "${input.a} ${input.b}"


def test_silent_notation_prints_nothing_of_what_is_null() -> None:
    """RC-V, "If the variable is null, the silent notation outputs an empty string"."""
    assert body("[$!{input.a}$!input.b]", a=None) == "[]"


def test_velocity_is_valid_in_all_four_places() -> None:
    """RC-V, "Velocity templates are valid for the following fields"."""
    made = prepare(
        action(
            method="PUT",
            url_template="https://h/${input.a}",
            headers={"X": "${input.a}"},
            request_template="${input.a}",
            translation_map={"b": "$.b"},
            success_template='{"name": ${b}}',
        )
    )
    request = made.request({"a": "7"}, Secrets())

    assert (request.url, request.headers[0], request.body) == ("https://h/7", ("X", "7"), b"7")
    assert made.result(200, b'{"b": "n"}').value == {"name": "n"}


def test_url_form_encode_writes_a_space_as_plus() -> None:
    """RC-V, "the spaces are encoded as “+” by this method"; `$esc.url()` is its alias."""
    assert body("$esc.urlFormEncode($input.a)", a="a b&c=é") == "a+b%26c%3D%C3%A9"
    assert body("$esc.url($input.a)", a="a b&c=é") == "a+b%26c%3D%C3%A9"


def test_uri_encode_encodes_reserved_characters() -> None:
    """RC-U, "Use $esc.uriEncode() around values or variables that contain any URL reserved characters"."""
    assert (
        body('a=$esc.uriEncode("https://api.example.com/v1 x")') == "a=https%3A%2F%2Fapi.example.com%2Fv1%20x"
    )
    assert body(
        'd=$esc.uriEncode("${input.D}")&e=$esc.uriEncode("${input.E}")', D="50% & more", E="a@b.c"
    ) == ("d=50%25%20%26%20more&e=a%40b.c")


def test_json_encode_escapes_for_the_inside_of_a_json_text() -> None:
    """RC-V, "Use esc.jsonEncode to escape strings inside JSON bodies"; RC-Q has the older jsonString."""
    hard = 'He said "no"\n\\ \t é'
    for name in ("jsonEncode", "jsonString"):
        made = body(f'{{"a": "$esc.{name}($input.a)", "b": "$esc.{name}("${{input.a}}")"}}', a=hard)
        assert json.loads(made) == {"a": hard, "b": hard}


@pytest.mark.parametrize(
    "call", ["$esc.jsonEncode($input.a)", "$esc.url($input.a)", "$encoding.base64($!{input.a})"]
)
def test_null_given_to_a_method_of_genesys_own_is_not_guessed_at(call: str) -> None:
    """Unknown: VelocityTools returns null for null, and the reference then prints itself."""
    with pytest.raises(InputNotRenderedError, match="null given to"):
        body(call, a=None)
    assert body(call.replace("($", '("$!').replace("!!", "!").replace(")", '")'), a=None) == ""


def test_json_decode_is_the_way_back() -> None:
    """RC-V, contents: "esc.jsonDecode"."""
    assert body("$esc.jsonDecode($input.a)", a='a\\"b\\n') == 'a"b\n'


def test_base64_makes_a_basic_header() -> None:
    """RC-U and TF: `Basic $encoding.base64("${credentials.clientId}:${credentials.clientSecret}")`."""
    made = prepare(
        action(headers={"Authorization": 'Basic $encoding.base64("${credentials.a}:${credentials.b}")'})
    ).request({"id": "1"}, Secrets(credentials={"a": "user", "b": "pässword"}))

    assert made.headers == (
        ("Authorization", "Basic " + base64.b64encode("user:pässword".encode()).decode()),
    )


def test_math_calculates() -> None:
    """RC-V, "Math library": VelocityTools' MathTool."""
    assert body("$math.add(1, $input.n) $math.div(7, 2) $math.mul('3', 4)", n=2) == "3 3.5 12"


def test_the_escape_tool_of_velocity() -> None:
    """RC-V, "methods to escape outputs for Java, JSON, JavaScript, HTML, XML, and SQL"."""
    assert body("$esc.html($input.a) $esc.xml($input.a) $esc.sql($input.a)", a="<'&\">") == (
        "&lt;'&amp;&quot;&gt; &lt;&apos;&amp;&quot;&gt; <''&\">"
    )
    assert body("$esc.java($input.a) $esc.javascript($input.a)", a="a\"/'b") == "a\\\"/'b a\\\"\\/\\'b"


def test_characters_of_velocity_itself() -> None:
    """RC-V, "EscapeTool also provides methods to escape Velocity Template Language characters"."""
    assert body("$esc.dollar$esc.hash$esc.quote$esc.backslash$esc.exclamation") == '$#"\\!'


def test_java_string_methods() -> None:
    """RC-V, "Java string method macros"."""
    template = "${input.a.substring(0, 3)}|$input.a.toUpperCase()|$input.a.replace('-', '')|$input.a.length()"

    assert body(template, a="abc-1") == "abc|ABC-1|abc1|5"
    assert body("$input.a.replaceAll('[^0-9]', '')", a="+49 (30) 12-3") == "4930123"
    assert body("#set($p = $input.a.split(','))${p[1]}$p.size()", a="x,y,z") == "y3"


def test_if_and_else_choose() -> None:
    """Velocity user guide, "Conditionals"; genesys-api.md 9e: `#if #{else} #end`."""
    template = '#if("$!input.a" == "")none#elseif($input.a == "x")x#{else}other#end'

    assert [body(template, a=value) for value in (None, "", "x", "y")] == ["none", "none", "x", "other"]


def test_an_optional_field_of_a_json_body() -> None:
    """A public request template (github.com): `#if("$!{input.x}" != "") , "x": "${input.x}"#end`."""
    template = '{"a": 1#if("$!{input.x}" != "") , "x": "${input.x}"#end}'

    assert [json.loads(body(template, x=value)) for value in ("", None, "v")] == [
        {"a": 1},
        {"a": 1},
        {"a": 1, "x": "v"},
    ]


def test_raw_request_is_the_input_as_json() -> None:
    """RC-Q, "a default value of “${input.rawRequest}”"."""
    assert json.loads(body("${input.rawRequest}", a="x", n=1, deep={"b": [True, None]})) == {
        "a": "x",
        "n": 1,
        "deep": {"b": [True, None]},
    }


def test_nested_inputs_are_reached_by_name() -> None:
    """Velocity user guide, "Properties"; of nested inputs the Resource Center says nothing."""
    assert (
        body("${input.a.b.c} $input.a.list[0] $input.a.get('b').c", a={"b": {"c": "x"}, "list": ["y"]})
        == "x y x"
    )


def test_credentials_are_a_keyword() -> None:
    """RC-C, "credentials is a static keyword, which you can use with other Velocity macros"."""
    made = prepare(action(url_template="https://h/?k=${credentials.API_Key}"))

    assert made.credentials == {"API_Key"}
    assert made.request({}, Secrets(credentials={"API_Key": "12345"})).url == "https://h/?k=12345"


def test_the_authentication_response_is_reached_by_name() -> None:
    """RC-O and help.mypurecloud.com/?p=149524, "authResponse.<field name>"."""
    made = prepare(
        action(headers={"Authorization": "${authResponse.token_type} ${authResponse.access_token}"})
    )
    secrets = Secrets(auth_response={"token_type": "Bearer", "access_token": "t"})

    assert made.needs_auth_response
    assert made.request({"id": "1"}, secrets).headers == (("Authorization", "Bearer t"),)


def test_numbers_and_truth_values_print_as_java_prints_them() -> None:
    """Java SE, `toString` of Boolean, Integer, Long and Double."""
    assert (
        body("${input.a} ${input.b} ${input.c} ${input.d}", a=True, b=5, c=1.0, d=1e20) == "true 5 1.0 1.0E20"
    )


def test_a_list_printed_as_text_is_not_guessed_at() -> None:
    """Unknown: neither the Resource Center nor a public template says whether it is JSON or Java's text."""
    with pytest.raises(InputNotRenderedError, match="a list printed as text"):
        body("${input.a}", a=["x"])


def test_get_sends_no_body_whatever_its_template_is() -> None:
    """RC-Q, "GET requests do not use request templates"."""
    made = prepare(action(request_template="{}"))

    assert made.request({"id": "1"}, Secrets()).body == b""
    assert made.warnings == ("requestTemplate is not sent with GET, as the Resource Center says of GET",)


def test_a_url_with_a_space_is_not_sent() -> None:
    """RC-V, "to escape values … Otherwise, URLs with spaces or other non-URL characters …"."""
    assert url("https://h/?q=$esc.url($input.a)", a="a b") == "https://h/?q=a+b"
    with pytest.raises(InputNotRenderedError, match="holds a space"):
        url("https://h/?q=${input.a}", a="a b")


def test_transfer_encoding_is_left_to_the_client() -> None:
    """help.mypurecloud.com/?p=141921, "add Transfer-Encoding: buffered under headers"."""
    made = prepare(action(headers={"Transfer-Encoding": "buffered", "A": "b"}))

    assert made.request({"id": "1"}, Secrets()).headers == (("A", "b"),)
    assert made.warnings == ('header "Transfer-Encoding" is left to the HTTP client',)


def test_a_translation_map_finds_by_json_path() -> None:
    """RC-R, "key-value pairs that map property names to the returned values (or object)"."""
    reply = {"c": {"name": "A", "tags": ["x", "y"]}, "n": 5}

    assert result(reply, '{"a": ${a}, "t": ${t}, "n": ${n}}', a="$.c.name", t="$.c.tags", n="$.n") == {
        "a": "A",
        "t": ["x", "y"],
        "n": 5,
    }


def test_a_default_counts_where_the_path_resolves_nothing() -> None:
    """RC-R, "The default value is used if the JSONPath … fails to resolve a value"."""
    assert result({"b": 1}, '{"a": ${a}}', {"a": '"none"'}, a="$.x.y") == {"a": "none"}


def test_null_values_do_not_fall_back_to_defaults() -> None:
    """RC-R, "Null values do not fall back to defaults"."""
    assert result({"a": None}, '{"a": ${a}}', {"a": '"none"'}, a="$.a") == {"a": None}


def test_what_is_neither_found_nor_defaulted_breaks_the_template() -> None:
    """RC-R and RC-V together: the variable is null, so its name is printed, and that is no JSON."""
    assert result({}, '{"a": ${a}}', a="$.a") == "the text it makes is not JSON"


def test_the_default_success_template_is_the_reply() -> None:
    """TF, `success_template = "${rawResult}"`."""
    assert result({"a": [1]}, "${rawResult}") == result({"a": [1]}, "") == {"a": [1]}


def test_first_from_array_takes_the_first_or_the_default() -> None:
    """RC-V, contents: "successTemplateUtils.firstFromArray"; TF calls it with texts of JSON arrays."""
    template = '{"a": ${successTemplateUtils.firstFromArray("${a}", "$esc.quote$esc.quote")}}'
    people = {"p": [{"id": "x", "of": "customer"}, {"id": "y", "of": "agent"}]}

    assert result(people, template, a="$.p[?(@.of == 'customer')].id") == {"a": "x"}
    assert result(people, template, a="$.p[?(@.of == 'nobody')].id") == {"a": ""}
    assert result(people, '{"a": ${successTemplateUtils.firstFromArray("${a}")}}', a="$.p[*].id") == {
        "a": "x"
    }
    assert "of an empty array" in result(
        {"p": []}, '{"a": $successTemplateUtils.firstFromArray("${a}")}', a="$.p"
    )


def test_a_json_object_as_one_text_of_the_result() -> None:
    """github.com/GenesysCloudBlueprints/callback-prioritization: jsonEncode around firstFromArray."""
    template = '{"a": "$esc.jsonEncode(${successTemplateUtils.firstFromArray("${a}")})"}'

    assert result({"p": [{"k": 'v"w'}]}, template, a="$.p") == {"a": '{"k":"v\\"w"}'}


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("$urlTool.optionalQueryParam('a', $input.a)", "what it writes is described nowhere"),
        ("$successTemplateUtils.moveKeysIntoArrayOfObjects('{}', 'k')", "what it makes of the keys"),
        ("$salesforce.escReserved($input.a)", "$salesforce.escReserved() (an unknown tool)"),
        ("$math.random", "another value at every call"),
    ],
)
def test_what_is_named_but_not_described_is_refused(call: str, why: str) -> None:
    """RC-V names the first three; how they write is on none of the pages that were read."""
    with pytest.raises(TemplateRefusedError) as caught:
        prepare(action(method="POST", request_template=call))
    assert any(why in detail for detail in caught.value.details)


@pytest.mark.parametrize(("given", "query"), [({}, ""), ({"x": ""}, ""), ({"x": "a b&c"}, "&x=a+b%26c")])
def test_what_is_offered_instead_of_an_optional_parameter_is_rendered(
    given: dict[str, object], query: str
) -> None:
    """The construct that the refusal of `$urlTool.optionalQueryParam` names."""
    written = URL_TOOL.refused["optionalQueryParam"].partition("of known meaning is ")[2]
    made = prepare(action(url_template=f"https://h.example/c?a=1{written}"))

    assert made.request(given, Secrets()).url == f"https://h.example/c?a=1{query}"
