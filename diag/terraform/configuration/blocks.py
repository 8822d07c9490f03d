"""Blocks of a body that may be of Terraform's JSON, which says only here that it has none of that shape."""

from collections.abc import Sequence

from diag.terraform.configuration.uncertain import Uncertain
from diag.terraform.syntax.body import Body, ConfigBlock
from diag.terraform.syntax.trouble import SyntaxTrouble


def blocks_of(body: Body, kind: str, labels: int) -> Sequence[ConfigBlock]:
    """Return the blocks of this kind that have so many labels. Raises Uncertain where none can be read."""
    try:
        return body.blocks(kind, labels)
    except SyntaxTrouble as error:
        raise Uncertain(body.source.where(error.offset), f"it cannot be read: {error}") from None
