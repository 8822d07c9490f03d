"""The folder given: its root modules, the modules they call, and every action in them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diag.terraform.configuration.given_values import GivenValues, given_values
from diag.terraform.configuration.merged_block import MergedBlock
from diag.terraform.configuration.module import Module, is_configuration, read_module
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.syntax.expressions import PlainText


@dataclass
class Project:
    """Reads each module once. `boundary`: the folder given; nothing outside it is read. Paths are real."""

    boundary: Path
    _modules: dict[Path, Module | Uncertain] = field(default_factory=dict)
    _values: dict[Path, GivenValues] = field(default_factory=dict)

    def module(self, folder: Path) -> Module:
        """Return the module in a folder. Raises Uncertain."""
        if folder not in self._modules:
            try:
                self._modules[folder] = read_module(folder, self.boundary)
            except Uncertain as error:
                self._modules[folder] = error
        found = self._modules[folder]
        if isinstance(found, Uncertain):
            raise found
        return found

    def called_module(self, caller: Module, call: MergedBlock) -> Module:
        """Return the module that a call names. Raises Uncertain for one that is not in the folder given."""
        source = call.argument("source")
        if source is None or not isinstance(source.expression, PlainText):
            raise Uncertain(call.where, "which module it calls is not written out")
        named = source.expression.value
        if not named.startswith(("./", "../")):
            raise Uncertain(source.where, f"its module is kept elsewhere ({named})")
        try:
            folder = (caller.folder / named).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise Uncertain(source.where, f"there is no folder {named}") from None
        if not folder.is_relative_to(self.boundary) or not folder.is_dir():
            raise Uncertain(
                source.where,
                f"its module {named} lies outside the folder given; --edit takes one that holds both",
            )
        return self.module(folder)

    def values_of(self, root: Module) -> GivenValues:
        """Return the values given to a root module by files. Raises Uncertain."""
        if root.folder not in self._values:
            self._values[root.folder] = given_values(root.folder, self.boundary)
        return self._values[root.folder]

    def folders(self) -> Iterator[Path]:
        """Yield every folder that holds configuration; hidden ones (`.terraform`, `.git`) and links are left
        out."""
        for here, folders, names in os.walk(self.boundary):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            if any(map(is_configuration, names)):
                yield Path(here)

    def uncalled(self) -> Mapping[Path, Module | Uncertain]:
        """Return the folders that no other one calls, each with its module, or why it cannot be read."""
        read: dict[Path, Module | Uncertain] = {}
        called = set[Path]()
        for folder in self.folders():
            try:
                read[folder] = module = self.module(folder)
            except Uncertain as error:
                read[folder] = error
                continue
            for call in module.calls.values():
                try:
                    called.add(self.called_module(module, call).folder)
                except Uncertain:
                    continue  # said where an action is looked for in it
        return {folder: module for folder, module in read.items() if folder not in called}
