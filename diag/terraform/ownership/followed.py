"""Where following an expression leads, and the way there."""

from dataclasses import dataclass

from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.module_call import AnyKey, Key, ModuleScope
from diag.terraform.syntax.expressions import Elements, Items, Null, Number, PlainText, ValueReference
from diag.terraform.syntax.source import Where

Step = str | int | AnyKey


@dataclass(frozen=True, slots=True)
class Inside:
    """Where an expression stands: in a scope, and in a block of it with a key (None: in no such block)."""

    scope: ModuleScope
    block: MergedBlock | None = None
    key: Key = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A reference on the way: what it named (`var.x` of a module, `each.value` of a block), and the path of
    the value below that name."""

    reference: ValueReference
    inside: Inside
    name: str
    path: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Where a value is written out: a number, a text, `null`, an object or a list; and the way there."""

    expression: Number | PlainText | Null | Items | Elements
    way: tuple[Passed, ...] = ()
    from_variable: bool = False
    """Whether a root module's variable was passed, whose value a run of Terraform may be given otherwise."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The way ends at something that lacks the key: certain, and no place to edit."""

    where: Where
    why: str
    from_variable: bool = False
    """As of a found value."""


@dataclass(frozen=True, slots=True)
class KeyItself:
    """The value is the key of the instance, or its number: written out as a key, not as a value."""

    key: str | int


Followed = FoundValue | Absent | KeyItself
