"""A recommendation as a shell script for the Genesys Cloud CLI (`gc`) and jq.

Written from the CLI's own source: `gc integrations actions get ID --includeConfig=true`,
`gc integrations actions templates get ID FILE`, `gc integrations actions update ID -f FILE`. Whether the
platform merges or replaces the config is unknown (docs/genesys-api.md, "Writing a timeout"), so the script
sends everything back with both templates inlined, exactly as `--apply` does, and like it stops at an action
that did not arrive whole (`Action.missing_part`): what is missing could be erased. It checks
nothing afterwards.
"""

import shlex
from typing import Final

from analysis.plain_text import is_printable, printable
from analysis.verdicts.recommendation import Analysis, Verdict
from analysis.verdicts.sentences.why_not_set import objection_to
from diag.changes.exports.timeout_text import timeout_in_force

_HEAD: Final = """\
#!/usr/bin/env bash
# Needs the Genesys Cloud CLI (gc, with a profile for your org) and jq. Try one action first.
# It stops at an action one of whose templates cannot be read (or that has none): set that one with diag.
# `diag recommend --apply` does the same and also proves that nothing else changed, tests, and can undo.
set -euo pipefail

set_timeout() ( # ACTION_ID SECONDS
  folder=$(mktemp -d); chmod 700 "$folder"; trap 'rm -r "$folder"' EXIT
  gc integrations actions get "$1" --includeConfig=true > "$folder/action.json"
  gc integrations actions templates get "$1" requesttemplate.vm > "$folder/request.vm"
  gc integrations actions templates get "$1" successtemplate.vm > "$folder/success.vm"
  jq -e --argjson seconds "$2" --rawfile request "$folder/request.vm" --rawfile success "$folder/success.vm" '
    def given(part): [part | strings | select(. != "")] | length == 1;
    if (.version | type) == "number" and given(.config?.request?.requestType?)
      and given(.config?.request?.requestUrlTemplate?) then .
    else error("\\(.name) came without its whole config or version: nothing is sent") end
    | {name, category, version, config: (.config
      | .timeoutSeconds = $seconds
      | .request.requestTemplate = $request | del(.request.requestTemplateUri)
      | .response.successTemplate = $success | del(.response.successTemplateUri))}' \\
    "$folder/action.json" > "$folder/update.json"
  gc integrations actions update "$1" -f "$folder/update.json"
)
"""


def gc_calls(analysis: Analysis) -> str:
    """Return a bash script with one call per timeout to raise or lower; all else is a comment."""
    lines = [_HEAD]
    for item in analysis.actions:
        after_timeout_s = item.recommended_timeout_s
        if item.verdict not in (Verdict.RAISE, Verdict.LOWER) or after_timeout_s is None:
            continue
        before = timeout_in_force(item)
        lines += [
            f"# {printable(item.action_name)}: {before} -> {after_timeout_s} s. {printable(item.reason)}"
        ]
        objection = objection_to(item)
        call = f"set_timeout {_word(item.action_id)} {after_timeout_s}"
        lines.append(f"# held back, {printable(objection)}:\n# {call}" if objection else call)
    if len(lines) == 1:
        lines.append("# Nothing to change.")
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    """One word of bash, on one line whatever is in it: what cannot be shown is written as its bytes."""
    if is_printable(text):
        return shlex.quote(text)
    return "$'" + "".join(f"\\x{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")) + "'"
