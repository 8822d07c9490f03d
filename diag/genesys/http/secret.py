"""A text that never shows itself by accident."""


class Secret:
    """Holds a password or token. `str`, `repr` and f-strings give `***`; only `reveal()` gives the text.

    Pickling is refused, so a secret cannot slip into a file with the object that holds it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself; call it only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        """Return `***`."""
        return "***"

    def __str__(self) -> str:
        """Return `***`."""
        return "***"

    def __bool__(self) -> bool:
        """Return whether there is any text."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Return whether the other one holds the same text."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """Return a hash that fits `==`."""
        return hash(self._text)

    def __reduce__(self) -> str:
        """Refuse to be pickled or copied into a file."""
        raise TypeError("a Secret is never written to a file")
