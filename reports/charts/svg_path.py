"""Shorter path data: relative steps, one decimal, nothing twice. A histogram shrinks to a fifth."""

import re
from typing import Final

_TOKEN: Final = re.compile(r"[MLCQz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_POINTS: Final = {"M": 1, "L": 1, "C": 3, "Q": 2}


def compact(data: str) -> str:
    """Return path data that draws the same to a tenth of a pixel.

    Takes what matplotlib writes: absolute M, L, C, Q and z, one letter per segment. Every point is
    rounded once, so no error builds up along the path.
    """
    out: list[str] = []
    here = start = (0.0, 0.0)
    after_move = False
    tokens = _TOKEN.findall(data)
    index = 0
    while index < len(tokens):
        letter = tokens[index]
        index += 1
        if letter == "z":
            out.append("z")
            here, after_move = start, False
            continue
        number = _POINTS[letter]
        flat = [round(float(token), 1) for token in tokens[index : index + 2 * number]]
        index += 2 * number
        points = list(zip(flat[::2], flat[1::2], strict=True))
        if letter == "M":
            out.append(f"M{_text(points[0][0])} {_text(points[0][1])}")
            start = points[0]
        elif letter == "L":
            out.append(_line(here, points[0], keep=after_move))
        else:
            steps = (f"{_text(x - here[0])} {_text(y - here[1])}" for x, y in points)
            out.append(letter.lower() + " ".join(steps))
        here, after_move = points[-1], letter == "M"
    return "".join(out).replace(" -", "-")


def _line(here: tuple[float, float], there: tuple[float, float], *, keep: bool) -> str:
    """A step of no length is dropped, except right after a move: with round caps that is a dot."""
    dx, dy = _text(there[0] - here[0]), _text(there[1] - here[1])
    if dx == "0" and dy == "0":
        return "h0" if keep else ""
    if dy == "0":
        return f"h{dx}"
    if dx == "0":
        return f"v{dy}"
    return f"l{dx} {dy}"


def _text(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    if text == "-0":
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
