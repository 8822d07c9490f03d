"""Where following has to end: what Terraform would do here is not certain."""

from diag.terraform.syntax.source import Where


class Uncertain(Exception):
    """Raised within `diag.terraform`; whoever asks about an action makes a refusal with a reason of it."""

    def __init__(self, where: Where | None, why: str) -> None:
        super().__init__(why)
        self.where = where
        self.why = why
