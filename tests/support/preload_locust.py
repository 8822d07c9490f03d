"""Imports what the load needs. Locust comes first: it patches what is imported after it.

What every Locust does once in its life is done here, too: it reads the source of all modules
(loadtests/recording/garbage_collection.py) and its own flags (a worker: once for each flag), and loads the
certificates that it trusts.
"""

import functools
import importlib
import inspect

from locust import argument_parser, main  # noqa: F401

from tests.support import forked_children  # noqa: F401  # what is asked for stands in it
from tests.support.source_files import module_of, python_files

for _name in map(module_of, python_files()):
    if _name.startswith("loadtests") and _name != "loadtests.actions":
        importlib.import_module(_name)

argument_parser.default_args_dict = functools.cache(argument_parser.default_args_dict)
argument_parser.default_args_dict()
inspect.stack()
importlib.import_module("gevent.fileobject")  # of the pipes to a process that it starts
importlib.import_module("diag.genesys.http.api").shared_ssl_context()
importlib.import_module("loadtests.sending.connections.pools").shared_ssl_context()
