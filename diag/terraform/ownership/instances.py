"""Every action of a configuration: blocks, times the calls of their modules, times their keys."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.module import Module
from diag.terraform.configuration.module_call import ANY_KEY, Address, Called, Instance, Key, ModuleScope
from diag.terraform.configuration.project import Project
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.ownership.follow import Follower

_BlockPath = tuple[tuple[str, ...], str | None]
"""The names that lead to a block of an action, and its label; None: to the last call itself."""
_DEEPEST: Final = 20
"""Calls of modules within each other; Terraform itself refuses circles."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """A call of a module that leads to nothing readable: whatever is below it is not known."""

    path: tuple[str, ...]
    uncertain: Uncertain


@dataclass
class Instances:
    """`chosen`: those below the roots that were asked about; `others`: below other roots in the folder."""

    chosen: dict[Path, list[Instance]] = field(default_factory=dict)
    others: list[Instance] = field(default_factory=list)
    unfollowed: dict[Path, list[Unfollowed]] = field(default_factory=dict)
    scopes: list[ModuleScope] = field(default_factory=list)
    """The modules below the roots that were asked about, these among them."""

    @property
    def every(self) -> Iterator[Instance]:
        """Yield all of them."""
        for found in self.chosen.values():
            yield from found
        yield from self.others


def find_instances(
    project: Project,
    follower: Follower,
    roots: Sequence[Module],
    known: Collection[Address] = (),
) -> Instances:
    """Return the actions of a project. `known`: addresses of its state, which tell keys that are not written
    out, and those of instances that are no longer."""
    found = Instances()
    walk = _Walk(project, follower, _keys_by_place(known))
    for root in roots:
        unfollowed = found.unfollowed[root.folder] = list[Unfollowed]()
        below = walk.below(ModuleScope(root, None), unfollowed, found.scopes, use_known=True)
        found.chosen[root.folder] = list(below)
    for folder, module in project.uncalled().items():
        if folder not in found.chosen and isinstance(module, Module):
            found.others += walk.below(ModuleScope(module, None), [], [], use_known=False)
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    project: Project
    follower: Follower
    known: Mapping[_BlockPath, frozenset[Key]]

    def below(
        self, scope: ModuleScope, unfollowed: list[Unfollowed], scopes: list[ModuleScope], *, use_known: bool
    ) -> Iterator[Instance]:
        scopes.append(scope)
        names = tuple(name for name, _ in scope.path)
        for label, block in scope.module.actions.items():
            for key in self._keys(block, scope, (names, label), use_known=use_known):
                yield Instance(scope, label, key)
        for name, call in scope.module.calls.items():
            path = (*names, name)
            try:
                if len(path) > _DEEPEST:
                    raise Uncertain(call.where, "modules call each other without end")
                module = self.project.called_module(scope.module, call)
            except Uncertain as error:
                unfollowed.append(Unfollowed(path, error))
                continue
            for key in self._keys(call, scope, (path, None), use_known=use_known):
                inner = ModuleScope(module, Called(scope, call, key), (*scope.path, (name, key)))
                yield from self.below(inner, unfollowed, scopes, use_known=use_known)

    def _keys(
        self,
        block: MergedBlock,
        scope: ModuleScope,
        place: _BlockPath,
        *,
        use_known: bool,
    ) -> tuple[Key, ...]:
        written = self.follower.keys_of(block, scope)
        known = self.known.get(place, frozenset()) if use_known else frozenset()
        if written == (None,) or not known:
            return written
        keys = set(known) | set(written) if written != (ANY_KEY,) else set(known)
        return tuple(sorted((key for key in keys if key is not None), key=str))


def _keys_by_place(
    known: Collection[Address],
) -> dict[_BlockPath, frozenset[Key]]:
    """The keys that addresses tell."""
    found: dict[_BlockPath, set[Key]] = {}
    for address in known:
        names = tuple(name for name, _ in address.modules)
        for depth, (_, key) in enumerate(address.modules, 1):
            found.setdefault((names[:depth], None), set()).add(key)
        found.setdefault((names, address.label), set()).add(address.key)
    return {place: frozenset(keys - {None}) for place, keys in found.items()}
