"""Errors shown to whoever starts a sandbox.

    SandboxError       category "error"
    ├── ScenarioError  category "usage": unknown scenario, or a mistake in its file
    └── PortTakenError category "usage"

What the sandbox answers over HTTP is another matter: see `reply_bodies.ErrorReply`.
"""


class SandboxError(Exception):
    """`message`: what and where. `hint`: how to fix it. `details`: further lines."""

    category = "error"

    def __init__(self, message: str, *, hint: str | None = None, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class ScenarioError(SandboxError):
    """The scenario does not exist, or its file asks for something the sandbox cannot do."""

    category = "usage"


class PortTakenError(SandboxError):
    """Another process listens on the port already."""

    category = "usage"
