"""A block and what override files say of it (Terraform, "Override Files"): the last that says it counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.terraform.configuration.blocks import blocks_of
from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.syntax.body import Argument, ConfigBlock
from diag.terraform.syntax.source import Where


@dataclass(frozen=True, eq=False)
class MergedBlock:
    """`blocks`: the block itself, then those of the override files in the order they are read."""

    blocks: tuple[ConfigBlock, ...]

    @property
    def own(self) -> ConfigBlock:
        """Return the block itself."""
        return self.blocks[0]

    @property
    def where(self) -> Where:
        """Return where the block itself stands."""
        return self.own.where

    def argument(self, name: str) -> Argument | None:
        """Return the argument that counts, None where there is none. Raises Uncertain for two of a block."""
        for block in reversed(self.blocks):
            found = block.body.all_named(name)
            if len(found) > 1:
                raise Uncertain(found[1].where, f"{name} is there twice")
            if found:
                return found[0]
        return None

    def nested(self, kind: str) -> Iterator[ConfigBlock]:
        """Yield the blocks of this kind inside, of all of them."""
        return (inner for block in self.blocks for inner in blocks_of(block.body, kind, 0))
