"""The script of `diag recommend --format gc`, run for real with jq and a stand-in for the Genesys CLI."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag.changes.exports.gc_output import gc_calls
from tests.support.changes.recommendations import analysis_of, recommendation

if TYPE_CHECKING:
    from tests.contract.changes.conftest import Admin

GC = """#!{python} -IS
import http.client, pathlib, sys

actions = "/api/v2/integrations/actions/"
match sys.argv[1:]:
    case ["integrations", "actions", "get", action, "--includeConfig=true"]:
        asked = "GET", actions + action + "?includeConfig=true"
    case ["integrations", "actions", "templates", "get", action, file]:
        asked = "GET", actions + action + "/templates/" + file
    case ["integrations", "actions", "update", action, "-f", file]:
        asked = "PATCH", actions + action, pathlib.Path(file).read_bytes()
    case other:
        sys.exit(f"no such command: {{other}}")
api = http.client.HTTPConnection("{host}")
api.request(*asked, headers={{"Authorization": "Bearer {token}", "Content-Type": "application/json"}})
reply = api.getresponse()
text = reply.read()
if reply.status != 200:
    sys.exit(f"{{asked}}: {{reply.status}} {{text}}")
sys.stdout.buffer.write(text)
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_script_sets_the_timeout_and_nothing_else(
    admin: "Admin", action_id: str, quick_sandbox: str, tmp_path: Path
) -> None:
    fields = admin.fields(action_id)
    gc = tmp_path / "bin" / "gc"
    gc.parent.mkdir()
    host, token = quick_sandbox.removeprefix("http://"), admin.client.access_token().reveal()
    gc.write_text(GC.format(python=sys.executable, host=host, token=token))
    gc.chmod(0o755)

    done = subprocess.run(
        ["bash"],
        input=gc_calls(analysis_of(recommendation(action_id=action_id))),
        env={**os.environ, "PATH": f"{gc.parent}:{os.environ['PATH']}"},
        text=True,
        capture_output=True,
        timeout=60,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert admin.timeout_of(action_id) == 10
    assert admin.fields(action_id) == fields
