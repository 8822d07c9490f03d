"""What a process has imported: asked in one that was forked for it."""

import importlib
import sys
from collections.abc import Sequence


def print_imported(names: Sequence[str], looked_for: Sequence[str]) -> None:
    """Import modules, and print which of those looked for are there then."""
    for name in names:
        importlib.import_module(name)
    print([name for name in looked_for if name in sys.modules])
