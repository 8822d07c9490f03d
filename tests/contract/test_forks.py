"""What processes of tests are forked from is complete: nothing is imported anew in each of two hundred."""

import os
from pathlib import Path

from tests.support.forks import FORKS, nothing

IMPORTS = """
import sys

before = set(sys.modules)
import tests.support.sandbox_process
import tests.support.verb_process

print(*set(sys.modules) - before, "pytest" in sys.modules)
"""


def test_what_a_verb_or_a_sandbox_is_asked_with_is_imported_and_without_pytest(tmp_path: Path) -> None:
    out, stdout = os.pipe()
    streams = (nothing(), stdout, nothing())
    process = FORKS.start(exec, IMPORTS, folder=tmp_path, environment={}, streams=streams, outputs=(out,))

    assert process.communicate() == ("False\n",)
