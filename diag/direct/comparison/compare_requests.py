"""Where two requests differ, field by field. Values are masked: kind, length, first different place."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from analysis.format.json_within_limits import UnfitJsonError, parse_json
from analysis.value_words import kind_of_value
from diag.direct.comparison.masked_values import is_masked
from diag.direct.comparison.shown_request import ShownRequest
from diag.direct.direct_action import RenderedRequest
from diag.direct.hosts.backend_host import UnfitHostError, backend_host

_MOST: Final = 20
"""Differences listed; further ones are counted."""
_ONLY_THERE: Final = "header 'authorization': only there"
"""The one difference with a flag of ours that may mend it. Who adds the header there is not published."""
_LOGIN: Final = "result of the custom authentication action, which is not called here"


@dataclass(frozen=True, slots=True)
class RequestComparison:
    """What came of holding one request against another: lines for people, without a value."""

    unlike: tuple[str, ...]
    """Fields in which they differ; empty: they are the same as far as they can be compared."""
    not_compared: tuple[str, ...]
    """What could not be compared, because the reply does not show it or masks it."""


@dataclass(frozen=True, slots=True)
class FromLogin:
    """What of our request holds the result of a custom authentication action, which is not called here."""

    address: bool = False
    body: bool = False
    headers: frozenset[str] = frozenset()


def compare_requests(
    ours: RenderedRequest, theirs: ShownRequest, *, known: str, from_login: FromLogin = FromLogin()
) -> RequestComparison:
    """Return where two requests differ, field by field.

    `known`: the templates and the names of inputs. A name that is not in it may come out of a value, and is
    masked like one. `from_login`: what is not compared.
    """
    names = _Names(known)
    left = {name.lower() for name in from_login.headers}
    found = [
        *_method(ours.method, theirs.method),
        *(() if from_login.address else _url(ours.url, theirs.url, names)),
        *(() if theirs.headers is None else _headers(dict(ours.headers), theirs.headers, left)),
        *(
            ()
            if theirs.body is None or from_login.body
            else _body(ours.body.decode("utf-8", "replace"), theirs.body, names)
        ),
    ]
    more = len(found) - _MOST
    unlike = (*found[:_MOST], *([f"and {more} more"] if more > 0 else []))
    return RequestComparison(unlike, tuple(_open(ours, theirs, from_login)))


def _open(ours: RenderedRequest, theirs: ShownRequest, from_login: FromLogin) -> Iterator[str]:
    if theirs.method is None:
        yield "method (not shown)"
    if from_login.address:
        yield f"address ({_LOGIN})"
    if from_login.body:
        yield f"body ({_LOGIN})"
    elif theirs.body is None and ours.body:
        yield "body (not shown)"
    if theirs.headers is None:
        yield "headers (not shown)"
        return
    left = {name.lower() for name in from_login.headers}
    mine = {name.lower() for name, _ in ours.headers}
    for name, value in theirs.headers.items():
        if name.lower() in left:
            yield f"header {name!r} ({_LOGIN})"
        elif name.lower() in mine and is_masked(value):
            yield f"header {name!r} (masked in the reply)"


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that may be shown: those that stand in `known`."""

    known: str = field(repr=False)

    def shown(self, name: object) -> str:
        """Return a name in quotes; one that a value may have brought along only by its length."""
        return repr(name) if str(name) in self.known else f"(a name of {len(str(name))} characters)"


def _method(ours: str, theirs: str | None) -> Iterator[str]:
    if theirs is not None and ours.upper() != theirs.upper():
        yield f"method: {_unlike(ours, theirs)}"


def _url(ours: str, theirs: str, names: _Names) -> Iterator[str]:
    try:
        mine, other = urlsplit(ours), urlsplit(theirs)
    except ValueError:  # a bracket that does not close
        yield from [f"address: {_unlike(ours, theirs)}"] if ours != theirs else []
        return
    try:
        same_host = backend_host(ours) == backend_host(theirs)
    except UnfitHostError:
        same_host = False
    if not same_host:
        yield f"host: {_unlike(f'{mine.scheme}://{mine.netloc}', f'{other.scheme}://{other.netloc}')}"
    if (mine.path or "/") != (other.path or "/"):
        yield f"path: {_unlike(mine.path, other.path)}"
    if mine.query != other.query:
        yield from _query(mine.query, other.query, names)


def _query(ours: str, theirs: str, names: _Names) -> Iterator[str]:
    mine, other = parse_qsl(ours, keep_blank_values=True), parse_qsl(theirs, keep_blank_values=True)
    if mine == other:
        yield "query: written in another way, with the same values"
    elif sorted(mine) == sorted(other):
        yield "query: the same values in another order"
    else:
        yield from _named(dict(mine), dict(other), lambda name: f"query {names.shown(name)}")
        if dict(mine) == dict(other):
            counts = f"{len(mine)} values here, {len(other)} there"
            yield f"query: {counts if len(mine) != len(other) else 'a name that is repeated differs'}"


def _headers(ours: Mapping[str, str], theirs: Mapping[str, str], left: Collection[str]) -> Iterator[str]:
    mine = {name.lower(): value.strip() for name, value in ours.items()}
    other = {name.lower(): value.strip() for name, value in theirs.items()}
    for name in mine.keys() & other.keys():
        if name in left or is_masked(other[name]):
            mine[name] = other[name]
    for line in _named(mine, other, lambda name: f"header {name!r}"):
        yield f"{line} (--auth basic or bearer adds one)" if line == _ONLY_THERE else line


def _named(ours: Mapping[str, str], theirs: Mapping[str, str], shown: Callable[[str], str]) -> Iterator[str]:
    for name in dict.fromkeys((*ours, *theirs)):
        if name not in theirs:
            yield f"{shown(name)}: only here"
        elif name not in ours:
            yield f"{shown(name)}: only there"
        elif ours[name] != theirs[name]:
            yield f"{shown(name)}: {_unlike(ours[name], theirs[name])}"


def _body(ours: str, theirs: str, names: _Names) -> Iterator[str]:
    if ours == theirs:
        return
    try:
        mine, other = parse_json(ours), parse_json(theirs)
    except UnfitJsonError:
        yield f"body: {_unlike(ours, theirs)}"
        return
    unlike = list(_values(mine, other, "body", names))
    yield from unlike or ["body: written in another way, with the same values"]


def _values(ours: object, theirs: object, path: str, names: _Names) -> Iterator[str]:
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for name in dict.fromkeys((*ours, *theirs)):
            below = f"{path}.{names.shown(name)}"
            if name not in theirs:
                yield f"{below}: only here"
            elif name not in ours:
                yield f"{below}: only there"
            else:
                yield from _values(ours[name], theirs[name], below, names)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _values(mine, other, f"{path}[{number}]", names)
    elif type(ours) is not type(theirs) or ours != theirs:
        yield f"{path}: {_unlike(ours, theirs)}"


def _unlike(ours: object, theirs: object) -> str:
    """Return how two values differ, without either."""
    if isinstance(ours, str) and isinstance(theirs, str):
        pairs = enumerate(zip(ours, theirs, strict=False))
        at = next((place for place, (mine, other) in pairs if mine != other), min(len(ours), len(theirs)))
        return f"{_kind(ours)} here, {_kind(theirs)} there, first different at character {at + 1}"
    return f"{_kind(ours)} here, {_kind(theirs)} there" + (
        ", another one" if _kind(ours) == _kind(theirs) else ""
    )


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters"
    if isinstance(value, Mapping):
        return f"an object of {len(json.dumps(value))} characters"
    return kind_of_value(value)
