"""Imports what a verb or the sandbox may need: the process that forks them does so once, before the first."""

import importlib

from tests.support import sandbox_process, verb_process  # noqa: F401  # what is asked for stands in them
from tests.support.done_once import do_once
from tests.support.source_files import module_of, python_files

APART = ("loadtests", "diag.__main__")
"""The load is a process of its own, and `diag.__main__` runs when it is imported."""

for _name in map(module_of, python_files()):
    if not _name.startswith(APART):
        importlib.import_module(_name)

do_once()
