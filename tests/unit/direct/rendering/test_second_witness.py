"""Templates against airspeed, a reader of Velocity that shares no line with ours: where both must agree.

Velocity itself is the first witness (`test_velocity.py`). airspeed takes Python's view of truth, of texts of
numbers and booleans, and of backslashes, and knows no method of a Java text, so what is held here does
without those; why it is no library to render with: docs/decisions/011-own-velocity-reader.md.
"""

import re
from typing import Any, Final

import airspeed
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.direct.rendering.test_velocity import ANSWERS, VARIABLES, made

AGREES: Final = 250
"""Of the templates in answers/velocity.json that are rendered here. airspeed 0.7.1: 269 of 447."""

_PLAIN: Final = st.text(
    st.characters(blacklist_characters="$#\\", blacklist_categories=("Cs", "Cc")), max_size=8
)
_NAMES: Final = ("x", "q", "s2", "a_b")
_TEXTS: Final = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8)


def by_airspeed(source: str, variables: dict[str, Any]) -> str:
    return str(airspeed.Template(source).merge(variables))


@pytest.mark.slow
def test_of_what_velocity_answered_airspeed_makes_the_most_part_alike() -> None:
    alike = 0
    for source, _ in ANSWERS:
        ours = made(source)
        if ours is not None:
            try:
                alike += by_airspeed(source, dict(VARIABLES)) == ours
            except (airspeed.TemplateError, TypeError, ValueError):
                continue  # refused there
    assert alike >= AGREES


@st.composite
def templates(draw: st.DrawFn, depth: int = 2) -> str:
    """Text, references, assignments and conditions, nested, as the two read alike."""
    parts: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(("text", "reference", "quiet", "missing", "set", "if") if depth else ("text",))
        )
        name = draw(st.sampled_from(_NAMES))
        if kind == "text":
            text = draw(_PLAIN)
            refused = "".join(parts).endswith("}") and text.startswith(("[", "{"))  # behind a reference
            parts.append(f" {text}" if refused else text)
        elif kind == "reference":
            parts.append(f"${{input.{name}}}")
        elif kind == "quiet":
            parts.append(f"$!{{input.{draw(st.sampled_from((*_NAMES, 'n', 'miss')))}}}")
        elif kind == "missing":
            parts.append("${input.miss}")
        elif kind == "set":
            word = draw(st.from_regex(re.compile(r"[a-z ]{0,6}"), fullmatch=True))
            parts.append(f'#set($v = "{word}")[${{v}}]')
        else:
            word, sign = draw(st.sampled_from(("abc", "5", "us"))), draw(st.sampled_from(("==", "!=")))
            test = f'$input.{name} {sign} "{word}"'
            inside, other = draw(templates(depth - 1)), draw(templates(depth - 1))
            middle = f"#elseif($input.t){other}" if draw(st.booleans()) else ""
            parts.append(f"#if({test}){{{inside}}}{middle}#else({other})#end|")
    return "".join(parts)


@pytest.mark.slow
@given(source=templates(), texts=st.fixed_dictionaries(dict.fromkeys(_NAMES, _TEXTS)))
def test_what_both_read_alike_both_make_alike(source: str, texts: dict[str, str]) -> None:
    variables = {"input": {**texts, "n": None, "t": True}}
    ours = made(source, variables)
    assert ours is not None
    assert ours == by_airspeed(source, variables)


def test_airspeed_leads_from_an_input_into_python_and_here_nothing_does() -> None:
    source = "$input.x.__class__.__mro__"
    assert "class" in by_airspeed(source, dict(VARIABLES)).replace(source, "")
    assert made(source) in (None, source)
