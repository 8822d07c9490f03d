"""YAML held to what a flow needs: texts, lists and objects. No types, no aliases, no tags, no deep nesting.

An alias may stand for itself a million times; `yes`, `1e3` or `2020-01-01` may be names. So every scalar
stays the text it is, and the values are built from the parser's events, without recursion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import yaml

from diag.flows.unreadable_flow import UnreadableFlowError

MOST_DEPTH: Final = 400
"""Steps in branches of steps: five levels of YAML each."""
MOST_VALUES: Final = 2_000_000

_PARSER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parse_yaml(text: str) -> Any:
    """Return the value in a YAML text: str, list or dict, and None for nothing.

    Raises UnreadableFlowError, and nothing else.
    """
    try:
        return _built(yaml.parse(text, Loader=_PARSER))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise _not_yaml(text, "" if line is None else f" (line {line + 1})") from None
    except (ValueError, RecursionError):
        raise _not_yaml(text, "") from None


def _not_yaml(text: str, where: str) -> UnreadableFlowError:
    if "{{" in text:
        return UnreadableFlowError(f"it is not valid YAML{where}: fill in its {{{{placeholders}}}} first")
    return UnreadableFlowError(f"it is not valid YAML{where}")


def _built(events: Iterable[yaml.Event]) -> Any:
    root: list[Any] = []
    open_: list[_Open] = [_Open(root)]
    documents = 0
    for values, event in enumerate(events):
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableFlowError("it holds an alias (*name), which flows do not have")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise UnreadableFlowError("it holds more than one document")
        if isinstance(event, yaml.ScalarEvent):
            open_[-1].add(event.value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            inside: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            open_[-1].add(inside)
            open_.append(_Open(inside))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            open_.pop()
        if len(open_) > MOST_DEPTH or values > MOST_VALUES:
            raise UnreadableFlowError("it is nested too deep or holds too many values")
    return root[0] if root else None


@dataclass(slots=True)
class _Open:
    """A list or an object that is being read; `key` waits for its value."""

    into: Any
    key: str | None = None

    def add(self, value: Any) -> None:
        if isinstance(self.into, list):
            self.into.append(value)
        elif self.key is not None:
            self.into[self.key], self.key = value, None
        elif not isinstance(value, str):
            raise UnreadableFlowError(
                "it has a key that is not a text, perhaps a {{placeholder}} to be filled in"
            )
        elif value in self.into:
            raise UnreadableFlowError("it holds an object that names the same key twice")
        else:
            self.key = value
