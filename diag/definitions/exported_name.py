"""The name in a file that the admin UI exported: it may end in " - Exported DATE @ TIME", once or twice."""

import re
from typing import Final

_SUFFIX: Final = re.compile(
    r"(?:\s+-\s+Exported\s+\d[\d./-]*\s+@\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?)+\s*$"
)
"""Seen as `2024-12-05 @ 13:36` (docs/genesys-api.md, "Other tools"); dates in other forms are taken, too."""


def without_export_mark(name: str) -> str:
    """Return the name the action had when it was exported; a name that is nothing but the mark stays."""
    return _SUFFIX.sub("", name).strip() or name.strip()
