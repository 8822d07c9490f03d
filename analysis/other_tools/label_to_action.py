"""The label of a call as an action: by what the person said, else as it is, without the values in a URL."""

import re
from typing import Final

import pandas as pd

from analysis.other_tools.known_tools import ToolOptions

_ORIGIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,9}://(?:[^/\s@]*@)?([^/\s:]*)(?::\d+)?")
_SEGMENT: Final = re.compile(r"(?<=/)[^/\s]+")
_SAYS_OF_ONE: Final = re.compile(r"[?;#].*$", re.DOTALL)
"""Query, parameters and fragment, wherever in a label they begin."""
_VALUE: Final = re.compile(r"\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?=\S*\d)[A-Za-z0-9+=_-]{16,}|\S*[@%]\S*")
"""Segments of a path that name one thing, and not a kind of it."""


def with_actions(table: pd.DataFrame, options: ToolOptions) -> pd.DataFrame:
    """Return the table with its column `label` as `action_id`: an id where it is known, else a name."""
    if options.action is not None:
        action = options.ids.get(options.action, options.action)
        return table.drop(columns="label").assign(action_id=action)
    labels = table["label"].astype("str").astype("category")
    names = {label: _action_of(str(label), options) for label in labels.cat.categories}
    return table.drop(columns="label").assign(action_id=labels.map(names))


def _action_of(label: str, options: ToolOptions) -> str:
    name = options.labels.get(label) or without_values(label)
    return options.ids.get(name, name)


def without_values(label: str) -> str:
    """Return a label without what a URL in it says of one call: query, numbers and ids in its path."""
    kept = _ORIGIN.sub(lambda match: match[1].lower(), _without_query(label.strip()))
    return _SEGMENT.sub(lambda match: "{id}" if _VALUE.fullmatch(match[0]) else match[0], kept)


def _without_query(label: str) -> str:
    """Cut a label off where values may begin: after a path or an address, or before a `name=value`."""
    match = _SAYS_OF_ONE.search(label)
    if match is None or not ("/" in label[: match.start()] or "=" in match[0]):
        return label
    return label[: match.start()].strip() or label[: match.start()]
