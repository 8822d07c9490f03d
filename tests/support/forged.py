"""Forged files: a sound one with a value exchanged, or the text itself damaged."""

import json
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

HALF_A_CHARACTER = "\ud83d"
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 61, 999, 2**31, 2**53, 2**63, 2**64 - 1, -(2**63), 10**30]),
    st.sampled_from([0.5, -0.5, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -float("inf")]),
    st.sampled_from(["", "x", "yesterday", HALF_A_CHARACTER, "\x00", "\x1b]0;x\x07", "../..", "[]", "1e400"]),
    st.sampled_from([[], {}, [[]], [{}], {"": None}, {"a": {"b": []}}, [None], [0], ["x"]]),
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from _places(value[key], (*place, key))


def exchanged(body: Any, place: tuple[Any, ...], junk: Any) -> Any:
    """Return a copy of `body` with `junk` at this place."""
    if not place:
        return junk
    copy = deepcopy(body)
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    return copy


def each_part_otherwise(body: Any, others: Iterable[Any]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the body with each of its parts exchanged or left out, and with a key `more` in each object; and
    where that is."""
    for place in _places(body):
        value = body
        for key in place:
            value = value[key]
        if isinstance(value, dict):
            yield (*place, "more"), exchanged(body, place, {**value, "more": 1})
            for key in value:
                yield (*place, key), exchanged(body, place, {one: value[one] for one in value if one != key})
        if place:
            yield from ((place, exchanged(body, place, other)) for other in others)


@st.composite
def forged_values(draw: st.DrawFn, body: Any) -> Any:
    """A sound JSON value with one to three of its parts exchanged."""
    for _ in range(draw(st.integers(1, 3))):
        body = exchanged(body, draw(st.sampled_from(list(_places(body)))), draw(JUNK))
    return body


def forged_texts(body: Any) -> st.SearchStrategy[bytes]:
    """A sound JSON file with values exchanged, cut off, nested without end, or not text at all."""
    sound = json.dumps(body).encode()
    return st.one_of(
        forged_values(body).map(lambda value: json.dumps(value).encode()),
        forged_values(body).map(lambda value: json.dumps(value).encode()),
        forged_values(body).map(lambda value: json.dumps(value).encode()),
        st.integers(0, len(sound)).map(lambda end: sound[:end]),
        st.sampled_from(
            [
                b"",
                b"[" * 200_000,
                b'{"a":' * 200_000,
                b"\xff\xfe" + sound,
                "\ufeff".encode() + sound,
                sound.decode().encode("utf-16"),
                b"\x00" * 100,
                b"NaN",
                b"1" * 5000,
                b'"\\ud83d"',
            ]
        ),
        st.binary(max_size=50),
    )
