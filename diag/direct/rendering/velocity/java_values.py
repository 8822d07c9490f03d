"""Values as Java and Velocity print, compare and add them; where that is not known, `UnknownMeaningError`.

None is null, int an Integer, Long or BigInteger, float a Double, list and dict what JSON gave. Velocity 1.7
was asked for each rule (its own jar); where versions 1.7 and 2 differ, no value is made up, since which of
them Genesys Cloud runs is not published.
"""

import math
import re
from collections.abc import Callable
from typing import Final, TypeAlias

Value: TypeAlias = object

MAX_TEXT: Final = 1024 * 1024
"""No text made by a template grows beyond this, characters."""

_NUMERIC: Final = re.compile(r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?[dDfF]?\s*")
_MAX_NUMBER: Final = 2**256


class UnknownMeaningError(Exception):
    """This value in this place: what Genesys Cloud makes of it is not known. The message holds no value."""


class FailsOnPlatformError(Exception):
    """Velocity itself fails here, so the action does. The message holds no value."""


def text_of(value: Value) -> str:
    """Return a value as Java prints it. Null, lists and objects have no known text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return double_text(value)
    raise UnknownMeaningError(f"{kind_of(value)} printed as text: whether as JSON or as Java prints it")


def double_text(number: float) -> str:
    """Return what `Double.toString` writes: 1.0, 1.0E20, 1.5E-5."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    mantissa, exponent = _shortest(number)
    return f"{mantissa}E{exponent}"


def _shortest(number: float) -> tuple[str, int]:
    sign = "-" if number < 0 else ""
    digits = repr(abs(number))
    base, _, power = digits.partition("e")
    whole, _, fraction = base.partition(".")
    exponent = int(power or 0)
    if whole.strip("0"):
        exponent += len(whole) - 1
        figures = (whole + fraction).rstrip("0")
    else:
        figures = fraction.lstrip("0")
        exponent -= len(fraction) - len(figures) + 1
    return f"{sign}{figures[0]}.{figures[1:] or '0'}", exponent


def kind_of(value: Value) -> str:
    """Return what sort of value it is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def is_true(value: Value) -> bool:
    """Return what `#if` makes of a value."""
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if value == 0 or value in ("", [], {}):
        raise UnknownMeaningError(
            f"{kind_of(value)} that is empty or zero as a condition: true in Velocity 1.7, false in 2"
        )
    return True


def are_equal(left: Value, right: Value) -> bool:
    """Return `left == right`: numbers by value, others of two kinds by their text."""
    if left is None or right is None:
        return left is right
    if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        raise UnknownMeaningError("lists or objects compared")
    if _is_number(left) and _is_number(right):
        return left == right
    if type(left) is type(right):
        return left == right
    left_text, right_text = text_of(left), text_of(right)
    if left_text == right_text:
        return True
    one_is_a_number = _is_number(left) or _is_number(right)
    if one_is_a_number and _NUMERIC.fullmatch(left_text) and _NUMERIC.fullmatch(right_text):
        raise UnknownMeaningError("a number and a text that is one: equal in Velocity 2, not in 1.7")
    return False


def is_less(left: Value, right: Value) -> bool:
    """Return `left < right`, of numbers."""
    if isinstance(left, bool) or isinstance(right, bool):
        raise UnknownMeaningError("a truth value compared by size")
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left < right
    raise UnknownMeaningError(f"{kind_of(left)} compared with {kind_of(right)} by size")


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def calculated(sign: str, left: Value, right: Value) -> Value:
    """Return `left sign right`: whole numbers stay whole and are cut towards zero; a text added is joined."""
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        if left is None or right is None:
            raise UnknownMeaningError("null added to a text")
        return text_of(left) + text_of(right)
    if isinstance(left, bool) or isinstance(right, bool):
        raise UnknownMeaningError("a truth value in a calculation")
    if not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        raise UnknownMeaningError(f"{kind_of(left)} {sign} {kind_of(right)}")
    if isinstance(left, int) and isinstance(right, int):
        return _whole(sign, left, right)
    return _floating(sign, float(left), float(right))


def truncated(left: int, right: int) -> int:
    """Return `left / right` as Java divides whole numbers: cut towards zero. `right` is not 0."""
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _whole(sign: str, left: int, right: int) -> int:
    if sign in "/%":
        if right == 0:
            raise UnknownMeaningError("division by zero")
        quotient = truncated(left, right)
        return quotient if sign == "/" else left - right * quotient
    result = _BY_SIGN[sign](left, right)
    if abs(result) > _MAX_NUMBER:
        raise UnknownMeaningError("a number of more than 77 digits")
    return int(result)


def _floating(sign: str, left: float, right: float) -> float:
    if sign in "/%":
        if right == 0:
            raise UnknownMeaningError("division by zero")
        if sign == "%" and math.isinf(left):
            raise UnknownMeaningError("the remainder of an infinite number")
        return left / right if sign == "/" else math.fmod(left, right)
    return float(_BY_SIGN[sign](left, right))


_BY_SIGN: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}
