"""Calls about published data actions: list, get, config with templates, patch, test."""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from analysis.format.timeout_limits import DEFAULT_TIMEOUT_S
from diag.genesys import outcomes
from diag.genesys.api_errors import (
    ApiError,
    NetworkError,
    NotFoundError,
    StaleVersionError,
    UnexpectedReplyError,
)
from diag.genesys.data_action import Action
from diag.genesys.full_config import FullConfig
from diag.genesys.http.api import Api, ApiRequest, QueryParams, RawReply
from diag.genesys.http.paging import PAGE_SIZE, OnProgress, all_entities
from diag.genesys.outcomes import Classified
from diag.genesys.replies.action_test_result import TestResult
from diag.genesys.replies.json_reply import JsonObject, optional_int, optional_text, parse_object
from diag.genesys.replies.reply_bound import ACTION_BYTES
from diag.genesys.timeout_reply import known_timeout
from diag.platform_facts.facts import PlatformFacts

ACTIONS: Final = "/api/v2/integrations/actions"
VIEW: Final = ("integrations:action:view", "bridge:actions:view")
EDIT: Final = ("integrations:action:edit",)
EXECUTE: Final = ("integrations:action:execute", "bridge:actions:execute")
REQUEST_TEMPLATE: Final = "requesttemplate.vm"
SUCCESS_TEMPLATE: Final = "successtemplate.vm"

_PROMISE: Final = {
    REQUEST_TEMPLATE: ("requestTemplate", "requestTemplateUri"),
    SUCCESS_TEMPLATE: ("successTemplate", "successTemplateUri"),
}
"""The keys of a config that hold a template, or say that there is one: GET gives the address only."""


@dataclass(frozen=True, slots=True)
class TestReply:
    """How one test call ended. `status` is None when no reply came; `elapsed_ms`: sent to last byte.

    `result` is None unless the reply was a whole TestExecutionResult.
    """

    __test__ = False

    status: int | None
    outcome: Classified
    elapsed_ms: float
    correlation_id: str | None
    result: TestResult | None = None


