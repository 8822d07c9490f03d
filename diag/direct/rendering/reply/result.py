"""What became of a reply: a result that fits the contract, or where it broke. Never a value of the reply."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["ok", "broken_contract", "not_understood"]


@dataclass(frozen=True, slots=True)
class Result:
    """One reply's result. `problem` and `path` are None exactly where `verdict` is "ok"."""

    verdict: Verdict
    problem: str | None = None
    """What broke, in words: `required: "id" is missing`, `type: not a string`, `not JSON`."""
    path: str | None = None
    """Where: `$.customer.id` in the result, or a step: `reply`, `translationMap "id"`, `successTemplate`."""
    value: object = field(default=None, repr=False, compare=False)
    """The result itself, where it is ok: what a custom authentication action returns is `authResponse`."""

    @property
    def ok(self) -> bool:
        """Return whether the reply became a result that fits the contract."""
        return self.verdict == "ok"


def broken(problem: str, path: str) -> Result:
    """Return a result that does not fit the output contract."""
    return Result("broken_contract", problem, path)


def not_understood(problem: str, path: str) -> Result:
    """Return that no result could be made of the reply."""
    return Result("not_understood", problem, path)
