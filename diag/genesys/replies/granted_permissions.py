"""What the token may do: grants of `authorization/subjects/me` as a set of permissions."""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.genesys.replies.json_reply import JsonObject, objects, optional_object, optional_text


@dataclass(frozen=True, slots=True)
class Permissions:
    """Granted permissions as `domain:entity:action`; each part may be `*`."""

    granted: frozenset[str]

    def allow(self, permission: str) -> bool:
        """Return whether `permission` is granted, by itself or by a wildcard."""
        wanted = permission.split(":")
        return any(
            all(have in ("*", want) for have, want in zip(pattern.split(":"), wanted, strict=True))
            for pattern in self.granted
        )

    def allow_any(self, permissions: Iterable[str]) -> bool:
        """Return whether one of them is granted."""
        return any(self.allow(permission) for permission in permissions)


def permissions_of(subject: JsonObject, where: str) -> Permissions:
    """Read a subject's grants; divisions and conditions are ignored: they restrict, they never add."""
    granted: set[str] = set()
    for grant in objects(subject.get("grants") or [], where):
        for policy in objects(optional_object(grant, "role").get("policies") or [], where):
            domain = optional_text(policy, "domain") or "*"
            entity = optional_text(policy, "entityName") or "*"
            actions = policy.get("actions")
            for action in actions if isinstance(actions, list) else []:
                granted.add(f"{domain}:{entity}:{action}")
    return Permissions(frozenset(name for name in granted if name.count(":") == 2))
