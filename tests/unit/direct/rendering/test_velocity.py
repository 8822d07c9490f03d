"""Templates against what Apache Velocity makes of them.

`answers/velocity.json` holds templates and the text that Velocity 1.7 with VelocityTools 2.0 and Velocity
2.4.1 with VelocityTools 3.1 both made of them, letter by letter, with the variables below. Which of them
Genesys Cloud runs is not published; where they differ, a template is refused.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from diag.direct.rendering.template import read_template
from diag.direct.rendering.velocity.java_values import (
    FailsOnPlatformError,
    UnknownMeaningError,
    double_text,
)

ANSWERS = json.loads((Path(__file__).parent / "answers" / "velocity.json").read_text(encoding="utf-8"))
VARIABLES = {
    "input": {
        **{"x": "abc", "empty": "", "n": None, "i": 5, "l": 3_000_000_000, "d": 1.5, "d1": 1.0, "big": 1e20},
        **{"t": True, "f": False, "zero": 0, "s2": "5", "first-name": "hy", "a_b": "us"},
        **{"list": ["a", "b", 1], "map": {"k": "v", "n": None}, "q": 'a"b$c#d\\e'},
    },
    "z": "top",
}
KNOWN = frozenset(VARIABLES)
NOT_RENDERED = 75
"""Of the answers: loops, lists printed as text, Java's own properties and the like."""


def made(source: str, variables: Mapping[str, Any] = VARIABLES) -> str | None:
    """Return the text of a template, None where it is refused."""
    template = read_template("t", source, KNOWN)
    if template.refusals:
        return None
    try:
        return template.text(variables)
    except (UnknownMeaningError, FailsOnPlatformError):
        return None


def test_a_template_makes_what_velocity_makes_of_it_or_is_refused() -> None:
    texts = [(source, answer, made(source)) for source, answer in ANSWERS]

    assert [row for row in texts if row[2] is not None and row[2] != row[1]] == []
    assert sum(text is None for _, _, text in texts) <= NOT_RENDERED


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("#foreach($a in $b)x#end", "#foreach"),
        ("#macro(m $a)x#end", "#macro"),
        ("#m('x')", "#m() (a macro)"),
        ("#@m('x')y#end", "#@m"),
        ("#parse('x')", "#parse"),
        ("#include('x')", "#include"),
        ("#evaluate('$x')", "#evaluate"),
        ("#define($d)x#end", "#define"),
        ("a #stop b", "#stop"),
        ("#break", "#break"),
        ("#set($r = [1..1000000000])", "a range"),
        ("#set($input.x = 1)", "#set of something other"),
        ("#set($esc = 1)", "#set($esc)"),
        ("${x|'y'}", "${name|'alternate'}"),
        ("$input.x.getClass()", ".getClass()"),
        ("$input.__class__", None),
        ("$input.x.format('%s')", ".format()"),
        ("$input.class", ".class"),
        ("$input.x.matches('a')", ".matches()"),
        ("$esc.unknown('x')", "$esc.unknown()"),
        ("$math.random", "$math.random (another value at every call)"),
        ("$math.random(1, 2)", "$math.random()"),
        ("$salesforce.escReserved($input.x)", "$salesforce.escReserved() (an unknown tool)"),
        ("$msdynamics.guid($input.x)", "$msdynamics.guid() (an unknown tool)"),
        ("$date.get('yyyy')", "$date.get() (an unknown tool)"),
        ("$Input.x", "whether capital letters matter"),
        ("$urlTool.optionalQueryParam('a', $input.x)", "$urlTool.optionalQueryParam()"),
        ("$successTemplateUtils.moveKeysIntoArrayOfObjects('{}', 'k')", ".moveKeysIntoArrayOfObjects()"),
        ("$input.a-$input.b", "whether a name without braces takes the hyphen in"),
        ('#if("$!input.x")y#end', "as a condition"),
        ("#if(true)y", "an #if without its #end"),
        ("y#end", "an #end, #else or #elseif without its #if"),
        ("${input.x", "expected }"),
        ("#if(true)" * 60 + "x" + "#end" * 60, "more than 50 levels of nesting"),
        ("#set($a = 1" + " + 1" * 400 + ")", "more than 300 operators"),
        ("x" * 300_000, "a template of more than 262,144 characters"),
    ],
)
def test_what_is_not_rendered_is_named(source: str, named: str | None) -> None:
    template = read_template("t", source, KNOWN)
    found = "; ".join(refusal.what for refusal in template.refusals)

    if named is None:
        assert template.text({"input": {}}) == source, "a field like any other: none is there"
    else:
        assert named in found


