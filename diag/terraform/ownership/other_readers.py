"""Who else reads a place: a value that other arguments use, too, is not only an action's timeout."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from diag.terraform.configuration.blocks import blocks_of
from diag.terraform.configuration.module import Module
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.followed import Passed, Step
from diag.terraform.syntax.body import ConfigBlock
from diag.terraform.syntax.expressions import Expression, ValueReference
from diag.terraform.syntax.read_expression import read_expression
from diag.terraform.syntax.source import Fragment, SourceText
from diag.terraform.syntax.words import Scanned, WordKind

Mark = tuple[Path, int, int]
"""What tells a reference from any other: its file, and where in it (in a template: where in that, too)."""


def mark_of(reference: ValueReference) -> Mark:
    """Return what tells this reference from any other."""
    return reference.source.path, reference.source.in_file(reference.start), reference.start


@dataclass
class OtherReaders:
    """Finds references; those of a module are read once."""

    _of_module: dict[Path, list[ValueReference]] = field(default_factory=dict)

    def demand_none(self, way: Sequence[Passed], accounted: Collection[Mark]) -> None:
        """Return where every reader of what was passed on the way is accounted for, or reads something else.

        Raises Uncertain, which names the first that does not.
        """
        for step in way:
            region = step.inside.block.own if step.name == "each.value" and step.inside.block else None
            self._demand(step.inside.scope.module, step.name, step.path, region, accounted)

    def _demand(
        self,
        module: Module,
        name: str,
        path: tuple[Step, ...],
        region: ConfigBlock | None,
        accounted: Collection[Mark],
    ) -> None:
        for reference in self._named(module, name, region):
            if mark_of(reference) in accounted:
                continue
            below = reference.steps[1:]
            if _part_ways(below, path):
                continue
            repeated = _repeated_by(module, reference)
            if repeated is not None and len(path) > len(below):
                self._demand(module, "each.value", path[len(below) + 1 :], repeated, accounted)
                continue
            raise Uncertain(reference.where, f"{name} is read there, too")

    def _named(self, module: Module, name: str, region: ConfigBlock | None) -> Iterator[ValueReference]:
        for reference in self._references(module):
            if f"{reference.root}.{reference.steps[0]}" != name:
                continue
            source = reference.source
            if region is None or (
                source.path == region.body.source.path
                and region.start <= source.in_file(reference.start) < region.end
            ):
                yield reference

    def _references(self, module: Module) -> list[ValueReference]:
        if module.folder not in self._of_module:
            self._of_module[module.folder] = [
                reference
                for file in module.files
                for source, scanned in file.texts()
                for reference in _references_in(source, scanned)
            ]
        return self._of_module[module.folder]


def _part_ways(below: tuple[str | int | Expression, ...], path: tuple[Step, ...]) -> bool:
    """Whether two ways below the same name lead to different values, for certain."""
    return any(
        isinstance(one, str | int) and isinstance(other, str | int) and str(one) != str(other)
        for one, other in zip(below, path, strict=False)
    )


def _repeated_by(module: Module, reference: ValueReference) -> ConfigBlock | None:
    """The block whose whole `for_each` this reference is."""
    for file in module.files:
        if file.source.path != reference.source.path:
            continue
        for kind, labels in (("resource", 2), ("data", 2), ("module", 1)):
            for block in blocks_of(file.body, kind, labels):
                for argument in block.body.all_named("for_each"):
                    whole = argument.expression
                    if isinstance(whole, ValueReference) and mark_of(whole) == mark_of(reference):
                        return block
    return None


def _references_in(source: SourceText, scanned: Scanned) -> Iterator[ValueReference]:
    words = scanned.words
    for at, word in enumerate(words):
        if word.kind is not WordKind.NAME or scanned.says(at) not in ("var", "local", "each"):
            continue
        if (at and scanned.says(at - 1) == ".") or at + 2 >= len(words) or scanned.says(at + 1) != ".":
            continue
        end = at + 3
        while end < len(words):
            if scanned.says(end) == "." and end + 1 < len(words) and words[end + 1].kind is WordKind.NAME:
                end += 2
            elif scanned.says(end) == "[" and scanned.partner[end] > end:
                end = scanned.partner[end] + 1
            else:
                break
        whole = read_expression(Fragment(source, scanned, at, end))
        if not isinstance(whole, ValueReference):  # an index that is not understood: all below the name
            whole = read_expression(Fragment(source, scanned, at, at + 3))
        if isinstance(whole, ValueReference):
            yield whole
