"""`$math`: VelocityTools' MathTool, to which the Resource Center points. It calculates in Doubles.

A result is a whole number again where every argument was; null where an argument is no number
(`$math.add("a", 1)` then prints itself), as the class says of itself.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Final

from diag.direct.rendering.tools.tool import Arguments, Method, TemplateTool
from diag.direct.rendering.velocity.java_values import UnknownMeaningError, Value, truncated

_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_MAX_INTEGER: Final = 2**31 - 1
_EXACT: Final = 2**53


def _numbers(arguments: Sequence[Value]) -> list[int | float] | None:
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
        if abs(value) >= _EXACT:
            raise UnknownMeaningError("$math with a number beyond 2^53")
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
        return int(number) if number.is_integer() else number
    raise UnknownMeaningError("$math with something that is not a plain number")


def _matched(result: float, numbers: Sequence[int | float]) -> Value:
    """Return the result as a whole number where it is one and no argument had a decimal point."""
    if not math.isfinite(result) or abs(result) >= _EXACT:
        raise UnknownMeaningError("$math with a result beyond 2^53")
    if result != math.floor(result):
        return float(result)
    if any(isinstance(number, float) for number in numbers):
        raise UnknownMeaningError("$math with a whole result of broken numbers: 4 or 4.0, as versions differ")
    return int(result)


def _folded(step: Callable[[float, float], float]) -> Method:
    def run(arguments: Arguments) -> Value:
        numbers = _numbers(arguments)
        return None if numbers is None else _matched(reduce(step, map(float, numbers)), numbers)

    return Method(frozenset({2, 3, 4}), run)


def _div(arguments: Arguments) -> Value:
    numbers = _numbers(arguments)
    if numbers is None or any(number == 0 for number in numbers[1:]):
        return None
    return _matched(reduce(lambda left, right: left / right, map(float, numbers)), numbers)


def _max(arguments: Arguments) -> Value:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    if max(numbers) <= 0:
        raise UnknownMeaningError("$math.max of numbers of which none is above zero")
    return _matched(max(map(float, numbers)), numbers)


def _pow(arguments: Arguments) -> Value:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    try:
        result = math.pow(*map(float, numbers))
    except (OverflowError, ValueError):
        raise UnknownMeaningError("$math.pow without a finite result") from None
    return _matched(result, numbers)


def _whole(calculate: Callable[[int, int], int]) -> Method:
    def run(arguments: Arguments) -> Value:
        numbers = _numbers(arguments)
        if numbers is None:
            return None
        left, right = (_integer(int(number)) for number in numbers)
        return None if right == 0 else calculate(left, right)

    return Method(frozenset({2}), run)


def _rounded(calculate: Callable[[float], float]) -> Method:
    def run(arguments: Arguments) -> Value:
        number = _number(arguments[0])
        return None if number is None else _integer(int(calculate(float(number))))

    return Method(frozenset({1}), run)


def _integer(number: int) -> int:
    if abs(number) > _MAX_INTEGER:
        raise UnknownMeaningError("$math with an Integer beyond 2^31")
    return number


def _abs(arguments: Arguments) -> Value:
    number = _number(arguments[0])
    return None if number is None else _matched(abs(float(number)), [number])


def _round_to(arguments: Arguments) -> Value:
    numbers = _numbers(arguments)
    if numbers is None:
        return None
    places, number = int(numbers[0]), float(numbers[1])
    if not 1 <= places <= 8:
        raise UnknownMeaningError("$math.roundTo to other than 1 to 8 places")
    factor = 10**places
    return math.floor(number * factor + 0.5) / factor


def _to_integer(arguments: Arguments) -> Value:
    number = _number(arguments[0])
    return None if number is None else _integer(int(number))


def _to_double(arguments: Arguments) -> Value:
    number = _number(arguments[0])
    return None if number is None else float(number)


MATH_TOOL: Final = TemplateTool(
    methods={
        "add": _folded(lambda left, right: left + right),
        "sub": _folded(lambda left, right: left - right),
        "mul": _folded(lambda left, right: left * right),
        "div": Method(frozenset({2, 3, 4}), _div),
        "max": Method(frozenset({2, 3, 4}), _max),
        "min": _folded(min),
        "pow": Method(frozenset({2}), _pow),
        "idiv": _whole(truncated),
        "mod": _whole(lambda left, right: left - right * truncated(left, right)),
        "abs": Method(frozenset({1}), _abs),
        "ceil": _rounded(math.ceil),
        "floor": _rounded(math.floor),
        "round": _rounded(round),
        "roundTo": Method(frozenset({2}), _round_to),
        "toInteger": Method(frozenset({1}), _to_integer),
        "toDouble": Method(frozenset({1}), _to_double),
    },
    refused={"random": "another value at every call"},
)
