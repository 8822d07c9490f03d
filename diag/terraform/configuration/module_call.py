"""A module as it is called: its values come from the call, and a call may be made once for each key."""

from dataclasses import dataclass
from typing import Final

from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.module import Module


@dataclass(frozen=True, slots=True)
class AnyKey:
    """Stands for every key of a block whose keys are not written out."""


ANY_KEY: Final = AnyKey()
Key = str | int | AnyKey | None
"""Which instance of a block with `for_each` or `count`; None: it has neither."""


@dataclass(frozen=True, slots=True)
class Called:
    """The call that a module's values come from: in `scope`, with this key."""

    scope: "ModuleScope"
    block: MergedBlock
    key: Key


@dataclass(frozen=True, slots=True)
class ModuleScope:
    """A module where it is used; `called` is None for a root module."""

    module: Module
    called: Called | None
    path: tuple[tuple[str, Key], ...] = ()
    """The names and keys of the calls that lead here: `module.crm["eu"]`."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One action of the configuration."""

    scope: ModuleScope
    label: str
    key: Key

    @property
    def block(self) -> MergedBlock:
        """Return its block."""
        return self.scope.module.actions[self.label]

    @property
    def address(self) -> "Address":
        """Return what Terraform calls it."""
        return Address(self.scope.path, self.label, self.key)


@dataclass(frozen=True, slots=True)
class Address:
    """`module.crm["eu"].genesyscloud_integration_action.lookup[0]`."""

    modules: tuple[tuple[str, Key], ...]
    label: str
    key: Key
