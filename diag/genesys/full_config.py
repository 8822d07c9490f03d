"""What is sent to change a timeout: the whole action, read before, and in it the timeout alone changed."""

from dataclasses import dataclass, field

from diag.genesys.data_action import Action
from diag.genesys.replies.json_reply import JsonObject


@dataclass(frozen=True, slots=True)
class FullConfig:
    """An action with everything a PATCH must send back: its config and both templates as text.

    A template is None when the action has none.
    """

    action: Action
    request_template: str | None = field(repr=False)
    success_template: str | None = field(repr=False)

    def patch_body(self, timeout_s: int | None, *, unset_by_null: bool = False) -> JsonObject:
        """Return the UpdateActionInput that changes the timeout and nothing else.

        The whole config goes along with both templates inlined, as the Terraform provider does: whether
        omitted parts would be kept is unknown. URIs are left out (they are the platform's own pointers);
        an unset timeout is omitted, and sent as null only where the platform was learnt to need that
        (`unset_by_null`). Raises `UnexpectedReplyError` for an action that
        is not whole (`Action.require_whole`).
        """
        config = self.action.require_whole()
        request = _without_uris(config.request)
        response = _without_uris(config.response)
        if self.request_template is not None:
            request["requestTemplate"] = self.request_template
        if self.success_template is not None:
            response["successTemplate"] = self.success_template
        whole: JsonObject = {**config.other, "request": request, "response": response}
        if timeout_s is not None or unset_by_null:
            whole["timeoutSeconds"] = timeout_s
        body: JsonObject = {"name": self.action.name, "version": self.action.version, "config": whole}
        if self.action.category is not None:
            body["category"] = self.action.category
        return body


def _without_uris(part: JsonObject) -> JsonObject:
    return {key: value for key, value in part.items() if not key.endswith("Uri")}