def test_every_construct_that_is_not_rendered_is_named_not_the_first_alone() -> None:
    template = read_template("t", "#foreach($a in $b)#parse('x')#end #stop $math.random $x.getClass()", KNOWN)

    assert [refusal.what.split(" (")[0] for refusal in template.refusals] == [
        "#foreach",
        "#parse",
        "#stop",
        "$math.random",
        "$x.getClass()",
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("#if($input.empty)y#end", "empty or zero as a condition"),
        ("#if($input.zero)y#end", "empty or zero as a condition"),
        ("$input.list", "a list printed as text"),
        ("${input.map}", "an object printed as text"),
        ("#set($a = 5 / 0)", "division by zero"),
        ("#set($a = 'x')#set($a = $input.n)", "#set to null"),
        ("$input.i.substring(1)", "a method that a number may not have"),
        ("$input.x.replaceAll('(a+)+b', '')", "a regular expression"),
        ("$math.max(-1, -2)", "none is above zero"),
        ("#set($a = 1e999)#set($b = $a - $a)$math.floor($b)", "math with NaN"),
        ("#set($a = 1e999)#set($b = $a - $a)$math.idiv(7, $b)", "math with NaN"),
        ("#set($a = 1e999)#set($b = $a % 2)", "the remainder of an infinite number"),
    ],
)
def test_a_value_whose_meaning_differs_between_versions_is_named(source: str, why: str) -> None:
    with pytest.raises(UnknownMeaningError, match=why):
        read_template("t", source, KNOWN).text(VARIABLES)


@pytest.mark.parametrize(
    ("pattern", "text", "replaced"),
    [
        ("[^0-9]", "+49 (30)", "-49--30-"),
        ("\\D+", "+49 (30)", "-49-30-"),
        ("^0+", "0049", "-49"),
        ("^a+.b", "aaxb", "-"),
        ("(a)(b)", "abc", "-c"),
        ("a{2}", "aaa", "-a"),
        (".", "a\nb", "-\n-"),
        ("(a+)+b", "ab", None),
        ("^a*b*c", "abc", None),
        ("a+b", "ab", None),
        ("a|b", "ab", None),
        ("(?=a)", "ab", None),
        ("a*", "ab", None),
        ("[a&&b]", "ab", None),
        ("\\bx", "x", None),
        ("x$", "x", None),
        ("[z-a]", "x", None),
        ("[\\d-z]", "x", None),
        ("x" * 300, "x", None),
    ],
)
def test_a_regular_expression_is_javas_and_linear_or_refused(
    pattern: str, text: str, replaced: str | None
) -> None:
    variables = {"input": {"p": pattern, "t": text}}
    template = read_template("t", "$input.t.replaceAll($input.p, '-')", KNOWN)

    if replaced is None:
        with pytest.raises(UnknownMeaningError, match="a regular expression beyond"):
            template.text(variables)
    else:
        assert template.text(variables) == replaced


@pytest.mark.parametrize("source", ["$input.x.substring(9)", "$input.x.concat($input.n)", "$input.list[9]"])
def test_what_fails_in_velocity_fails_here_by_name(source: str) -> None:
    with pytest.raises(FailsOnPlatformError):
        read_template("t", source, KNOWN).text(VARIABLES)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"), (-0.0, "-0.0"), (100.0, "100.0"), (1e7, "1.0E7"), (9_999_999.5, "9999999.5"),
        (0.001, "0.001"), (0.000999, "9.99E-4"), (1.5e-5, "1.5E-5"), (-1.25e20, "-1.25E20"),
        (1.7976931348623157e308, "1.7976931348623157E308"), (12345678.9, "1.23456789E7"),
    ],
)  # fmt: skip
def test_a_double_is_printed_as_java_prints_it(number: float, text: str) -> None:
    """Source: Java SE, Double.toString."""
    assert double_text(number) == text
