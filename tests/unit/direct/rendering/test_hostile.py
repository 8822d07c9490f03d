"""Any template, any input, any reply: text, JSON or a named refusal, soon, and never a secret."""

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.direct.direct_action import Secrets
from diag.direct.rendering.prepare import prepare
from diag.direct.rendering.refusals import InputNotRenderedError, TemplateRefusedError
from diag.direct.rendering.reply.result import Result
from tests.unit.direct.rendering.test_prepare import action

CANARY = "canary-7f3a"
PIECES = st.sampled_from(
    (Path(__file__).parent / "pieces.txt").read_text(encoding="utf-8").splitlines()
) | st.sampled_from(["\n", " "])
TEMPLATES = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(CANARY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(st.sampled_from(["a", "b", "rawRequest", "class"]), VALUES, max_size=3)
SECRETS = Secrets(credentials={"k": CANARY}, auth_response={"t": CANARY})


@pytest.mark.slow
@given(TEMPLATES, TEMPLATES, TEMPLATES, INPUTS)
def test_any_request_is_text_or_a_named_refusal(
    url: str, header: str, body: str, inputs: dict[str, Any]
) -> None:
    hostile = action(
        method="POST", url_template="http://h/" + url, headers={"X": header}, request_template=body
    )
    try:
        prepared = prepare(hostile)
        request = prepared.request(inputs, SECRETS)
    except (TemplateRefusedError, InputNotRenderedError) as error:
        shown = (
            "".join(traceback.format_exception(error)) + repr(error) + str(error.details) + str(error.hint)
        )
        assert CANARY not in shown
        return
    assert CANARY not in repr((prepared, request))
    assert not set("\r\n\0") & set(request.url + "".join(value for _, value in request.headers))
    assert request.url.startswith("http://h")
    assert len(request.body) < 8 * 1024 * 1024


@pytest.mark.slow
@given(
    TEMPLATES,
    st.sampled_from(["$.a", "$..a", "$.a[*].b", "$.a[?(@.b == 'x')].c", "$.a[0:2]", "$"]),
    VALUES.map(lambda value: json.dumps({"a": value}).encode()) | st.binary(max_size=40),
)
def test_any_reply_is_a_result_or_a_named_outcome(template: str, path: str, body: bytes) -> None:
    try:
        prepared = prepare(action(translation_map={"a": path}, success_template=template))
    except TemplateRefusedError:
        return
    result = prepared.result(200, body)

    assert isinstance(result, Result)
    assert result.ok == (result.problem is None) == (result.path is None)
    assert CANARY not in repr(result)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 10**400, "\ud800", {"\ud800": 1}, {1: 2}, object()]
)
def test_an_input_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(InputNotRenderedError, match="the input: no JSON"):
        prepare(action(method="POST")).request({"id": "1", "a": [value]}, SECRETS)


def test_an_input_nested_too_deep_is_refused() -> None:
    deep: object = 1
    for _ in range(51):
        deep = [deep]
    with pytest.raises(InputNotRenderedError, match="deeper than 50 levels"):
        prepare(action(method="POST")).request({"id": deep}, SECRETS)


DOUBLING = '#set($a = "$a$a")' * 60
NESTED = "#set($a = [$a, $a, $a])" * 60


@pytest.mark.parametrize(
    "template",
    [
        '#set($a = "aaaaaaaa")' + DOUBLING + "$a",
        '#set($a = "aaaaaaaa")' + '#set($a = $a.replace("a", $a))' * 60 + "$a",
        '#set($a = "aaaaaaaa")' + '#set($a = $a.replaceAll("a", $a))' * 60 + "$a",
        "#set($a = 9)" + "#set($a = $a * $a)" * 60 + "$a",
        "#set($a = [1])" + NESTED + "#if($a == $a)x#end",
        "#set($a = [1])#set($b = [1])" + NESTED + NESTED.replace("$a", "$b") + "#if($a == $b)x#end",
        "#set($a = " + "1 + " * 20_000 + "1)$a",
        "#set($a = " + "!" * 20_000 + "$b)",
        "#if(" + "(" * 50_000,
        "#if(true)" * 5_000,
        "$a" + ".length()" * 20_000,
        '"' * 100_000 + "#set($a = " + '"' * 9_999 + ")",
        "\\" * 100_000 + "$a",
        "#foreach($x in [1..1000000000])$x#end",
        "#set($a = [1..1000000000])",
        "x" * 300_000,
    ],
)
def test_no_template_runs_or_grows_without_end(template: str) -> None:
    try:
        request = prepare(action(method="POST", request_template=template)).request({"id": "1"}, Secrets())
    except (TemplateRefusedError, InputNotRenderedError):
        return
    assert len(request.body) < 2 * 1024 * 1024


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"[" + b"1," * 200_000 + b"1]", "type: not object"),
        (b"[" + b"{}," * 30_000 + b"{}]", "more than 4,194,304 characters or 20,000 objects"),
        (b'"' + b"a" * 5_000_000 + b'"', "more than 4,194,304 characters or 20,000 objects"),
        (b'{"a":' * 19_000, "nested deeper than 50 levels"),
        (b"1" * 1_000_000, "a number too large to be read"),
        (b'{"a": 1, "a": 2}', "the same key twice in one object: which of them counts is unknown"),
        (b'{"name": "\\ud800"}', "half a character (a surrogate without its partner)"),
        (b"\xef\xbb\xbf{}", "a byte order mark in front: whether Genesys Cloud skips it is unknown"),
    ],
    ids=range(8),
)
def test_no_reply_costs_more_than_its_size(body: bytes, problem: str) -> None:
    assert prepare(action()).result(200, body).problem == problem


@pytest.mark.parametrize(
    "template",
    [
        "$input.__class__.__mro__",
        "$input.a.__class__",
        "${input.a.format.__globals__}",
        "$input.items().__iter__()",
        "$esc.__init__.__globals__",
        "$math.__class__",
        "$encoding.base64.__self__",
        "$input.get('__class__')",
        "$input['__class__']",
        "$input.a.join(['x'])",
        "$input.keys()",
    ],
)
def test_nothing_of_python_is_reached(template: str) -> None:
    names = ("class", "mro", "object", "module", "function", "method", "dict_keys")
    try:
        text = prepare(action(method="POST", request_template=template)).request({"a": "%s"}, Secrets()).body
    except (TemplateRefusedError, InputNotRenderedError):
        return
    assert text.decode() == template, names


def test_a_refusal_of_an_input_carries_no_cause_that_holds_it() -> None:
    prepared = prepare(action(url_template="https://h/$input.id.substring(99)"))
    with pytest.raises(InputNotRenderedError) as caught:
        prepared.request({"id": CANARY}, Secrets())

    assert caught.value.__cause__ is None
    assert CANARY not in "".join(traceback.format_exception(caught.value))
