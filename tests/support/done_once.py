"""What each process would do for itself, once in its life: done before others are forked from this one.

It loads the certificates that a client trusts (a quarter of a short verb) and compiles the templates of
reports (a sixth of a second of a core).
"""

from diag.genesys.http.api import shared_ssl_context
from reports.pages import template_engine


def do_once() -> None:
    """Do it now."""
    shared_ssl_context()
    engine = template_engine._engine()
    for name in engine.list_templates(extensions=["j2"]):
        engine.get_template(name)
