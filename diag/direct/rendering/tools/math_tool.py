"""`$math`: VelocityTools' MathTool, to which the Resource Center points. It calculates in Doubles.

A result is a whole number again where every argument was; null where an argument is no number
(`$math.add("a", 1)` then prints itself), as the class says of itself.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final, TypeAlias

from diag.direct.rendering.tools.tool import Arguments, Method, TemplateTool
from diag.direct.rendering.velocity.java_values import UnknownMeaningError, Value, truncated

_Numbers: TypeAlias = Sequence[int | float]

_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_MAX_INTEGER: Final = 2**31 - 1
_EXACT: Final = 2**53


def _numbers(arguments: Arguments) -> list[int | float] | None:
    numbers: list[int | float] = []
    for value in arguments:
        number = _number(value)
        if number is None:
            return None
        numbers.append(number)
    return numbers


def _number(value: Value) -> int | float | None:
    """Return a number, also one written as a plain text; None for null. Other texts are not guessed at."""
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if math.isnan(value):
            raise UnknownMeaningError("$math with NaN")
        if abs(value) >= _EXACT:
            raise UnknownMeaningError("$math with a number beyond 2^53")
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
        return int(number) if number.is_integer() else number
    raise UnknownMeaningError("$math with something that is not a plain number")


def _matched(result: float, numbers: _Numbers) -> Value:
    """Return the result as a whole number where it is one and no argument had a decimal point."""
    if not math.isfinite(result) or abs(result) >= _EXACT:
        raise UnknownMeaningError("$math with a result beyond 2^53")
    if result != math.floor(result):
        return float(result)
    if any(isinstance(number, float) for number in numbers):
        raise UnknownMeaningError("$math with a whole result of broken numbers: 4 or 4.0, as versions differ")
    return int(result)


def _method(calculate: Callable[[_Numbers], Value], *counts: int) -> Method:
    """Return a method of so many numbers that makes null where one of them is null."""

    def run(arguments: Arguments) -> Value:
        numbers = _numbers(arguments)
        return None if numbers is None else calculate(numbers)

    return Method(frozenset(counts), run)


def _folded(step: Callable[[float, float], float]) -> Method:
    return _method(lambda numbers: _matched(reduce(step, map(float, numbers)), numbers), 2, 3, 4)


def _div(numbers: _Numbers) -> Value:
    if any(number == 0 for number in numbers[1:]):
        return None
    return _matched(reduce(lambda left, right: left / right, map(float, numbers)), numbers)


def _max(numbers: _Numbers) -> Value:
    if max(numbers) <= 0:
        raise UnknownMeaningError("$math.max of numbers of which none is above zero")
    return _matched(max(map(float, numbers)), numbers)


def _pow(numbers: _Numbers) -> Value:
    try:
        result = math.pow(*map(float, numbers))
    except (OverflowError, ValueError):
        raise UnknownMeaningError("$math.pow without a finite result") from None
    return _matched(result, numbers)


def _whole(calculate: Callable[[int, int], int]) -> Method:
    def run(numbers: _Numbers) -> Value:
        left, right = (_integer(int(number)) for number in numbers)
        return None if right == 0 else calculate(left, right)

    return _method(run, 2)


def _rounded(calculate: Callable[[float], float]) -> Method:
    return _method(lambda numbers: _integer(int(calculate(float(numbers[0])))), 1)


def _integer(number: int) -> int:
    if abs(number) > _MAX_INTEGER:
        raise UnknownMeaningError("$math with an Integer beyond 2^31")
    return number


def _abs(numbers: _Numbers) -> Value:
    return _matched(abs(float(numbers[0])), numbers)


def _round_to(numbers: _Numbers) -> Value:
    places, number = int(numbers[0]), float(numbers[1])
    if not 1 <= places <= 8:
        raise UnknownMeaningError("$math.roundTo to other than 1 to 8 places")
    factor = 10**places
    return math.floor(number * factor + 0.5) / factor


MATH_TOOL: Final = TemplateTool(
    methods={
        "add": _folded(lambda left, right: left + right),
        "sub": _folded(lambda left, right: left - right),
        "mul": _folded(lambda left, right: left * right),
        "div": _method(_div, 2, 3, 4),
        "max": _method(_max, 2, 3, 4),
        "min": _folded(min),
        "pow": _method(_pow, 2),
        "idiv": _whole(truncated),
        "mod": _whole(lambda left, right: left - right * truncated(left, right)),
        "abs": _method(_abs, 1),
        "ceil": _rounded(math.ceil),
        "floor": _rounded(math.floor),
        "round": _rounded(round),
        "roundTo": _method(_round_to, 2),
        "toInteger": _method(lambda numbers: _integer(int(numbers[0])), 1),
        "toDouble": _method(lambda numbers: float(numbers[0]), 1),
    },
    refused={"random": "another value at every call"},
)
