"""A verb's flags as one frozen value instead of a parameter each."""

import functools
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

Result = TypeVar("Result")


def gathered(
    kind: type[Any], parameter: str = "options"
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Return a decorator: the command receives a `kind` as `parameter`, made from its own flags by name.

    `kind` is a dataclass whose fields are named as click names the flags. Flags it has no field for are
    passed on, so decorators can be stacked; a field without a flag keeps its default. Goes below the
    `click.option` lines.
    """
    names = tuple(field.name for field in fields(kind))

    def decorate(function: Callable[..., Result]) -> Callable[..., Result]:
        @functools.wraps(function)
        def command(**flags: Any) -> Result:
            value = kind(**{name: flags.pop(name) for name in names if name in flags})
            return function(**{parameter: value}, **flags)

        return command

    return decorate
