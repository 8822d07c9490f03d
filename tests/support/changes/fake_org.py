"""An org in memory that implements `diag.changes.applying.org.Org`, with every nastiness scripted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from diag.changes.plans.action_fields import fields_of
from diag.changes.plans.plan import Change, OrgIdentity
from diag.changes.plans.planned_change import change_of
from diag.genesys.actions import TestReply
from diag.genesys.api_errors import ApiError, NotFoundError, StaleVersionError
from diag.genesys.data_action import Action, ActionConfig
from diag.genesys.full_config import FullConfig
from diag.genesys.outcomes import Classified
from diag.genesys.replies.json_reply import JsonObject

ID = "custom_-_1"
IDENTITY = OrgIdentity("org-1", "Acme", "api.example.test")


class Killed(BaseException):
    """kill -9, as far as one process can act it."""


def full_config(action_id: str = ID, timeout_s: int | None = 5, *, method: str = "GET") -> FullConfig:
    config = ActionConfig(
        timeout_seconds=timeout_s,
        request={
            "requestUrlTemplate": "https://crm.example.test/${input.id}",
            "requestTemplateUri": f"/api/v2/integrations/actions/{action_id}/templates/requesttemplate.vm",
            "requestType": method,
            "headers": {"X-Api-Key": "s3cret-header"},
        },
        response={"translationMap": {"name": "$.name"}, "translationMapDefaults": {}},
    )
    action = Action(action_id, f"Action {action_id}", "integration-1", "CRM", 7, False, config)
    return FullConfig(action, "${input.rawRequest}", '{"name": ${name}}')


@dataclass
class FakeOrg:
    """`on_patch` runs before a patch is stored, `after_patch` behind it; either may raise or edit."""

    actions: dict[str, FullConfig] = field(default_factory=dict)
    on_patch: list[Callable[["FakeOrg", str], None]] = field(default_factory=list)
    after_patch: list[Callable[["FakeOrg", str], None]] = field(default_factory=list)
    on_read: list[Callable[["FakeOrg", str], None]] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    """Outcome of the next test calls; `ok` when empty."""
    merges: bool = False
    """A patch without a timeout keeps the one that is set."""
    works_at_least_s: int = 0
    """Test calls time out below this timeout."""
    patches: list[tuple[str, int | None]] = field(default_factory=list)
    """(action, timeout) of every patch that was stored."""
    calls: list[str] = field(default_factory=list)
    serial: int = 0

    @classmethod
    def with_actions(cls, *fulls: FullConfig) -> "FakeOrg":
        return cls({full.action.id: full for full in fulls})

    def timeout_of(self, action_id: str) -> int:
        timeout_s = self.actions[action_id].action.timeout_s
        assert timeout_s is not None
        return timeout_s

    def edit(self, action_id: str, *, timeout_s: int | None = None, **fields: object) -> None:
        """Someone else edits the action: the version moves."""
        full = self.actions[action_id]
        config = full.action.config
        assert config is not None
        if timeout_s is not None:
            config = replace(config, timeout_seconds=timeout_s)
        if "url" in fields:
            config = replace(config, request={**config.request, "requestUrlTemplate": fields["url"]})
        action = replace(full.action, config=config, version=(full.action.version or 0) + 1)
        template = fields.get("request_template", full.request_template)
        assert template is None or isinstance(template, str)
        self.actions[action_id] = replace(full, action=action, request_template=template)

    # --- the Org protocol ---

    def read_config(self, action_id: str, /) -> FullConfig:
        self.calls.append("read")
        self._next(self.on_read, action_id)
        if action_id not in self.actions:
            raise NotFoundError("The action does not exist.", status=404)
        full = self.actions[action_id]
        return replace(full, action=replace(full.action, correlation_id=self._correlation()))

    def patch_timeout(self, full: FullConfig, timeout_s: int | None, /) -> Action:
        self.calls.append("patch")
        action_id = full.action.id
        self._next(self.on_patch, action_id)
        present = self.actions[action_id]
        if full.action.version != present.action.version:
            raise StaleVersionError(
                f"version {full.action.version} does not match the current version {present.action.version}",
                status=409,
                correlation_id=self._correlation(),
            )
        config = full.action.config
        assert config is not None
        if timeout_s is None and self.merges:
            timeout_s = present.action.config.timeout_seconds if present.action.config else None
        action = replace(
            full.action,
            config=replace(config, timeout_seconds=timeout_s),
            version=(present.action.version or 0) + 1,
        )
        self.actions[action_id] = replace(full, action=action)
        self.patches.append((action_id, timeout_s))
        self._next(self.after_patch, action_id)
        return replace(action, correlation_id=self._correlation())

    def test_action(
        self, action_id: str, payload: JsonObject, /, *, wait_s: float, timeout_s: int | None
    ) -> TestReply:
        self.calls.append("test")
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        if outcome == "ok" and self.timeout_of(action_id) < self.works_at_least_s:
            outcome = "timeout"
        return TestReply(200, Classified(outcome), 12.0, self._correlation())

    def _next(self, script: list[Callable[["FakeOrg", str], None]], action_id: str) -> None:
        if script:
            script.pop(0)(self, action_id)

    def _correlation(self) -> str:
        self.serial += 1
        return f"correlation-{self.serial}"


def raising(error: BaseException) -> Callable[[FakeOrg, str], None]:
    """Return a script step that raises."""

    def step(org: FakeOrg, action_id: str) -> None:
        raise error

    return step


def nothing(org: FakeOrg, action_id: str) -> None:
    """A script step that lets the call through."""


def change_for(full: FullConfig, after_s: int) -> Change:
    return change_of(full, after_s, "99 of 100 calls finish within 7.9 s")


def all_but_timeout(full: FullConfig) -> dict[str, str]:
    """Everything a change must leave as it is, comparable between readings."""
    return fields_of(full, "one salt")


def only_the_timeout_differs(org: FakeOrg) -> bool:
    """Whether `ID` is as `full_config()` made it but for the timeout."""
    return all_but_timeout(org.actions[ID]) == all_but_timeout(full_config())


def api_error(kind: type[ApiError], status: int | None) -> ApiError:
    error = kind(f"the platform said {status}")
    error.status = status
    return error
