"""One template, read once: its tree, what in it is refused, and which names it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.direct.rendering.check_template import refused_in
from diag.direct.rendering.refusals import RefusedConstruct
from diag.direct.rendering.tools.tool_table import TOOLS
from diag.direct.rendering.velocity.evaluate import rendered
from diag.direct.rendering.velocity.java_values import Value
from diag.direct.rendering.velocity.parse import parse_template
from diag.direct.rendering.velocity.syntax_tree import (
    Block,
    Call,
    Index,
    Literal,
    Property,
    Reference,
    Step,
    Text,
)
from diag.direct.rendering.velocity.walk import assigned_in, expressions_of


@dataclass(frozen=True, slots=True)
class Template:
    """A template that can be rendered, unless `refusals` says otherwise. It never shows in `repr`."""

    where: str
    block: Block = field(repr=False)
    constant: str | None = field(repr=False)
    """The text itself, where nothing in it depends on anything."""
    references: tuple[Reference, ...] = field(repr=False)
    assigned: frozenset[str]
    """Names that it sets itself."""
    refusals: tuple[RefusedConstruct, ...]
    warnings: tuple[str, ...]

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


def _first_name(steps: tuple[Step, ...]) -> str | None:
    match steps:
        case (Property(name=name), *_):
            return name
        case (Index(key=Literal(value=str() as name)), *_):
            return name
        case (Call(name="get", arguments=(Literal(value=str() as name),)), *_):
            return name
    return None


def read_template(where: str, source: str, known: frozenset[str]) -> Template:
    """Return a template, with every construct in it that is not rendered. `known`: names with a value."""
    parsed = parse_template(source)
    references = tuple(one for one in expressions_of(parsed.block) if isinstance(one, Reference))
    assigned = frozenset(assigned_in(parsed.block))
    strangers = {reference.root for reference in references} - TOOLS.keys() - assigned - known
    refused = [*parsed.refused, *refused_in(parsed.block, references, strangers)]
    if parsed.unreadable is not None:
        refused.append(f"what is not Velocity as read here: {parsed.unreadable}")
    parts = parsed.block.parts
    constant = None
    if all(isinstance(part, Text) for part in parts):
        constant = "".join(part.text for part in parts if isinstance(part, Text))
    return Template(
        where=where,
        block=parsed.block,
        constant=constant,
        references=references,
        assigned=assigned,
        refusals=tuple(RefusedConstruct(where, what) for what in dict.fromkeys(refused)),
        warnings=tuple(f"{where}: ${name} is not known and prints itself" for name in sorted(strangers)),
    )
