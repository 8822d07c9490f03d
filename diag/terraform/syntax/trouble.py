"""What makes a configuration file unreadable here."""


class SyntaxTrouble(ValueError):
    """Raised where a text is not what Terraform reads; `offset` is the character, its text says why."""

    def __init__(self, offset: int, what: str) -> None:
        super().__init__(what)
        self.offset = offset
