"""Shorter path data: relative steps, one decimal, nothing twice. A histogram shrinks to a fifth."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r"[MLCQz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_POINTS: Final = {"C": 3, "Q": 2}


def compact(data: str) -> str:
    """Return path data that draws the same to a tenth of a pixel.

    Takes what matplotlib writes: absolute M, L, C, Q and z, one letter per segment. Every point is
    rounded once, to whole tenths, so no error builds up along the path.
    """
    out: list[str] = []
    x = y = start_x = start_y = 0
    after_move = False
    tokens = iter(_TOKEN.findall(data))
    for letter in tokens:
        if letter == "z":
            out.append("z")
            x, y = start_x, start_y
        elif letter == "M":
            x, y = start_x, start_y = _tenths(next(tokens)), _tenths(next(tokens))
            out.append(f"M{_text(x)} {_text(y)}")
        elif letter == "L":
            to_x, to_y = _tenths(next(tokens)), _tenths(next(tokens))
            out.append(_line(to_x - x, to_y - y, keep=after_move))
            x, y = to_x, to_y
        else:
            points = [_point(tokens) for _ in range(_POINTS[letter])]
            out.append(letter.lower() + " ".join(f"{_text(at - x)} {_text(up - y)}" for at, up in points))
            x, y = points[-1]
        after_move = letter == "M"
    return "".join(out).replace(" -", "-")


def _point(tokens: Iterator[str]) -> tuple[int, int]:
    return _tenths(next(tokens)), _tenths(next(tokens))


def _tenths(token: str) -> int:
    """Rounded as the number itself is: ten times it could be on the other side of a half."""
    return round(round(float(token), 1) * 10)


def _line(dx: int, dy: int, *, keep: bool) -> str:
    """A step of no length is dropped, except right after a move: with round caps that is a dot."""
    if dx and dy:
        return f"l{_text(dx)} {_text(dy)}"
    if dx:
        return f"h{_text(dx)}"
    if dy:
        return f"v{_text(dy)}"
    return "h0" if keep else ""


@lru_cache(maxsize=16_384)
def _text(tenths: int) -> str:
    text = f"{tenths / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
