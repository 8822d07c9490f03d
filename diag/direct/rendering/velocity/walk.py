"""What is in a template's tree: expressions, those within others too, conditions, names that it sets."""

from collections.abc import Iterator

from diag.direct.rendering.velocity.syntax_tree import (
    Block,
    Call,
    Expression,
    If,
    Index,
    Interpolated,
    ListLiteral,
    MapLiteral,
    Negation,
    Operation,
    Reference,
    SetVariable,
)


def expressions_of(block: Block) -> Iterator[Expression]:
    """Yield every expression of a template, those within others too."""
    for part in block.parts:
        match part:
            case Reference():
                yield from _within(part)
            case SetVariable():
                yield from _within(part.value)
            case If():
                for branch in part.branches:
                    yield from _within(branch.condition)
                    yield from expressions_of(branch.block)
                yield from expressions_of(part.otherwise)


def _within(expression: Expression) -> Iterator[Expression]:
    yield expression
    match expression:
        case Reference():
            for step in expression.steps:
                if isinstance(step, Index):
                    yield from _within(step.key)
                elif isinstance(step, Call):
                    for argument in step.arguments:
                        yield from _within(argument)
        case Interpolated():
            yield from expressions_of(expression.block)
        case Negation():
            yield from _within(expression.operand)
        case Operation():
            yield from _within(expression.left)
            yield from _within(expression.right)
        case ListLiteral():
            for item in expression.items:
                yield from _within(item)
        case MapLiteral():
            for key, value in expression.entries:
                yield from _within(key)
                yield from _within(value)


def conditions_of(block: Block) -> Iterator[Expression]:
    """Yield what must be true or false: conditions, and the operands of `&&`, `||` and `!`."""
    yield from _conditions_of_ifs(block)
    for expression in expressions_of(block):
        match expression:
            case Negation():
                yield expression.operand
            case Operation(sign="&&" | "||"):
                yield expression.left
                yield expression.right


def _conditions_of_ifs(block: Block) -> Iterator[Expression]:
    for part in block.parts:
        if isinstance(part, If):
            for branch in part.branches:
                yield branch.condition
                yield from _conditions_of_ifs(branch.block)
            yield from _conditions_of_ifs(part.otherwise)


def assigned_in(block: Block) -> Iterator[str]:
    """Yield the names that `#set` gives a value, also within `#if` and texts."""
    for part in block.parts:
        if isinstance(part, SetVariable):
            yield part.name
        elif isinstance(part, If):
            for branch in part.branches:
                yield from assigned_in(branch.block)
            yield from assigned_in(part.otherwise)
