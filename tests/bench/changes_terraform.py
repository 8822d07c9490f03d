"""What an edit of 200 actions in 40 files of Terraform configuration costs, and how fast HCL is read."""

import tempfile
import time
from pathlib import Path

from diag.terraform.editing.unified_diff import unified_diff
from diag.terraform.editing.write_files import write_files
from diag.terraform.syntax.words import scan
from tests.support.terraform_folders import proposed, raised, written

FILES = 40
ACTIONS_A_FILE = 5
BLOCK = """resource "ACTION" "{0}" {{
  name                   = "{0}"
  category               = "CRM"
  integration_id         = genesyscloud_integration.crm.id
  config_timeout_seconds = 5
  contract_input = jsonencode({{
    "type" = "object"
    "properties" = {{ "id" = {{ "type" = "string" }} }}
  }})
  config_request {{
    request_url_template = "https://crm.example.com/$${{input.id}}"
    request_type         = "GET"
  }}
}}
"""


def run() -> None:
    """Print the figures."""
    names = [[f"a{file}_{n}" for n in range(ACTIONS_A_FILE)] for file in range(FILES)]
    with tempfile.TemporaryDirectory() as name:
        texts = {
            f"team{n % 8}/actions{n}.tf": "".join(map(BLOCK.format, each)) for n, each in enumerate(names)
        }
        folder = written(Path(name), texts)
        items = [raised(one) for each in names for one in each]
        started, used = time.perf_counter(), time.process_time()
        proposal = proposed(folder, *items)
        diff = "".join(unified_diff(file, file.shown) for file in proposal.files)
        proposed_s = time.perf_counter() - started
        write_files(proposal.files)
        written_s = time.perf_counter() - started - proposed_s
        used_s = time.process_time() - used
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    print(f"{len(proposal.timeouts)} timeouts in {len(proposal.files)} files: {len(lines)} lines of diff")
    print(f"proposed in {proposed_s:.2f} s, written in {written_s:.2f} s, {used_s:.2f} s of a core")
    text = "".join(texts.values()) * 20
    used = time.process_time()
    scan(text)
    print(f"HCL is read at {len(text) / (time.process_time() - used) / 1e6:.1f} MB/s of a core")
