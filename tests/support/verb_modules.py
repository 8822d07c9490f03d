"""Imports whatever a verb may need: the process that forks verbs for tests does so once, before the first."""

import importlib

from tests.support.house import module_of, python_files

APART = ("loadtests", "diag.sandbox", "diag.__main__")
"""The load and the sandbox are processes of their own, and `diag.__main__` runs when it is imported."""

for _name in map(module_of, python_files()):
    if not _name.startswith(APART):
        importlib.import_module(_name)
