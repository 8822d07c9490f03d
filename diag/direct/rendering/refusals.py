"""What is not rendered: of a template, before the first call; of one input, before its call."""

from collections.abc import Sequence
from dataclasses import dataclass

from diag.errors import DiagError


@dataclass(frozen=True, slots=True)
class RefusedConstruct:
    """One construct that is not rendered: where it stands and what it is, as it is written there."""

    where: str
    """`requestUrlTemplate`, `header "X-Key"`, `requestTemplate`, `translationMap "id"`, `successTemplate`."""
    what: str


class TemplateRefusedError(DiagError):
    """An action whose request or result cannot be made here as Genesys Cloud makes it. Names every reason."""

    def __init__(self, action: str, refusals: Sequence[RefusedConstruct]) -> None:
        first = refusals[0]
        more = f" ({len(refusals) - 1} more below)" if len(refusals) > 1 else ""
        super().__init__(
            f"The action {action!r} cannot be called directly: {first.where} uses {first.what}{more}.",
            hint="Measure it through the test endpoint: leave direct mode off for this action.",
            details=tuple(f"{one.where}: {one.what}" for one in refusals),
        )
        self.refusals = tuple(refusals)


class InputNotRenderedError(DiagError):
    """A request that cannot be made from this input as Genesys Cloud would make it. Holds no value of it."""

    def __init__(self, action: str, where: str, what: str) -> None:
        super().__init__(
            f"The action {action!r} cannot be called directly with this input: {where}: {what}.",
            hint="Give another input, or measure the action through the test endpoint.",
        )
        self.where = where
        self.what = what
