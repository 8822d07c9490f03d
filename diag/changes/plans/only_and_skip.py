"""Which of the measured actions a plan or a check is about: `--only` and `--skip`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from diag.changes.change_errors import UnknownActionError
from diag.inventory.named_actions import ids_meant, is_pattern, unknown_action_hint


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids that `--only` and `--skip` mean; `only` is None when everything is in scope."""

    only: frozenset[str] | None
    skip: frozenset[str]

    @classmethod
    def of(
        cls, actions: Sequence[tuple[str, str]], only: Collection[str] = (), skip: Collection[str] = ()
    ) -> "Scope":
        """Return what `only` and `skip` mean among these actions, given as (id, name).

        Raises UnknownActionError for a name that means none of them: a misspelt name would change what
        was to be left alone. A pattern to skip may mean none.
        """
        for name in (*only, *skip):
            if not ids_meant(actions, name) and not (name in skip and is_pattern(name)):
                raise UnknownActionError(
                    f"None of these actions is {name!r}.",
                    hint=unknown_action_hint((known for _, known in actions), name),
                )
        chosen = frozenset[str]().union(*(ids_meant(actions, name) for name in only)) if only else None
        return cls(chosen, frozenset[str]().union(*(ids_meant(actions, name) for name in skip)))

    def leaves_out(self, action_id: str) -> str | None:
        """Return why an action is out of scope, None when it is in."""
        if self.only is not None and action_id not in self.only:
            return "not among --only"
        return "left out by --skip" if action_id in self.skip else None
