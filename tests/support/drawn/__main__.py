"""`python -m tests.support.drawn` draws anew what is drawn from the code."""

from tests.support.drawn.everything import draw

draw()
