"""Imports what the load needs. Locust comes first: it patches what is imported after it."""

import importlib

from locust import main  # noqa: F401

from tests.support import forked_children  # noqa: F401  # what is asked for stands in it
from tests.support.source_files import module_of, python_files

for _name in map(module_of, python_files()):
    if _name.startswith("loadtests") and _name != "loadtests.actions":
        importlib.import_module(_name)
