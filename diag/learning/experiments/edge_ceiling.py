"""Whether something in front of the platform cuts off a call before the action's own timeout of 60 s."""

from dataclasses import replace
from typing import Final

from analysis.format.timeout_limits import PLATFORM_MAX_TIMEOUT_S
from diag.genesys.outcomes import OK, TIMEOUT
from diag.learning.experiments.timed_out_test import why_not_called
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import Lab

_LONGEST_S: Final = PLATFORM_MAX_TIMEOUT_S
PATIENCE_S: Final = _LONGEST_S + 15.0
_NEAR: Final = 0.9


def wait_for_the_edge(lab: Lab) -> Learning:
    """Give the draft 60 s and call it once: what ends the call, and when?"""
    present = lab.draft.present
    config = present.action.require_whole()
    long = replace(
        present, action=replace(present.action, config=replace(config, timeout_seconds=_LONGEST_S))
    )
    lab.draft.write(present.patch_body(_LONGEST_S), long, whole=False)
    trouble = why_not_called(lab)
    if trouble is not None:
        return Learning(trouble)
    reply = lab.call(wait_s=PATIENCE_S)
    elapsed_s = reply.elapsed_ms / 1e3
    outcome = reply.outcome.outcome
    if outcome == OK:
        return Learning(
            f"not learnt: the call was answered after {elapsed_s:.0f} s, and nothing cut it off before"
        )
    if outcome == TIMEOUT and elapsed_s >= _NEAR * _LONGEST_S:
        how = "a test call of a draft with 60 s ran into that timeout"
        return Learning("none up to 60 s", (Found("edge_timeout_s", 0, how),))
    if outcome == TIMEOUT and abs(elapsed_s - lab.published_s) <= 1.0:
        return Learning("not learnt: the published action's own timeout ended the call")
    if reply.status == 200:
        code = reply.outcome.error_code or outcome
        return Learning(f"not learnt: the call ended in an error of its own after {elapsed_s:.0f} s ({code})")
    how = "a test call of a draft with 60 s was cut off before that"
    said = f"status {reply.status}" if reply.status is not None else "the connection was closed"
    found = Found("edge_timeout_s", max(round(elapsed_s), 1), how, "seen" if reply.status else "concluded")
    return Learning(
        f"calls are cut off after {elapsed_s:.0f} s, before the action's own 60 s ({said})", (found,)
    )
