"""Picking actions from a numbered list, by lines that are typed: it works over ssh and without colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.format.sample_schema import InputOrigin
from analysis.number_words import plural
from analysis.plain_text import printable
from analysis.wrapped_text import columns_of, shortened
from diag.choice.picked_numbers import NotNumbersError, picked_numbers
from diag.genesys.data_action import Action
from diag.workload.payloads_from_contract import NoInput, from_contract, input_schema

if TYPE_CHECKING:
    from diag.console import Console

MOST_SHOWN: Final = 40
_WIDEST_NAME: Final = 40
_HOW: Final = "Numbers (1,3-7), all, none, or /TEXT to show only names with it [all]: "


@dataclass(frozen=True, slots=True)
class OfferedAction:
    """An action to pick. None: not known."""

    action: Action
    calls_a_day: float | None = None
    contract: Mapping[str, Any] | None = None

    @property
    def words(self) -> str:
        """Return its use, what a call may do, and what it is called with."""
        return "; ".join((self._use, self._effect, self._inputs))

    @property
    def _use(self) -> str:
        day = self.calls_a_day
        if day is None:
            return "use not known"
        if not day:
            return "not called last week"
        return "under 1 call a day" if day < 1 else f"{plural(round(day), 'call')} a day"

    @property
    def _effect(self) -> str:
        method = (self.action.request_type or "").upper()
        return "reads (GET)" if method == "GET" else f"may change data ({method or 'request not known'})"

    @property
    def _inputs(self) -> str:
        if self.contract is None:
            return "inputs not known"
        made = from_contract(self.contract, 1, 1)
        if isinstance(made, NoInput):
            return "inputs to fill in"
        if made[0].origin is InputOrigin.NONE:
            return "no input"
        known = made[0].origin is InputOrigin.CONTRACT
        many = len(input_schema(self.contract)["properties"])
        return plural(many, "input") + (" that the contract lists" if known else " to fill in")


def most_used_first(offered: Sequence[OfferedAction]) -> tuple[OfferedAction, ...]:
    """Return them in the order in which they are shown: by use, then by name."""
    return tuple(
        sorted(
            offered, key=lambda one: (-(one.calls_a_day or 0.0), one.action.name.casefold(), one.action.id)
        )
    )


def pick(console: "Console", offered: Sequence[OfferedAction]) -> tuple[OfferedAction, ...]:
    """Ask which of them, until the answer can be understood; none: an empty tuple. Needs a terminal."""
    listed = most_used_first(offered)
    numbers = range(1, len(listed) + 1)
    shown: Sequence[int] = numbers
    console.note("Which actions may be called? The most used come first.")
    _show(console, listed, shown)
    while True:
        typed = console.ask(_HOW)
        if typed is None or typed.casefold() == "none":
            return ()
        if typed.startswith("/"):
            wanted = typed[1:].strip().casefold()
            shown = [number for number in numbers if wanted in listed[number - 1].action.name.casefold()]
            _show(console, listed, shown)
            continue
        if typed.casefold() in ("", "all"):
            if shown:
                return tuple(listed[number - 1] for number in shown)
            console.note("No name is shown. / alone shows all of them again.")
            continue
        try:
            return tuple(listed[number - 1] for number in picked_numbers(typed, len(listed)))
        except NotNumbersError as error:
            console.note(str(error))


def _show(console: "Console", listed: Sequence[OfferedAction], numbers: Sequence[int]) -> None:
    some = numbers[:MOST_SHOWN]
    names = {number: shortened(printable(listed[number - 1].action.name), _WIDEST_NAME) for number in some}
    widest = max(map(columns_of, names.values()), default=0)
    digits = len(str(len(listed)))
    for number, name in names.items():
        gap = " " * (widest - columns_of(name))
        console.note(f"  {number:>{digits}}  {name}{gap}  {listed[number - 1].words}")
    if len(numbers) > len(some):
        console.note(f"  and {len(numbers) - len(some)} more, which /TEXT finds and all takes")
    if not numbers:
        console.note("  No name contains that.")
