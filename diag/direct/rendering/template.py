"""One template, read once: its tree, what in it is refused, and which names it asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from diag.direct.rendering.refusals import RefusedConstruct
from diag.direct.rendering.tools.tool_table import TOOLS, VALUE_METHODS, argument_counts
from diag.direct.rendering.velocity.evaluate import rendered
from diag.direct.rendering.velocity.java_values import Value
from diag.direct.rendering.velocity.parse import parse_template
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

_REFUSED_PROPERTIES: Final = frozenset({"class", "bytes", "empty", "blank", "declaringClass"})
"""What Java's beans offer of a value beside its fields."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be rendered, unless `refusals` says otherwise. It never shows in `repr`."""

    where: str
    block: Block = field(repr=False)
    constant: str | None = field(repr=False)
    """The text itself, where nothing in it depends on anything."""
    refusals: tuple[RefusedConstruct, ...]
    references: tuple[Reference, ...] = field(repr=False)
    assigned: frozenset[str]

    def text(self, variables: Mapping[str, Value]) -> str:
        """Return the text. Raises `UnknownMeaningError` and `FailsOnPlatformError`, which hold no value."""
        return self.constant if self.constant is not None else rendered(self.block, variables)

    def roots(self) -> frozenset[str]:
        """Return the names it asks for that are neither tools nor set by itself."""
        named = frozenset(reference.root for reference in self.references)
        return named - TOOLS.keys() - self.assigned

    def fields_of(self, root: str) -> frozenset[str] | None:
        """Return the names `x` of all `$root.x` in it; None where one asks for more than a name."""
        fields: set[str] = set()
        for reference in self.references:
            if reference.root != root:
                continue
            name = _first_name(reference.steps)
            if name is None:
                return None
            fields.add(name)
        return frozenset(fields)

    def of_strangers(self, known: frozenset[str]) -> tuple[tuple[RefusedConstruct, ...], tuple[str, ...]]:
        """Return what it asks of names that nobody gives it: calls, which are refused, and what to warn of.

        A plain one prints itself (`$5`, `$foo`); one that is called may be a tool that is not known here.
        """
        strangers = self.roots() - known
        called = {
            reference.root
            for reference in self.references
            if reference.root in strangers and any(isinstance(step, Call) for step in reference.steps)
        }
        refused = dict.fromkeys(called, "an unknown tool") | {
            name: "whether capital letters matter in this name is unknown"
            for name in strangers
            if name.lower() in ("input", "credentials", "authresponse")
        }
        return (
            tuple(RefusedConstruct(self.where, f"${name} ({why})") for name, why in sorted(refused.items())),
            tuple(
                f"{self.where}: ${name} is not known and prints itself"
                for name in sorted(strangers - refused.keys())
            ),
        )


def _first_name(steps: tuple[Step, ...]) -> str | None:
    match steps:
        case (Property(name=name), *_):
            return name
        case (Index(key=Literal(value=str() as name)), *_):
            return name
        case (Call(name="get", arguments=(Literal(value=str() as name),)), *_):
            return name
    return None


def read_template(where: str, source: str) -> Template:
    """Return a template, with every construct in it that is not rendered."""
    parsed = parse_template(source)
    if parsed.unreadable is not None:
        named = (*parsed.refused, f"what is not Velocity as read here: {parsed.unreadable}")
        refusals = tuple(RefusedConstruct(where, what) for what in named)
        return Template(where, parsed.block, None, refusals, (), frozenset())
    references = tuple(one for one in _expressions(parsed.block) if isinstance(one, Reference))
    assigned = frozenset(_assigned(parsed.block))
    refused = [
        *parsed.refused,
        *(f"#set(${name}), the name of a tool" for name in sorted(assigned & TOOLS.keys())),
    ]
    for reference in references:
        refused.extend(_refused_in(reference))
    if any(not _decides(condition) for condition in _conditions(parsed.block)):
        refused.append("a text, number or calculation as a condition (versions of Velocity differ)")
    parts = parsed.block.parts
    constant = None
    if all(isinstance(part, Text) for part in parts):
        constant = "".join(part.text for part in parts if isinstance(part, Text))
    unique = tuple(RefusedConstruct(where, what) for what in dict.fromkeys(refused))
    return Template(where, parsed.block, constant, unique, references, assigned)


def _refused_in(reference: Reference) -> Iterator[str]:
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


def _conditions(block: Block) -> Iterator[Expression]:
    """Yield what must be true or false: conditions, and the operands of `&&`, `||` and `!`."""
    yield from _conditions_of_ifs(block)
    for expression in _expressions(block):
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


def _assigned(block: Block) -> Iterator[str]:
    """Yield the names that `#set` gives a value, also within `#if` and texts."""
    for part in block.parts:
        if isinstance(part, SetVariable):
            yield part.name
        elif isinstance(part, If):
            for branch in part.branches:
                yield from _assigned(branch.block)
            yield from _assigned(part.otherwise)


def _expressions(block: Block) -> Iterator[Expression]:
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
                    yield from _expressions(branch.block)
                yield from _expressions(part.otherwise)


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
            yield from _expressions(expression.block)
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
