"""What a PATCH does: merges or replaces, refuses a stale version, clears a timeout. On the draft only."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Final, cast

from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from diag.genesys.api_errors import RefusedRequestError, StaleVersionError
from diag.genesys.full_config import FullConfig
from diag.genesys.replies.json_reply import JsonObject
from diag.learning.lab.experiment import Found, Learning
from diag.learning.lab.lab import Lab

_SET_S: Final = 30
"""The timeout that is to be unset, where the draft has none of its own."""
_STALE: Final = {409: "409", 400: "400", 408: "408"}
_WORDS: Final = {
    "successTemplate": "success template",
    "requestTemplate": "request template",
    "headers": "headers",
    "translationMap": "translation map",
    "translationMapDefaults": "translation defaults",
}


def write_with_an_old_version(lab: Lab) -> Learning:
    """Write the draft as it is, with the version before the present one: it should be refused."""
    present = lab.draft.present
    body = {**present.patch_body(present.action.require_whole().timeout_seconds)}
    body["version"] = (present.action.version or 1) - 1
    error = lab.draft.refuses(body, if_taken=present)
    if error is None:
        return Learning(
            "not learnt: the old version was taken. Changes made by others meanwhile go unnoticed"
        )
    form = _STALE.get(error.status or 0)
    known = isinstance(error, StaleVersionError) or error.status == HTTPStatus.REQUEST_TIMEOUT
    if form is None or not known:
        return Learning(
            f"not learnt: it was refused with {error.status or 'no reply'}, which names no version"
        )
    return Learning(
        f"a stale version is refused with {form}",
        (Found("stale_form", form, "a draft written with the version before its present one"),),
    )


def leave_a_part_out(lab: Lab) -> Learning:
    """Write the draft without one part of its config: it is kept (merge), or gone (replace)."""
    present = lab.draft.present
    chosen = next(_parts(present), None)
    if chosen is None:
        return Learning(
            "not learnt: the action has no template, header or translation that could be left out"
        )
    part, key = chosen
    body = present.patch_body(present.action.require_whole().timeout_seconds)
    config = cast(JsonObject, body["config"])
    config[part] = {name: value for name, value in cast(JsonObject, config[part]).items() if name != key}
    shown = lab.draft.write(body, present, _without(present, part, key))
    kept = (part, key) in set(_parts(shown))
    value, word = (
        ("merge", "it was kept: PATCH merges") if kept else ("replace", "it was gone: PATCH replaces")
    )
    how = f"a draft patched without its {_WORDS[key]}, read back"
    return Learning(f"left out its {_WORDS[key]}, and {word}", (Found("patch_config", value, how),))


def clear_the_timeout(lab: Lab) -> Learning:
    """Write the draft without a timeout, then with null: which of them unsets it?"""
    trouble = _set_if_unset(lab)
    if trouble is not None:
        return Learning(trouble)
    if _clears(lab, lab.draft.present.patch_body(None)):
        return _cleared("omit", "leaving it out unsets it")
    # Nothing unset it, so that null, too, starts from a timeout that is set.
    null = lab.draft.present.patch_body(None)
    null["config"] = {**cast(JsonObject, null["config"]), "timeoutSeconds": None}
    try:
        if _clears(lab, null):
            return _cleared("null", "null unsets it, leaving it out does not")
    except RefusedRequestError as error:
        return _cleared("neither", f"leaving it out does not unset it, and null is refused ({error.status})")
    return _cleared("neither", "neither leaving it out nor null unsets it")


def _set_if_unset(lab: Lab) -> str | None:
    """Give the draft a timeout that can be seen to go; return why it has none, None when it has one.

    60 s cannot: that is what unset means, and what a platform may show for it.
    """
    present = lab.draft.present
    config = present.action.require_whole()
    if config.timeout_s != DEFAULT_TIMEOUT_S:
        return None
    timed = replace(present, action=replace(present.action, config=replace(config, timeout_seconds=_SET_S)))
    shown = lab.draft.write(present.patch_body(_SET_S), timed, whole=False).action.require_whole()
    if shown.timeout_s == DEFAULT_TIMEOUT_S:
        return f"not learnt: the draft shows {shown.timeout_s} s, and {_SET_S} s was written"
    return None


def _clears(lab: Lab, body: JsonObject) -> bool:
    present = lab.draft.present
    config = present.action.require_whole()
    unset = replace(present, action=replace(present.action, config=replace(config, timeout_seconds=None)))
    shown = lab.draft.write(body, present, unset, whole=False).action.require_whole()
    return shown.timeout_s == DEFAULT_TIMEOUT_S


def _cleared(value: str, text: str) -> Learning:
    how = "a draft patched without a timeout, then with null, read back after each"
    return Learning(text, (Found("clear_timeout", value, how),))


def _parts(full: FullConfig) -> Iterator[tuple[str, str]]:
    """What the config of an action holds that can be left out: the part and the key."""
    config = full.action.require_whole()
    if full.success_template:
        yield "response", "successTemplate"
    if full.request_template:
        yield "request", "requestTemplate"
    for part, values in (("request", config.request), ("response", config.response)):
        for key in ("headers", "translationMap", "translationMapDefaults"):
            if values.get(key):
                yield part, key


def _without(full: FullConfig, part: str, key: str) -> FullConfig:
    if key == "successTemplate":
        return replace(full, success_template=None)
    if key == "requestTemplate":
        return replace(full, request_template=None)
    config = full.action.require_whole()
    values = config.request if part == "request" else config.response
    rest = {name: value for name, value in values.items() if name != key}
    changed = replace(config, request=rest) if part == "request" else replace(config, response=rest)
    return replace(full, action=replace(full.action, config=changed))
