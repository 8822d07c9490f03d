"""The sandbox's own small reading of templates."""

import pytest

from diag.sandbox.backends.resolved_request import Values, resolved

VALUES = Values({"a": "x y", "n": 3, "yes": True, "none": None, "half": 0.5, "list": [1]}, ("key",))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("", ""),
        ("no reference", "no reference"),
        ("${input.a}/$!{input.a}", "x y/x y"),
        ("${input.n},${input.yes}", "3,true"),
        ("[${input.none}][$!{input.none}][${input.missing}]", "[${input.none}][][${input.missing}]"),
        ("k=${credentials.key}&o=$!{credentials.other}", "k=***&o="),
        ("Bearer ${authResponse.access_token}", "Bearer ***"),
        ("${input.half}", None),
        ("${input.list}", None),
        ("$input.a", None),
        ("$esc.url(${input.a})", None),
        ("#if(true)x#end", None),
        ("costs 5 $", None),
        ("${input.a.b}", None),
    ],
)
def test_simple_references_are_resolved_and_nothing_else_is(template: str, text: str | None) -> None:
    assert resolved(template, VALUES) == text


def test_the_raw_request_is_the_input_as_json() -> None:
    assert resolved("${input.rawRequest}", Values({"a": 'é "x"'})) == '{"a":"é \\"x\\""}'
