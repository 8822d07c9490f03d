"""What a tool offers to templates: named methods with a number of arguments, named texts, nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from diag.direct.rendering.velocity.java_values import Value

Arguments: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One method: how many arguments it takes, and what it returns."""

    arguments: frozenset[int]
    run: Callable[[Arguments], Value]


@dataclass(frozen=True, slots=True)
class TemplateTool:
    """A name in templates. What is in neither table does not exist, whatever the template asks for."""

    methods: Mapping[str, Method]
    properties: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    """Known, but not rendered: the name and why."""
