"""What of a template is not rendered, each construct by its name."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from diag.direct.rendering.tools.tool_table import TOOLS, VALUE_METHODS, argument_counts
from diag.direct.rendering.velocity.syntax_tree import (
    Block,
    Call,
    Expression,
    Literal,
    Negation,
    Operation,
    Property,
    Reference,
    Step,
)
from diag.direct.rendering.velocity.walk import assigned_in, conditions_of

_REFUSED_PROPERTIES: Final = frozenset({"class", "bytes", "empty", "blank", "declaringClass"})
"""What Java's beans offer of a value beside its fields."""
REQUEST_NAMES: Final = frozenset({"input", "credentials", "authResponse"})
"""What templates of a request may ask for, beside the tools."""
_IN_ANY_LETTERS: Final = frozenset(map(str.lower, REQUEST_NAMES))


def refused_in(block: Block, references: Sequence[Reference], strangers: Collection[str]) -> Iterator[str]:
    """Yield every construct that is not rendered. `strangers`: names that nobody gives a value.

    A plain stranger prints itself (`$5`, `$foo`); one that is called may be a tool that is not known here.
    """
    for name in sorted(TOOLS.keys() & set(assigned_in(block))):
        yield f"#set(${name}), the name of a tool"
    for reference in references:
        if reference.root in strangers:
            yield from _refused_stranger(reference)
        else:
            yield from _refused_steps(reference)
    if any(not _decides(condition) for condition in conditions_of(block)):
        yield "a text, number or calculation as a condition (versions of Velocity differ)"


def _refused_stranger(reference: Reference) -> Iterator[str]:
    if reference.root.lower() in _IN_ANY_LETTERS:
        yield f"${reference.root} (whether capital letters matter in this name is unknown)"
    elif any(isinstance(step, Call) for step in reference.steps):
        yield f"${reference.root}.{_step_name(reference.steps[0])} (an unknown tool)"


def _refused_steps(reference: Reference) -> Iterator[str]:
    steps = reference.steps
    tool = TOOLS.get(reference.root)
    if tool is not None:
        if steps and not _offered(reference.root, steps[0]):
            name = _step_name(steps[0])
            why = tool.refused.get(name.removesuffix("()"))
            yield f"${reference.root}.{name}" + (f" ({why})" if why else "")
        steps = steps[1:]
    for step in steps:
        if isinstance(step, Call):
            if step.name not in VALUE_METHODS:
                yield f"${reference.root} … .{step.name}() (a method that is not rendered)"
            elif len(step.arguments) not in argument_counts(step.name):
                yield f".{step.name}() with {len(step.arguments)} arguments"
        elif isinstance(step, Property) and step.name in _REFUSED_PROPERTIES:
            yield f"${reference.root} … .{step.name}"


def _offered(tool_name: str, step: Step) -> bool:
    tool = TOOLS[tool_name]
    if isinstance(step, Property):
        return step.name in tool.properties
    return (
        isinstance(step, Call)
        and step.name in tool.methods
        and len(step.arguments) in tool.methods[step.name].arguments
    )


def _step_name(step: Step) -> str:
    if isinstance(step, Call):
        return f"{step.name}()"
    return step.name if isinstance(step, Property) else "[…]"


def _decides(condition: Expression) -> bool:
    """Return whether every version of Velocity takes this expression as true or false alike."""
    match condition:
        case Reference() | Literal(value=bool()):
            return True
        case Negation():
            return True
        case Operation():
            return condition.sign not in "+-*/%"
    return False
