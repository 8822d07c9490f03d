"""How several names read in one line: the first of them, or together for each reason."""

from collections.abc import Iterable, Sequence

from analysis.number_words import plural


def first_names(names: Sequence[str], most: int | None) -> str:
    """Return "a, b, c and 4 more": at most so many names, all where `most` is None."""
    shown = names[:most]
    rest = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + rest


def by_reason(pairs: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, ...], str]]:
    """Return the names of (name, reason) pairs together for each reason, both in the order they came."""
    together: dict[str, list[str]] = {}
    for name, why in pairs:
        together.setdefault(why, []).append(name)
    return [(tuple(names), why) for why, names in together.items()]


def reason_lines(pairs: Iterable[tuple[str, str]], what: str = "action") -> list[str]:
    """Return "Get A: why", or for a reason that several share one line that counts and lists them.

    The reason is written about one; "the same for each" lets it stand as it is for several.
    """
    return [
        f"{names[0]}: {why}"
        if len(names) == 1
        else f"{plural(len(names), what)}, the same for each: {why.rstrip('.')} ({', '.join(names)})"
        for names, why in by_reason(pairs)
    ]
