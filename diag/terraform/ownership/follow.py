"""From an expression to where its value is written out: variables, locals, keys, arguments of modules."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.module_call import ANY_KEY, AnyKey, Key, ModuleScope
from diag.terraform.configuration.project import Project
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.followed import (
    Absent,
    Followed,
    FoundValue,
    Inside,
    KeyItself,
    Passed,
    Step,
)
from diag.terraform.syntax.expressions import (
    Elements,
    Expression,
    FunctionCall,
    Items,
    Null,
    Number,
    PlainText,
    TemplateText,
    ValueReference,
)

_DEEPEST: Final = 50
_COUNTS: Final = range(10_000)
"""Of instances that are counted out; no org has more actions."""


class Follower:
    """Follows expressions in the modules of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def follow(
        self, expression: Expression, inside: Inside, path: tuple[Step, ...] = (), depth: int = 0
    ) -> Followed:
        """Return where the value at `path` below an expression is written out. Raises Uncertain."""
        if depth > _DEEPEST:
            raise Uncertain(expression.where, "it refers to itself")
        match expression:
            case Number() | PlainText() | Null() if not path:
                return FoundValue(expression)
            case Null():
                return Absent(expression.where, "it is null")
            case Items():
                return self._in_items(expression, inside, path, depth)
            case Elements():
                return self._in_elements(expression, inside, path, depth)
            case ValueReference():
                return self._reference(expression, inside, path, depth)
            case FunctionCall():
                return self._call(expression, inside, path, depth)
        raise Uncertain(expression.where, "its value is computed")

    def _in_items(self, items: Items, inside: Inside, path: tuple[Step, ...], depth: int) -> Followed:
        if not path:
            return FoundValue(items)
        keys = [key if isinstance(key, str) else self.text(key, inside, depth) for key, _ in items.pairs]
        wanted = path[0]
        if isinstance(wanted, AnyKey):
            raise Uncertain(items.where, "which of its keys is meant is not certain")
        at = [number for number, key in enumerate(keys) if key == str(wanted)]
        if len(at) > 1:
            raise Uncertain(items.where, f"the key {wanted} is there twice")
        if not at:
            return Absent(items.where, f"there is no {wanted} in it")
        return self.follow(items.pairs[at[0]][1], inside, path[1:], depth + 1)

    def _in_elements(
        self, elements: Elements, inside: Inside, path: tuple[Step, ...], depth: int
    ) -> Followed:
        if not path:
            return FoundValue(elements)
        at = path[0]
        if not isinstance(at, int):
            raise Uncertain(elements.where, "which of its elements is meant is not certain")
        if at >= len(elements.values):
            return Absent(elements.where, f"it has no element {at}")
        return self.follow(elements.values[at], inside, path[1:], depth + 1)

    def _reference(
        self, reference: ValueReference, inside: Inside, path: tuple[Step, ...], depth: int
    ) -> Followed:
        name = reference.steps[0] if reference.steps else None
        if not isinstance(name, str):
            raise Uncertain(reference.where, "its value is not known before Terraform runs")
        below = (*(self._step(step, inside, depth) for step in reference.steps[1:]), *path)
        match reference.root:
            case "local":
                argument = inside.scope.module.local_values.get(name)
                if argument is None:
                    raise Uncertain(reference.where, f"there is no local.{name}")
                found = self.follow(argument.expression, Inside(inside.scope), below, depth + 1)
                return self._passed(found, Passed(reference, Inside(inside.scope), f"local.{name}", below))
            case "var":
                found = self._variable(reference, name, inside.scope, below, depth)
                return self._passed(found, Passed(reference, Inside(inside.scope), f"var.{name}", below))
            case "each" | "count":
                return self._each(reference, name, inside, below, depth)
        raise Uncertain(reference.where, "its value is not known before Terraform runs")

    @staticmethod
    def _passed(found: Followed, step: Passed) -> Followed:
        return replace(found, way=(step, *found.way)) if isinstance(found, FoundValue) else found

    def _step(self, step: str | int | Expression, inside: Inside, depth: int) -> Step:
        if isinstance(step, str | int):
            return step
        found = self.follow(step, inside, (), depth + 1)
        if isinstance(found, KeyItself):
            return found.key
        if isinstance(found, FoundValue) and isinstance(found.expression, PlainText):
            return found.expression.value
        raise Uncertain(step.where, "which key is meant is not certain")

    def _variable(
        self, reference: ValueReference, name: str, scope: ModuleScope, path: tuple[Step, ...], depth: int
    ) -> Followed:
        declared = scope.module.variables.get(name)
        if declared is None:
            raise Uncertain(reference.where, f"there is no variable {name}")
        found = self._given(name, declared, scope, path, depth)
        if isinstance(found, Absent) and declared.argument("type") is not None and path:
            # `optional(number, 20)` of the type may fill it in.
            raise Uncertain(found.where, f"{found.why}, and the type of var.{name} may add it")
        return found

    def _given(
        self, name: str, declared: MergedBlock, scope: ModuleScope, path: tuple[Step, ...], depth: int
    ) -> Followed:
        default = declared.argument("default")
        if scope.called is not None:
            called = scope.called
            given = called.block.argument(name)
            if given is not None:
                return self.follow(
                    given.expression, Inside(called.scope, called.block, called.key), path, depth + 1
                )
            if default is None:
                raise Uncertain(called.block.where, f"it gives var.{name} no value")
            return self.follow(default.expression, Inside(scope), path, depth + 1)
        values = self.project.values_of(scope.module)
        if name in values.if_named:
            raise Uncertain(
                values.if_named[name].where, f"var.{name} has a value here only where this file is named"
            )
        chosen = values.by_itself.get(name, default)
        if chosen is None:
            raise Uncertain(declared.where, f"var.{name} has no value in these files")
        found = self.follow(chosen.expression, Inside(scope), path, depth + 1)
        return found if isinstance(found, KeyItself) else replace(found, from_variable=True)

    def _each(
        self, reference: ValueReference, name: str, inside: Inside, path: tuple[Step, ...], depth: int
    ) -> Followed:
        word = f"{reference.root}.{name}"
        if (
            inside.block is None
            or inside.key is None
            or word not in ("each.key", "each.value", "count.index")
        ):
            raise Uncertain(reference.where, f"{word} means nothing here")
        if isinstance(inside.key, AnyKey) and word != "each.value":
            raise Uncertain(reference.where, f"the values of {word} are not certain")
        if word != "each.value":
            assert not isinstance(inside.key, AnyKey)
            return KeyItself(inside.key)
        argument = inside.block.argument("for_each")
        if argument is None:
            raise Uncertain(reference.where, "each.value means nothing here")
        outside = Inside(inside.scope)
        if self._listed(argument.expression, outside, depth) is not None:
            if isinstance(inside.key, AnyKey):
                raise Uncertain(reference.where, "the values of each.value are not certain")
            return KeyItself(inside.key)
        below: tuple[Step, ...] = (inside.key, *path)
        found = self.follow(argument.expression, outside, below, depth + 1)
        return self._passed(found, Passed(reference, inside, "each.value", path))

    def _call(self, call: FunctionCall, inside: Inside, path: tuple[Step, ...], depth: int) -> Followed:
        given = call.arguments

        def value(number: int, below: tuple[Step, ...]) -> Followed:
            return self.follow(given[number], inside, below, depth + 1)

        match call.function, len(given):
            case "tonumber" | "tostring" | "tomap", 1:
                return value(0, path)
            case "lookup", 3:
                key = self._step(given[1], inside, depth)
                found = value(0, (key, *path))
                return self._after([found], value(2, path)) if isinstance(found, Absent) else found
            case "try" | "coalesce", count if count:
                return self._first(call.function, (value(number, path) for number in range(count)))
            case "merge", count if count and path:
                # The last map that has the first key.
                skipped = list[Followed]()
                for number in reversed(range(count)):
                    found = value(number, path)
                    if not isinstance(found, Absent) or not isinstance(value(number, path[:1]), Absent):
                        return self._after(skipped, found)
                    skipped.append(found)
                return Absent(call.where, f"none of its maps has {path[0]}")
        raise Uncertain(call.where, f"its value is computed by {call.function}()")

    @staticmethod
    def _first(function: str, attempts: Iterator[Followed]) -> Followed:
        """The first that is there; for `coalesce`, `null` is not."""
        skipped = list[Followed]()
        for found in attempts:
            null = isinstance(found, FoundValue) and isinstance(found.expression, Null)
            if not isinstance(found, Absent) and not (null and function == "coalesce"):
                break
            skipped.append(found)
        return Follower._after(skipped, found)

    @staticmethod
    def _after(skipped: Iterable[Followed], found: Followed) -> Followed:
        """What counts because others do not: a variable among those may be given a value that does."""
        may_count = any(one.from_variable for one in skipped if not isinstance(one, KeyItself))
        if isinstance(found, KeyItself) or not may_count:
            return found
        return replace(found, from_variable=True)

    def text(self, expression: Expression, inside: Inside, depth: int = 0) -> str:
        """Return a text that is put together of what is written out. Raises Uncertain."""
        if isinstance(expression, TemplateText):
            return "".join(
                part if isinstance(part, str) else self.text(part, inside, depth + 1)
                for part in expression.parts
            )
        found = self.follow(expression, inside, (), depth)
        if isinstance(found, KeyItself):
            return str(found.key)
        if isinstance(found, FoundValue) and isinstance(found.expression, PlainText):
            return found.expression.value
        if (
            isinstance(found, FoundValue)
            and isinstance(found.expression, Number)
            and found.expression.value.is_integer()
        ):
            return str(int(found.expression.value))
        raise Uncertain(expression.where, "it is no text that is written out")

    def keys_of(self, block: MergedBlock, scope: ModuleScope) -> tuple[Key, ...]:
        """Return the keys of a block's instances: (None,) without `for_each` and `count`, (ANY_KEY,) where
        they are not written out."""
        try:
            each, count = block.argument("for_each"), block.argument("count")
            if each is not None:
                return self._keys_of_each(each.expression, Inside(scope))
            if count is not None:
                found = self.follow(count.expression, Inside(scope))
                if isinstance(found, FoundValue) and isinstance(found.expression, Number):
                    many = found.expression.value
                    return tuple(range(int(many))) if many in _COUNTS else (ANY_KEY,)
                return (ANY_KEY,)
        except Uncertain:
            return (ANY_KEY,)
        return (None,)

    def _keys_of_each(self, expression: Expression, inside: Inside) -> tuple[Key, ...]:
        listed = self._listed(expression, inside, 0)
        if listed is not None:
            return listed
        found = self.follow(expression, inside)
        if isinstance(found, FoundValue) and isinstance(found.expression, Items):
            keys = [key for key, _ in found.expression.pairs]
            if all(isinstance(key, str) for key in keys):
                return tuple(key for key in keys if isinstance(key, str))
        return (ANY_KEY,)

    def _listed(self, expression: Expression, inside: Inside, depth: int) -> tuple[str, ...] | None:
        """The texts of `toset([...])`; None for anything else. Raises Uncertain where they are computed."""
        if (
            not isinstance(expression, FunctionCall)
            or expression.function != "toset"
            or len(expression.arguments) != 1
        ):
            return None
        found = self.follow(expression.arguments[0], inside, (), depth + 1)
        if isinstance(found, FoundValue) and isinstance(found.expression, Elements):
            values = found.expression.values
            if all(isinstance(one, PlainText) for one in values):
                return tuple(one.value for one in values if isinstance(one, PlainText))
        raise Uncertain(expression.where, "its values are computed")
