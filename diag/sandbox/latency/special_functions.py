"""The two special functions the standard library lacks."""

import math
from collections.abc import Callable

_TINY = 1e-300
_PRECISION = 1e-15


def upper_gamma_ratio(shape: float, x: float) -> float:
    """Regularised upper incomplete gamma function Q(shape, x): P(X > x) of a unit-scale gamma variable.

    Series below shape + 1, Lentz's continued fraction above (Numerical Recipes, 6.2).
    """
    if x <= 0.0:
        return 1.0
    front = math.exp(-x + shape * math.log(x) - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        k = shape
        while abs(term) > abs(total) * _PRECISION:
            k += 1.0
            term *= x / k
            total += term
        return 1.0 - total * front
    b = x + 1.0 - shape
    c = 1.0 / _TINY
    d = 1.0 / b
    h = d
    for i in range(1, 1000):
        a = -i * (i - shape)
        b += 2.0
        d = 1.0 / (a * d + b or _TINY)
        c = b + a / c or _TINY
        step = d * c
        h *= step
        if abs(step - 1.0) < _PRECISION:
            break
    return front * h


def invert_survival(sf: Callable[[float], float], p: float) -> float:
    """The x > 0 with sf(x) = 1 - p, for a survival function that falls from 1 to 0; bisection on log x."""
    low, high = -20.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2.0
        if sf(math.exp(middle)) > 1.0 - p:
            low = middle
        else:
            high = middle
    return math.exp(high)