class ActionRequests:
    """The part of the client that deals with published actions."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list_actions(
        self, include_auth_actions: bool = True, *, on_progress: OnProgress | None = None
    ) -> tuple[Action, ...]:
        """Return every action of the org, each with its config, in the order the platform lists them.

        100 a page with `includeConfig=true`, or as many as were learnt to be allowed: 10,000 actions are 100
        calls. An org that does not know that parameter sends no configs: then each changeable action without
        one is read by its id. It is asked for also where it was learnt to be ignored: that costs nothing.
        `on_progress(done, total)` is called after each page and each such read; total may be None.
        """
        params: QueryParams = {"includeConfig": True, "includeAuthActions": include_auth_actions}
        size = page_size_of(self._api.platform)
        listed = all_entities(self._api, ACTIONS, params, needs=VIEW, page_size=size, on_progress=on_progress)
        actions = [Action.from_json(entity, f"GET {ACTIONS}") for entity in listed]
        missing = [at for at, action in enumerate(actions) if action.configurable and action.config is None]
        for done, at in enumerate(missing, start=1):
            # An action deleted since it was listed stays as listed, without a config.
            with contextlib.suppress(NotFoundError):
                actions[at] = self.get_action(actions[at].id)
            if on_progress:
                on_progress(len(actions) - len(missing) + done, len(actions))
        return tuple(actions)

    def count_actions(self) -> int | None:
        """Return how many actions the org lists, by one small call; None if it sends no total."""
        return optional_int(
            self._api.get(ACTIONS, params={"pageSize": 1, "includeAuthActions": True}, needs=VIEW), "total"
        )

    def get_action(self, action_id: str, contract: bool = False) -> Action:
        """Return one action with its config, and with its contract if asked for."""
        return read_action(self._api, action_path(action_id), contract=contract)

    def read_config(self, action_id: str, draft: bool = False) -> FullConfig:
        """Return the action (or its draft) with config and both templates: all a PATCH has to send back.

        Raises `UnexpectedReplyError` when an action that can be changed did not arrive whole
        (`Action.require_whole`). One that cannot be changed is returned as it came.
        """
        return read_full(self._api, action_path(action_id, draft=draft))

    def patch_timeout(self, full: FullConfig, timeout_s: int | None) -> Action:
        """Set the timeout of the published action, sending back everything else as `full` read it.

        `timeout_s` None means to unset it: by null, or by the default of 60 s, where the platform was learnt
        to need that; else it is left out. Whether that unsets it is undocumented, so read it back.
        Raises `StaleVersionError` when the version moved on, and `UnexpectedReplyError` before anything
        is sent when `full` is not whole. After an error whose effect is unknown (`effect_is_unknown`), read
        again before you write again.
        """
        path = action_path(full.action.id)
        clears = self._api.platform.clear_timeout
        if timeout_s is None and clears is not None and clears.value == "neither":
            return patch_action(self._api, path, full, full.patch_body(DEFAULT_TIMEOUT_S))
        if timeout_s is None and clears is not None and clears.value == "null":
            try:
                return patch_action(self._api, path, full, full.patch_body(None, unset_by_null=True))
            except ApiError as error:  # an old file: nothing was written
                if error.status != HTTPStatus.BAD_REQUEST or isinstance(error, StaleVersionError):
                    raise
        return patch_action(self._api, path, full, full.patch_body(timeout_s))

    def test_action(
        self,
        action_id: str,
        payload: Mapping[str, object],
        *,
        draft: bool = False,
        wait_s: float,
        timeout_s: int | None = None,
    ) -> TestReply:
        """Run the action once, for real, and return how it ended. Never retried, never raises for a reply.

        `payload`: the input values (flattened form). `wait_s`: how long we wait for the reply. Give the
        action's `timeout_s` so that a gateway's early 504 is not taken for the action's own timeout. Where
        the form of a timeout was learnt, the reply is judged by it, as under load.
        Raises only when no token can be had (`LoginError`, ...).
        """
        path = f"{action_path(action_id, draft=draft)}/test"
        self._api.token()
        started = time.perf_counter()
        try:
            raw = self._api.send_once(path, dict(payload), params={"flatten": True}, wait_s=wait_s)
        except (NetworkError, UnexpectedReplyError) as error:
            elapsed_ms = (time.perf_counter() - started) * 1000.0
            gave_up = isinstance(error, NetworkError) and error.gave_up
            outcome = outcomes.CLIENT_TIMEOUT if gave_up else outcomes.NETWORK_ERROR
            return TestReply(None, Classified(outcome), elapsed_ms, None)
        known = known_timeout(self._api.platform)
        classified = outcomes.classify(raw.status, raw.body, timeout_s, raw.elapsed_ms, known)
        result = _test_result(raw.body, path) if raw.status == 200 else None
        return TestReply(raw.status, classified, raw.elapsed_ms, raw.correlation_id, result)


def page_size_of(platform: PlatformFacts) -> int:
    """Return how many actions a page may have: as learnt, else what is known to be safe."""
    return PAGE_SIZE if platform.max_page_size is None else platform.max_page_size.value


def action_path(action_id: str, *, draft: bool = False) -> str:
    """Return the path of one action; ids are quoted, whatever is in them."""
    return f"{ACTIONS}/{quote(action_id, safe='')}{'/draft' if draft else ''}"


def read_action(api: Api, path: str, *, contract: bool = False) -> Action:
    """Return the action or draft at `path`. Raises `UnexpectedReplyError` for a reply about another one."""
    params: QueryParams = {"includeConfig": True}
    if contract:
        params["expand"] = "contract"
    reply = api.call(ApiRequest("GET", path, params, needs=VIEW, written_back=ACTION_BYTES))
    action = _action(reply, f"GET {path}", keys_once=True)
    if not path.removesuffix("/draft").endswith(f"/{quote(action.id, safe='')}"):
        raise UnexpectedReplyError(
            f"The reply of GET {path} is about another action, {action.id}.",
            hint="Is there a proxy in between that answers from its cache?",
            correlation_id=action.correlation_id,
        )
    return action


def read_full(api: Api, path: str, *, contract: bool = False) -> FullConfig:
    """Return the action or draft at `path` with both templates; whole, if it can be changed.

    Raises `UnexpectedReplyError` for one that is not, or of which a template that its config promises did
    not come.
    """
    action = read_action(api, path, contract=contract)
    if action.configurable:
        action.require_whole()
    config = action.config
    return FullConfig(
        action=action,
        request_template=_template(api, path, REQUEST_TEMPLATE, config.request if config else {}),
        success_template=_template(api, path, SUCCESS_TEMPLATE, config.response if config else {}),
    )


def patch_action(api: Api, path: str, full: FullConfig, body: JsonObject) -> Action:
    """PATCH the action or draft at `path` that was read as `full`: `FullConfig.patch_body`, or another body.

    A reply that does not name the version it made, or one that is no newer than what was sent (a cache's, a
    replica's), proves nothing: `UnexpectedReplyError`.
    """
    reply = api.call(ApiRequest("PATCH", path, body=body, needs=EDIT))
    action = _action(reply, f"PATCH {path}")
    made, sent = action.version, full.action.version
    if made is None or (sent is not None and made <= sent) or action.id != full.action.id:
        raise UnexpectedReplyError(
            f"The reply of PATCH {path} does not say which version it made of the action.",
            hint="Is there a proxy in between that answers itself?",
            correlation_id=action.correlation_id,
        )
    return action


def _action(reply: RawReply, where: str, *, keys_once: bool = False) -> Action:
    return Action.from_json(reply.json(where, keys_once=keys_once), where, reply.correlation_id)


def _template(api: Api, path: str, name: str, part: JsonObject) -> str | None:
    """The template's text, None when the action has none; `part` of the config names it by its URI.

    Raises `UnexpectedReplyError` when the one that is promised does not come, or comes empty: without it
    the template would be erased.
    """
    inline, uri = _PROMISE[name]
    promised = bool(part.get(uri))
    try:
        came = api.get_text(f"{path}/templates/{name}", needs=VIEW, most_bytes=ACTION_BYTES)
    except (NotFoundError, UnexpectedReplyError) as error:
        # Where none is promised, any 404 says so: which form the platform's has there is unknown.
        if not isinstance(error, NotFoundError) and (promised or error.status != 404):
            raise
        came = None
    if promised and not came and inline not in part:
        how = "is empty" if came == "" else "is not there (404)"
        raise UnexpectedReplyError(
            f"The {inline} that the action's config names {how}: GET {path}/templates/{name}.",
            hint="An action without its template is neither changed, which would erase it, nor exported. "
            "Compare with the admin UI, and change it there.",
        )
    return came or optional_text(part, inline)


def _test_result(body: bytes, path: str) -> TestResult | None:
    try:
        reply: JsonObject = parse_object(body, f"POST {path}")
        return TestResult.from_json(reply, f"POST {path}")
    except UnexpectedReplyError:
        return None
