"""A template's tree and its variables to text. Names are looked up in tables, nothing else is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.direct.rendering.tools.collection_methods import item_of
from diag.direct.rendering.tools.tool_table import TOOLS, methods_of
from diag.direct.rendering.velocity.java_values import (
    MAX_TEXT,
    UnknownMeaningError,
    Value,
    are_equal,
    calculated,
    is_less,
    is_true,
    kind_of,
    text_of,
)
from diag.direct.rendering.velocity.syntax_tree import (
    Block,
    Call,
    Expression,
    If,
    Index,
    Interpolated,
    ListLiteral,
    Literal,
    MapLiteral,
    Negation,
    Operation,
    Property,
    Reference,
    SetVariable,
    Step,
    Text,
)


@dataclass(slots=True)
class _Scope:
    given: Mapping[str, Value]
    written: int = 0
    assigned: dict[str, Value] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        return self.assigned[name] if name in self.assigned else self.given.get(name)

    def grow(self, text: str) -> str:
        """Count text that is made, over the whole rendering, so that no template can double without end."""
        self.written += len(text)
        if self.written > MAX_TEXT:
            raise UnknownMeaningError(f"more than {MAX_TEXT:,} characters of text")
        return text


def rendered(block: Block, variables: Mapping[str, Value]) -> str:
    """Return a template's text. Raises `UnknownMeaningError` and `FailsOnPlatformError`, without values."""
    try:
        return _text(block, _Scope(variables))
    except RecursionError:
        raise UnknownMeaningError("an expression of too many parts") from None


def _text(block: Block, scope: _Scope) -> str:
    pieces: list[str] = []
    for part in block.parts:
        if isinstance(part, Text):
            pieces.append(scope.grow(part.text))
        elif isinstance(part, Reference):
            pieces.append(scope.grow(_printed(part, scope)))
        elif isinstance(part, SetVariable):
            _assign(part, scope)
        else:
            pieces.append(_text(_chosen(part, scope), scope))
    return "".join(pieces)


def _assign(part: SetVariable, scope: _Scope) -> None:
    value = _value(part.value, scope)
    if value is None and scope.value(part.name) is not None:
        raise UnknownMeaningError("#set to null: Velocity 1.7 keeps the earlier value, 2 does not")
    scope.assigned[part.name] = value


def _chosen(part: If, scope: _Scope) -> Block:
    for branch in part.branches:
        if is_true(_value(branch.condition, scope)):
            return branch.block
    return part.otherwise


def _printed(reference: Reference, scope: _Scope) -> str:
    """Return a reference as it is printed: its own source where it is null, nothing where that is quiet."""
    value = _resolved(reference, scope)
    slashes = reference.backslashes
    if value is None:
        shown = "" if reference.quiet and slashes % 2 == 0 else reference.source
        return "\\" * slashes + shown
    if slashes % 2:
        return "\\" * (slashes // 2) + reference.source
    return "\\" * (slashes // 2) + text_of(value)


def _resolved(reference: Reference, scope: _Scope) -> Value:
    steps = reference.steps
    if reference.root in TOOLS:
        if not steps:
            return None
        value = _tool_value(reference.root, steps[0], scope)
        steps = steps[1:]
    else:
        value = scope.value(reference.root)
    for step in steps:
        if value is None:
            return None
        value = _next(value, step, scope)
    return value


def _tool_value(name: str, step: Step, scope: _Scope) -> Value:
    tool = TOOLS[name]
    if isinstance(step, Property):
        return tool.properties.get(step.name)
    if isinstance(step, Call) and step.name in tool.methods:
        method = tool.methods[step.name]
        arguments = tuple(_value(argument, scope) for argument in step.arguments)
        if len(arguments) in method.arguments:
            return _kept(method.run(arguments), scope)
    raise UnknownMeaningError(f"${name} used as it does not offer")


def _next(value: Value, step: Step, scope: _Scope) -> Value:
    if isinstance(step, Index):
        return item_of(value, _value(step.key, scope))
    if isinstance(step, Property):
        if isinstance(value, dict):
            return value.get(step.name)
        raise UnknownMeaningError(f"a property of {kind_of(value)}")
    method = methods_of(value).get(step.name)
    if method is None or len(step.arguments) not in method.arguments:
        raise UnknownMeaningError(f"a method that {kind_of(value)} may not have")
    return _kept(method.run((value, *(_value(argument, scope) for argument in step.arguments))), scope)


def _kept(value: Value, scope: _Scope) -> Value:
    if isinstance(value, str):
        scope.grow(value)
    return value


def _value(expression: Expression, scope: _Scope) -> Value:
    match expression:
        case Literal():
            return expression.value
        case Reference():
            return _resolved(expression, scope)
        case Interpolated():
            return _text(expression.block, scope)
        case Negation():
            return not is_true(_value(expression.operand, scope))
        case Operation():
            return _operated(expression, scope)
        case ListLiteral():
            return [_value(item, scope) for item in expression.items]
        case MapLiteral():
            return {text_of(_value(key, scope)): _value(value, scope) for key, value in expression.entries}


def _operated(operation: Operation, scope: _Scope) -> Value:
    sign, left = operation.sign, _value(operation.left, scope)
    if sign == "&&":
        return is_true(left) and is_true(_value(operation.right, scope))
    if sign == "||":
        return is_true(left) or is_true(_value(operation.right, scope))
    right = _value(operation.right, scope)
    match sign:
        case "==":
            return are_equal(left, right)
        case "!=":
            return not are_equal(left, right)
        case "<":
            return is_less(left, right)
        case ">":
            return is_less(right, left)
        case "<=":
            return not is_less(right, left)
        case ">=":
            return not is_less(left, right)
    return _kept(calculated(sign, left, right), scope)
