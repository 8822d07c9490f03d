"""Arrays that are long from a few values on: what is done with long tables is done with short ones, too."""

from collections.abc import Iterator
from contextlib import contextmanager

from analysis.long_arrays import pieces


@contextmanager
def short_pieces(rows: int) -> Iterator[None]:
    """Have arrays of more than `rows` values on disk, and walked by so many."""
    usual = pieces.PIECE_ROWS
    pieces.PIECE_ROWS = rows
    try:
        yield
    finally:
        pieces.PIECE_ROWS = usual
