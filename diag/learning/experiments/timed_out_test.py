"""What a test call that runs into its timeout looks like, and whose timeout that is: the draft's or the
published action's."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from analysis.number_words import plural
from diag.genesys.actions import TestReply
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.outcomes import OK, TIMEOUT
from diag.genesys.replies.json_reply import JsonObject
from diag.genesys.timeout_reply import EARLY_SHARE, FORM_OF_STATUS
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import WAITS_BEYOND_S, Lab
from diag.platform_facts.fact_kinds import is_code, is_label

MOST_CALLS: Final = 6
"""Test calls at most, until one times out."""
_NOT_OBEYED_S: Final = 1.0
"""A good answer so long after the draft's timeout shows that it was not obeyed: no network is so slow."""
_NO_CODE: Final = "http."


def draft_timeout_s(published_s: int) -> int:
    """Return the timeout that the draft gets: the shortest there is, unless the published one is that."""
    return 1 if published_s != 1 else 2


def run_into_the_timeout(lab: Lab) -> Learning:
    """Give the draft a short timeout and call it until one call times out."""
    draft_s = draft_timeout_s(lab.published_s)
    trouble = _shorten(lab, draft_s)
    if trouble is not None:
        return Learning(trouble)
    seen: list[TestReply] = []
    outlived: float | None = None
    for _ in range(MOST_CALLS):
        wait_s = max(draft_s, lab.published_s) + WAITS_BEYOND_S
        if wait_s > lab.seconds_left:
            break
        reply = lab.call(wait_s=wait_s)
        seen.append(reply)
        elapsed_s = reply.elapsed_ms / 1e3
        if _ran_into(reply, min(draft_s, lab.published_s)):
            return _timed_out(lab, reply, draft_s, _masking(lab, seen))
        if reply.outcome.outcome == OK and elapsed_s > draft_s + _NOT_OBEYED_S:
            outlived = elapsed_s
        if reply.status is None or reply.status in (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS):
            break
    return _not_timed_out(seen, draft_s, outlived, _masking(lab, seen))


def slow_draft(present: FullConfig, url: str, draft_s: int) -> tuple[JsonObject, FullConfig]:
    """Return the body that makes the draft call `url`, and the draft as it then should be.

    Neither its own headers nor its template go there: people write keys into them.
    """
    config = present.action.require_whole()
    request = {**config.request, "requestUrlTemplate": url, "headers": {}}
    slow = replace(
        present,
        action=replace(present.action, config=replace(config, request=request, timeout_seconds=draft_s)),
        request_template="{}" if present.request_template is not None else None,
    )
    return slow.patch_body(draft_s), slow


def why_not_called(lab: Lab) -> str | None:
    """Return why a draft that was to call the slow address must not be called; None where it may be."""
    url, request = lab.options.slow_url, lab.draft.present.action.require_whole().request
    if url is not None and (request.get("requestUrlTemplate") != url or request.get("headers")):
        return "not learnt: the draft did not take the slow address, or kept headers that must not go there"
    return None


def _shorten(lab: Lab, draft_s: int) -> str | None:
    """Set the draft's timeout, and its slow address; return why it cannot be called, None when it can."""
    present = lab.draft.present
    config = present.action.require_whole()
    short = replace(present, action=replace(present.action, config=replace(config, timeout_seconds=draft_s)))
    body = present.patch_body(draft_s)
    url = lab.options.slow_url
    if url is not None:
        body, short = slow_draft(present, url, draft_s)
    shown = lab.draft.write(body, short)
    written = shown.action.require_whole()
    if written.timeout_seconds != draft_s:
        return f"not learnt: the draft shows {written.timeout_s} s, and {draft_s} s was written"
    return why_not_called(lab)


def _ran_into(reply: TestReply, shortest_s: int) -> bool:
    """Whether it timed out, and not before any timeout in force could have ended it."""
    return reply.outcome.outcome == TIMEOUT and reply.elapsed_ms >= EARLY_SHARE * shortest_s * 1e3


def _timed_out(lab: Lab, reply: TestReply, draft_s: int, secure: tuple[Found, ...]) -> Learning:
    published_s = lab.published_s
    elapsed_s = reply.elapsed_ms / 1e3
    how = "a draft's test call that ran into its timeout"
    status = HTTPStatus(reply.status or HTTPStatus.OK)
    found = [Found("timeout_form", FORM_OF_STATUS[status], how)]
    says = [f"HTTP {status}" + (" with success: false" if status == HTTPStatus.OK else "")]
    code = reply.outcome.error_code
    if code and is_code(code) and not code.startswith(_NO_CODE):
        found.append(Found("timeout_code", code, how))
        says.append(f"code {code}")
    step = (reply.outcome.failed_step or "").strip()
    if is_label(step) and not _quotes(step, lab.published.action):
        found.append(Found("timeout_step", step, how))
        says.append(f"at the step {step}")
    in_time = [s for s in (draft_s, published_s) if elapsed_s >= EARLY_SHARE * s]
    obeyed = min(in_time, key=lambda s: abs(elapsed_s - s))
    whose = "draft" if obeyed == draft_s else "published"
    other = "its own timeout" if whose == "draft" else "the published action's timeout"
    told = f"a draft with {draft_s} s was cut off after {other}"
    found.append(Found("draft_timeout", whose, told))
    text = f"{', '.join(says)}; cut off after {elapsed_s:.1f} s, so a draft obeys {other}"
    return Learning(text, (*found, *secure))


def _quotes(step: str, action: Action) -> bool:
    """Whether the name of a step holds the action's name or category: then it is not the platform's alone."""
    return any(part and part.casefold() in step.casefold() for part in (action.name, action.category))


def _not_timed_out(
    seen: list[TestReply], draft_s: int, outlived_s: float | None, secure: tuple[Found, ...]
) -> Learning:
    if not seen:
        return Learning("not learnt: too little time is left for a test call")
    quick_s = max(reply.elapsed_ms for reply in seen) / 1e3
    if outlived_s is not None:
        how = (
            f"a test call of a draft with {draft_s} s was answered more than {_NOT_OBEYED_S:.0f} s after that"
        )
        found = (Found("draft_timeout", "published", how), *secure)
        return Learning(
            f"none of {plural(len(seen), 'call')} timed out, and one took {outlived_s:.1f} s although the "
            f"draft allows {draft_s} s: a draft obeys the published action's timeout",
            found,
        )
    last = seen[-1]
    if last.outcome.outcome != OK:
        why = f"the last of {plural(len(seen), 'call')} ended in {last.outcome.outcome.replace('_', ' ')}"
        why += f" ({last.outcome.error_code})" if last.outcome.error_code else ""
        return Learning(f"not learnt: none timed out; {why}", secure)
    return Learning(
        f"not learnt: none of {plural(len(seen), 'call')} took {draft_s} s (the slowest {quick_s:.2f} s). "
        "Name a slower action, or an address that takes longer: --slow-url URL",
        secure,
    )


def _masking(lab: Lab, seen: list[TestReply]) -> tuple[Found, ...]:
    """Whether a secure action's test shows its result; only where it is one, and a call went well."""
    results = [reply.result for reply in seen if reply.outcome.outcome == OK and reply.result is not None]
    if not lab.published.action.secure or not results:
        return ()
    how = "test calls of a draft of a secure action that went well"
    if any(result.final_result for result in results):
        return (Found("secure_results", "shown", how),)
    return (Found("secure_results", "masked", f"{how}: none had a result", "concluded"),)
