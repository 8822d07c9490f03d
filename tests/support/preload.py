"""Imports what a verb or the sandbox may need: the process that forks them does so once, before the first.

What each of them would do for itself is done here, too: it loads the certificates that a client trusts (a
quarter of a short verb) and compiles the templates of reports (a tenth of a second).
"""

import importlib

from diag.genesys.http.api import shared_ssl_context
from reports.pages import template_engine
from tests.support import sandbox_process, verb_process  # noqa: F401  # what is asked for stands in them
from tests.support.source_files import module_of, python_files

APART = ("loadtests", "diag.__main__")
"""The load is a process of its own, and `diag.__main__` runs when it is imported."""

for _name in map(module_of, python_files()):
    if not _name.startswith(APART):
        importlib.import_module(_name)

shared_ssl_context()
_engine = template_engine._engine()
for _name in _engine.list_templates(extensions=["j2"]):
    _engine.get_template(_name)
